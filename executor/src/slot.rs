//! The place of one task after another.

use std::mem;
use std::sync::Arc;
use std::task::Waker;

use crate::joiner::{Joiner, PollingId};
use crate::run_queue::{Pushed, RunQueue};
use crate::task::{BoxedTask, TaskId};
use crate::waker::TaskWaker;

/// A place for one task after another.
pub(crate) struct Slot {
    /// Goes up when a task leaves, so that its id means nothing from then on.
    generation: u32,
    /// What the slot holds now.
    phase: Phase,
    /// Who waits for the result.
    join: Join,
    /// What a poll needs; elsewhere during one.
    body: Body,
}

/// What is taken out of a slot for a poll.
#[derive(Default)]
pub(crate) struct Body {
    /// The task; always absent for a root, which lives on the stack of its `block_on`.
    pub(crate) task: Option<BoxedTask>,
    /// The task's waker; or that of the last task that was in this slot, for the next one to use if nobody else holds
    /// it.
    pub(crate) waker: Option<Arc<TaskWaker>>,
}

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is no task.
    Vacant,
    /// It waits for a wake or, woken, for its poll.
    Waiting,
    /// It is queued, to be dropped instead of polled.
    Aborted,
    /// It is checked out: its poll is on the stack.
    Polling,
    /// It is, and was aborted meanwhile.
    PollingAborted,
    /// It is done, and the handle has not fetched the result yet.
    Finished,
}

/// The interest that the task's handle takes in it.
pub(crate) enum Join {
    /// The handle was dropped.
    Detached,
    /// There is a handle; nobody awaits it yet.
    Held,
    /// Somebody awaits it.
    Awaited(Joiner),
}

/// Holds a task during its poll, for which it must not be borrowed from its slot.
pub(crate) struct Polling {
    /// The task that is or was here.
    pub(crate) id: TaskId,
    /// There is a waker in it if a task is here.
    pub(crate) body: Body,
}

/// What to do with a task whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// Poll it.
    Poll,
    /// It was aborted: drop it.
    Drop,
}

/// What is to be done about a task that has just finished, once the borrow has ended.
pub(crate) enum Finished {
    /// Nobody will ask for the result.
    Unclaimed(Option<BoxedTask>),
    /// The handle keeps the result; wake whoever awaits it.
    Kept(Option<Joiner>),
}

// This is what a parked task takes, besides its box and its waker.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Slot>() == 48);

impl Slot {
    pub(crate) fn new() -> Self {
        Slot { generation: 0, phase: Phase::Vacant, join: Join::Detached, body: Body::default() }
    }

    /// Whether a task is here, if only its result.
    #[inline]
    pub(crate) fn is_of(&self, id: TaskId) -> bool {
        self.generation == id.generation() && self.phase != Phase::Vacant
    }

    /// Whether a task is here that is not done.
    #[inline]
    pub(crate) fn is_live(&self, id: TaskId) -> bool {
        self.is_of(id) && self.phase != Phase::Finished
    }

    /// The id of the task that is here and not being polled, if this is the slot with that number.
    pub(crate) fn waiting(&self, number: u32) -> Option<TaskId> {
        matches!(self.phase, Phase::Waiting | Phase::Aborted).then_some(TaskId::new(number, self.generation))
    }

    /// The waker of the task, if that is not being polled.
    #[inline]
    pub(crate) fn waker(&self) -> Option<&Arc<TaskWaker>> {
        self.body.waker.as_ref()
    }

    /// Moves a task in, or only the waker of a root, and returns its id. `number` is that of this slot.
    #[inline]
    pub(crate) fn occupy(
        &mut self,
        number: u32,
        task: Option<BoxedTask>,
        join: Join,
        new_waker: impl FnOnce(TaskId) -> TaskWaker,
    ) -> TaskId {
        let id = TaskId::new(number, self.generation);
        self.phase = Phase::Waiting;
        self.join = join;
        self.body.task = task;
        // The waker of the task that was here before will do, if nobody else holds it.
        if !self.body.waker.as_ref().is_some_and(|waker| TaskWaker::recycle(waker, id)) {
            self.body.waker = Some(Arc::new(new_waker(id)));
        }
        id
    }

    /// Makes the task's id mean nothing. Returns whether another task may be here: not if the generations are used
    /// up, since an id must not come back.
    #[inline]
    pub(crate) fn vacate(&mut self) -> bool {
        debug_assert!(self.body.task.is_none(), "a slot is vacated after its task was taken out");
        self.phase = Phase::Vacant;
        let next = self.generation.checked_add(1);
        self.generation = next.unwrap_or(self.generation);
        next.is_some()
    }

    /// Takes the task out for its turn. `None` if it has none to expect.
    #[inline(always)]
    pub(crate) fn check_out(&mut self, id: TaskId, polling: &mut Polling) -> Option<Turn> {
        if self.generation != id.generation() {
            return None;
        }
        let turn = match self.phase {
            Phase::Waiting => Turn::Poll,
            Phase::Aborted => Turn::Drop,
            _ => return None,
        };
        self.phase = Phase::Polling;
        polling.id = id;
        mem::swap(&mut polling.body, &mut self.body);
        Some(turn)
    }

    /// Puts the task back, which is pending. If it was aborted meanwhile, it is queued to be dropped.
    #[inline(always)]
    pub(crate) fn check_in(&mut self, polling: &mut Polling, queue: &RunQueue) -> Option<Pushed> {
        mem::swap(&mut polling.body, &mut self.body);
        if self.phase == Phase::Polling {
            self.phase = Phase::Waiting;
            None
        } else {
            self.queue_aborted(queue)
        }
    }

    #[cold]
    fn queue_aborted(&mut self, queue: &RunQueue) -> Option<Pushed> {
        self.phase = Phase::Aborted;
        self.body.waker.as_ref().map(|waker| queue.push(waker))
    }

    /// Has the task dropped when it is next. `true` if it has to be queued for that; if it is being polled,
    /// `check_in` does so.
    pub(crate) fn abort(&mut self) -> bool {
        match self.phase {
            Phase::Waiting => self.phase = Phase::Aborted,
            Phase::Polling => self.phase = Phase::PollingAborted,
            _ => {}
        }
        self.phase == Phase::Aborted
    }

    /// Puts the task back, which is done; or leaves it to the caller, if nobody will ask for the result.
    #[inline]
    pub(crate) fn finish(&mut self, polling: &mut Polling) -> Finished {
        mem::swap(&mut polling.body, &mut self.body);
        match mem::replace(&mut self.join, Join::Held) {
            Join::Detached => Finished::Unclaimed(self.body.task.take()),
            join => {
                self.phase = Phase::Finished;
                Finished::Kept(join.into_joiner())
            }
        }
    }

    /// The task, if it is done.
    #[inline]
    pub(crate) fn take_finished(&mut self) -> Option<BoxedTask> {
        if self.phase == Phase::Finished { self.body.task.take() } else { None }
    }

    /// Looks whether `waker` will be woken when the task is done, and sees to it if no waker has to be cloned for that.
    #[inline]
    pub(crate) fn register(&mut self, waker: &Waker, polling: PollingId) -> bool {
        match &self.join {
            Join::Awaited(Joiner::Waker(known)) => known.will_wake(waker),
            _ if self.waker().is_some_and(|own| polling.is_polled_with(waker, own)) => {
                self.join = Join::Awaited(Joiner::Task(polling.id));
                true
            }
            _ => false,
        }
    }

    /// Changes who takes an interest in the task, and returns who was to be woken before.
    #[inline]
    pub(crate) fn replace_join(&mut self, join: Join) -> Option<Joiner> {
        mem::replace(&mut self.join, join).into_joiner()
    }
}

impl Polling {
    /// Nothing is here yet.
    pub(crate) fn new() -> Self {
        Polling { id: TaskId::NONE, body: Body::default() }
    }
}

impl Join {
    fn into_joiner(self) -> Option<Joiner> {
        match self {
            Join::Awaited(joiner) => Some(joiner),
            Join::Detached | Join::Held => None,
        }
    }
}

#[cfg(test)]
mod tests;

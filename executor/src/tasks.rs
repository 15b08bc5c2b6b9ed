//! The slots in which an executor keeps its tasks.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::Waker;

use crate::mailbox::Mailbox;
use crate::task::{BoxedTask, TaskId};
use crate::waker::TaskWaker;

/// Every task of one executor, in slots that are used again.
///
/// Nothing here runs foreign code: a future, an output or a user's waker that has to be woken or
/// dropped is handed to the caller, who does it after letting go of the borrow.
#[derive(Default)]
pub(crate) struct Tasks {
    /// Indexed by `TaskId::index`.
    slots: Vec<Slot>,
    /// Slots that hold no task; the one left last is taken first, since its memory is still warm.
    vacant: Vec<u32>,
    /// How many tasks are not done yet; the root of a `block_on` is one of them while it runs.
    live: usize,
    /// How many ids in the run queue are those of tasks that were done before they could be polled again.
    stale: usize,
}

/// A place for one task after another.
struct Slot {
    /// Goes up when a task leaves, so that its id means nothing from then on.
    generation: u32,
    /// What the slot holds now.
    phase: Phase,
    /// The task is to be dropped instead of polled.
    aborted: bool,
    /// Who waits for the result.
    join: Join,
    /// The task, unless it is being polled; always absent for a root, which lives on the stack of
    /// its `block_on`.
    task: Option<BoxedTask>,
    /// The waker of a root, unless that is being polled; or that of the last task that was here, for
    /// the next one to use if nobody else holds it. A task has its waker in itself.
    waker: Option<Arc<TaskWaker>>,
}

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is no task.
    Vacant,
    /// It waits for a wake or, woken, for its poll.
    Waiting,
    /// It is checked out: its poll, or the making of it, is on the stack. So is a root, always.
    Polling,
    /// It is done, and the handle has not fetched the result yet.
    Finished,
}

/// The interest that the task's handle takes in it.
pub(crate) enum Join {
    /// The handle was dropped.
    Detached,
    /// There is a handle; nobody awaits it yet.
    Held,
    /// A task awaits the handle.
    Awaited(Waker),
}

/// What is to be done about a task that has just finished, once the borrow has ended.
pub(crate) enum Finished {
    /// Nobody will ask for the result.
    Unclaimed(BoxedTask),
    /// The handle keeps the result; wake whoever awaits it.
    Kept(Option<Waker>),
}

/// What a handle finds when it asks for the result.
pub(crate) enum Claim {
    /// The task is not done; the waker is known.
    Registered,
    /// The task is not done, and the waker has to be registered.
    NotRegistered,
    /// The task is done, and this is it.
    Done(BoxedTask),
}

impl Tasks {
    /// Finds a slot for a new task, which is to be put there by `check_in`, and makes its waker. The
    /// task counts as queued: the caller pushes the id.
    #[inline]
    pub(crate) fn reserve(&mut self, join: Join, mailbox: &Arc<Mailbox>) -> (TaskId, Arc<TaskWaker>) {
        let index = self.vacant.pop().unwrap_or_else(|| {
            self.slots.push(Slot::vacant());
            u32::try_from(self.slots.len() - 1).expect("an executor holds at most 2^32 tasks at once")
        });
        let slot = &mut self.slots[index as usize];
        let id = TaskId { index, generation: slot.generation };
        slot.phase = Phase::Polling;
        slot.aborted = false;
        slot.join = join;
        self.live += 1;
        // The waker of the task that was here before will do, if nobody else holds it.
        let mut waker = slot.waker.take();
        let waker = match waker.as_mut().and_then(Arc::get_mut) {
            Some(unshared) => {
                unshared.reset(id);
                waker
            }
            None => None,
        };
        (id, waker.unwrap_or_else(|| Arc::new(TaskWaker::new(id, Arc::clone(mailbox)))))
    }

    /// Takes a task out of its slot, so that it can be polled without a borrow; and says whether it
    /// was aborted. `None` if that task is no more.
    #[inline]
    pub(crate) fn check_out(&mut self, id: TaskId) -> Option<(BoxedTask, bool)> {
        match self.slot(id) {
            Some(slot) if slot.phase == Phase::Waiting => {
                slot.phase = Phase::Polling;
                slot.task.take().map(|task| (task, slot.aborted))
            }
            _ => {
                debug_assert!(self.stale > 0, "an id without a task was counted when it lost it");
                self.stale = self.stale.saturating_sub(1);
                None
            }
        }
    }

    /// Puts a task that is pending into its slot, and says whether it was aborted meanwhile.
    #[inline]
    pub(crate) fn check_in(&mut self, id: TaskId, task: BoxedTask) -> bool {
        let slot = self.checked_out(id);
        slot.phase = Phase::Waiting;
        slot.task = Some(task);
        slot.aborted
    }

    /// Takes the waker of a root out of its slot: of a root, that is all there is.
    pub(crate) fn check_out_root(&mut self, id: TaskId) -> Option<Arc<TaskWaker>> {
        self.slot(id)?.waker.take()
    }

    /// Puts it back.
    pub(crate) fn check_in_root(&mut self, id: TaskId, waker: Arc<TaskWaker>) {
        self.checked_out(id).waker = Some(waker);
    }

    /// Records that a checked-out task is done: its result stays while a handle may ask for it.
    #[inline]
    pub(crate) fn finish(&mut self, id: TaskId, mut task: BoxedTask) -> Finished {
        let waker = task.as_mut().take_waker();
        let slot = self.checked_out(id);
        let stale = waker.as_ref().is_some_and(|waker| waker.retire());
        slot.waker = waker;
        let finished = match mem::replace(&mut slot.join, Join::Held) {
            Join::Detached => {
                self.vacate(id);
                Finished::Unclaimed(task)
            }
            join => {
                slot.phase = Phase::Finished;
                slot.task = Some(task);
                Finished::Kept(join.into_waker())
            }
        };
        self.live -= 1;
        self.stale += usize::from(stale);
        finished
    }

    /// Frees the slot of a root whose `block_on` ends. Its waker is there unless its poll panicked.
    pub(crate) fn remove_root(&mut self, id: TaskId) {
        let stale = self.checked_out(id).waker.as_ref().is_some_and(|waker| waker.retire());
        self.stale += usize::from(stale);
        self.vacate(id);
        self.live -= 1;
    }

    /// Looks for the result of a task on behalf of its handle, which awaits it with `waker`.
    pub(crate) fn claim(&mut self, id: TaskId, waker: &Waker) -> Claim {
        let Some(slot) = self.slot(id) else {
            unreachable!("a task keeps its slot until its handle has the result");
        };
        match &slot.join {
            _ if slot.phase == Phase::Finished => match self.take_finished(id) {
                Some((task, _)) => Claim::Done(task),
                None => unreachable!("a finished task waits in its slot"),
            },
            Join::Awaited(registered) if registered.will_wake(waker) => Claim::Registered,
            _ => Claim::NotRegistered,
        }
    }

    /// Takes a task out that is done, and the waker of whoever awaited it, if that is still there.
    pub(crate) fn take_finished(&mut self, id: TaskId) -> Option<(BoxedTask, Option<Waker>)> {
        let slot = self.slot(id).filter(|slot| slot.phase == Phase::Finished)?;
        let task = slot.task.take()?;
        let joiner = mem::replace(&mut slot.join, Join::Detached).into_waker();
        self.vacate(id);
        Some((task, joiner))
    }

    /// Has `waker` woken when the task is done, and returns who was to be woken before.
    pub(crate) fn replace_joiner(&mut self, id: TaskId, waker: Waker) -> Option<Waker> {
        let slot = self.slot(id)?;
        mem::replace(&mut slot.join, Join::Awaited(waker)).into_waker()
    }

    /// Notes that nobody will ask for the result. Returns who was to be woken for it, and the task
    /// itself if it is done.
    #[inline]
    pub(crate) fn detach(&mut self, id: TaskId) -> (Option<Waker>, Option<BoxedTask>) {
        let Some(slot) = self.slot(id) else {
            return (None, None);
        };
        let joiner = mem::replace(&mut slot.join, Join::Detached).into_waker();
        if slot.phase != Phase::Finished {
            return (joiner, None);
        }
        let finished = slot.task.take();
        self.vacate(id);
        (joiner, finished)
    }

    /// Has a task dropped when it is next. `true` if it has to be queued for that; a task that is
    /// being polled is looked after by `check_in`.
    pub(crate) fn abort(&mut self, id: TaskId) -> bool {
        let Some(slot) = self.slot(id) else {
            return false;
        };
        slot.aborted = true;
        slot.phase == Phase::Waiting
    }

    /// Whether the task has ended, however it did.
    pub(crate) fn is_finished(&self, id: TaskId) -> bool {
        self.slots.get(id.index as usize).is_none_or(|slot| {
            slot.generation != id.generation || matches!(slot.phase, Phase::Finished | Phase::Vacant)
        })
    }

    /// The waker of a task that is not being polled.
    pub(crate) fn waker(&mut self, id: TaskId) -> Option<&TaskWaker> {
        let slot = self.slot(id)?;
        match &slot.task {
            Some(task) => task.waker(),
            None => slot.waker.as_deref(),
        }
    }

    /// The id of the first task that waits, at or behind the slot `from`.
    pub(crate) fn next_waiting(&self, from: u32) -> Option<TaskId> {
        let slots = self.slots.iter().zip(0u32..).skip(from as usize);
        let (slot, index) = { slots }.find(|(slot, _)| slot.phase == Phase::Waiting)?;
        Some(TaskId { index, generation: slot.generation })
    }

    /// How many tasks are not done yet.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    /// Whether polling that task would poll anything; if not, its id is dropped from the queue.
    pub(crate) fn retain(&mut self, id: TaskId) -> bool {
        let waits = self.slot(id).is_some_and(|slot| slot.phase != Phase::Finished);
        self.stale -= usize::from(!waits);
        waits
    }

    /// How many ids in the run queue mean nothing any more.
    pub(crate) fn stale(&self) -> usize {
        self.stale
    }

    /// The slot of `id`, if that task still has it.
    #[inline]
    fn slot(&mut self, id: TaskId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(id.index as usize)?;
        (slot.generation == id.generation && slot.phase != Phase::Vacant).then_some(slot)
    }

    /// The slot of a task that is being polled, and so still has it.
    #[inline]
    fn checked_out(&mut self, id: TaskId) -> &mut Slot {
        debug_assert!(self.slot(id).is_some(), "a task that is being polled keeps its slot");
        &mut self.slots[id.index as usize]
    }

    /// Makes the slot of `id` free for another task, unless its generations are used up.
    #[inline]
    fn vacate(&mut self, id: TaskId) {
        let slot = &mut self.slots[id.index as usize];
        debug_assert!(slot.task.is_none(), "a slot is vacated after its task was taken out");
        slot.phase = Phase::Vacant;
        match slot.generation.checked_add(1) {
            Some(next) => {
                slot.generation = next;
                self.vacant.push(id.index);
            }
            // 2^32 tasks have lived here; retiring the slot is what keeps an id from coming back.
            None => slot.waker = None,
        }
    }
}

impl Slot {
    fn vacant() -> Self {
        Slot {
            generation: 0,
            phase: Phase::Vacant,
            aborted: false,
            join: Join::Detached,
            task: None,
            waker: None,
        }
    }
}

impl Join {
    fn into_waker(self) -> Option<Waker> {
        match self {
            Join::Awaited(waker) => Some(waker),
            Join::Detached | Join::Held => None,
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("live", &self.live()).field("slots", &self.slots.len()).finish()
    }
}

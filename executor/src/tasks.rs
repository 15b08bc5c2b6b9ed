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
}

/// A place for one task after another.
struct Slot {
    /// Goes up when a task leaves, so that its id means nothing from then on.
    generation: u32,
    /// What the slot holds now.
    phase: Phase,
    /// The next turn of the task drops it instead of polling it.
    aborted: bool,
    /// Who waits for the result.
    join: Join,
    /// The task, unless it is being polled; always absent for a root, which lives on the stack of
    /// its `block_on`.
    task: Option<BoxedTask>,
    /// The waker of the task, unless it is being polled. It stays when the task leaves: the next
    /// one takes it over if nobody else holds it.
    waker: Option<Arc<TaskWaker>>,
}

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is no task.
    Vacant,
    /// It waits for a wake or, woken, for its turn.
    Waiting,
    /// It is checked out: its poll is on the stack.
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

/// A task that is having its turn.
pub(crate) struct CheckedOut {
    /// The task; absent for a root.
    pub(crate) task: Option<BoxedTask>,
    pub(crate) waker: Arc<TaskWaker>,
    /// The turn is to drop it.
    pub(crate) aborted: bool,
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
    /// Puts `task` (or a root, if there is none) into a slot. The task counts as queued: the caller
    /// pushes the id.
    pub(crate) fn insert(&mut self, task: Option<BoxedTask>, join: Join, mailbox: &Arc<Mailbox>) -> TaskId {
        let index = self.vacant.pop().unwrap_or_else(|| {
            self.slots.push(Slot::vacant());
            u32::try_from(self.slots.len() - 1).expect("an executor holds at most 2^32 tasks at once")
        });
        let slot = &mut self.slots[index as usize];
        let id = TaskId { index, generation: slot.generation };
        match slot.waker.as_mut().and_then(Arc::get_mut) {
            Some(waker) => waker.reset(id),
            None => slot.waker = Some(Arc::new(TaskWaker::new(id, Arc::clone(mailbox)))),
        }
        slot.phase = Phase::Waiting;
        slot.aborted = false;
        slot.join = join;
        slot.task = task;
        self.live += 1;
        id
    }

    /// Takes a task out of its slot, so that it can have its turn without a borrow. `None` if that
    /// task is no more.
    pub(crate) fn check_out(&mut self, id: TaskId) -> Option<CheckedOut> {
        let slot = self.slot(id)?;
        if slot.phase != Phase::Waiting {
            return None;
        }
        let waker = slot.waker.take()?;
        slot.phase = Phase::Polling;
        Some(CheckedOut { task: slot.task.take(), waker, aborted: slot.aborted })
    }

    /// Puts a task that is still pending back into its slot, and says whether it was aborted
    /// meanwhile.
    pub(crate) fn check_in(&mut self, id: TaskId, task: Option<BoxedTask>, waker: Arc<TaskWaker>) -> bool {
        let Some(slot) = self.slot(id) else {
            unreachable!("a task that is being polled keeps its slot");
        };
        slot.phase = Phase::Waiting;
        slot.task = task;
        slot.waker = Some(waker);
        slot.aborted
    }

    /// Records that a checked-out task is done: its result stays while a handle may ask for it.
    pub(crate) fn finish(&mut self, id: TaskId, task: BoxedTask, waker: Arc<TaskWaker>) -> Finished {
        let Some(slot) = self.slot(id) else {
            unreachable!("a task that is being polled keeps its slot");
        };
        waker.retire();
        slot.waker = Some(waker);
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
        finished
    }

    /// Frees the slot of a root whose `block_on` ends.
    pub(crate) fn remove_root(&mut self, id: TaskId) {
        if self.slot(id).is_some() {
            self.vacate(id);
            self.live -= 1;
        }
    }

    /// Looks for the result of a task on behalf of its handle, which awaits it with `waker`.
    pub(crate) fn claim(&mut self, id: TaskId, waker: &Waker) -> Claim {
        let Some(slot) = self.slot(id) else {
            unreachable!("a task keeps its slot until its handle has the result");
        };
        if slot.phase == Phase::Finished {
            let task = slot.task.take();
            self.vacate(id);
            return Claim::Done(task.expect("a finished task waits in its slot"));
        }
        match &slot.join {
            Join::Awaited(registered) if registered.will_wake(waker) => Claim::Registered,
            _ => Claim::NotRegistered,
        }
    }

    /// Changes who waits for a task, and returns who did; the result too, if the handle lets go of
    /// a finished task.
    pub(crate) fn set_join(&mut self, id: TaskId, join: Join) -> (Option<Waker>, Option<BoxedTask>) {
        let Some(slot) = self.slot(id) else {
            return (None, None);
        };
        let detached = matches!(join, Join::Detached);
        let previous = mem::replace(&mut slot.join, join).into_waker();
        let mut unclaimed = None;
        if detached && slot.phase == Phase::Finished {
            unclaimed = slot.task.take();
            self.vacate(id);
        }
        (previous, unclaimed)
    }

    /// Has the next turn of a task drop it. `true` if that turn has to be arranged; a task that is
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
        self.slot(id)?.waker.as_deref()
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

    /// The slot of `id`, if that task still has it.
    fn slot(&mut self, id: TaskId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(id.index as usize)?;
        (slot.generation == id.generation && slot.phase != Phase::Vacant).then_some(slot)
    }

    /// Makes the slot of `id` free for another task, unless its generations are used up.
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

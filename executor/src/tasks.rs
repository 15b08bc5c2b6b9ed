//! The tasks of an executor, and whose turn it is.

use std::fmt;
use std::sync::Arc;
use std::task::Waker;

use crate::batch::Batch;
use crate::joiner::{Joiner, PollingId};
use crate::mailbox::Mailbox;
use crate::run_queue::{Pushed, RunQueue};
use crate::slot::{Finished, Join, Polling, Slot, Turn};
use crate::spares::Spares;
use crate::task::{BoxedTask, TaskId};
use crate::vacancies::Vacancies;
use crate::waker::TaskWaker;

/// Every task of one executor, in slots that are used again, and whose turn it is.
///
/// Nothing here runs foreign code: a future, an output or a user's waker that has to be woken or
/// dropped is handed to the caller, who does it after letting go of the borrow.
#[derive(Default)]
pub(crate) struct Tasks {
    /// Indexed by `TaskId::slot`.
    slots: Vec<Slot>,
    /// Those that hold no task.
    vacancies: Vacancies,
    /// The tasks of the current round.
    batch: Batch,
    /// Boxes without a task.
    pub(crate) spares: Spares,
    /// How many tasks are not done yet; the root of a `block_on` is one of them while it runs.
    live: usize,
    /// How many queued ids are those of tasks that were done before they could be polled again.
    stale: usize,
}

/// What a handle finds when it asks for the result.
pub(crate) enum Claim {
    /// The task is not done; the one who asks will be woken.
    Registered,
    /// The task is not done, and a waker has to be registered.
    NotRegistered,
    /// The task is done, and this is it.
    Done(BoxedTask),
}

impl Tasks {
    /// Gives a task a slot and a waker; or a root, if there is no task. It counts as queued: the caller pushes the
    /// id.
    pub(crate) fn insert(&mut self, task: Option<BoxedTask>, join: Join, mailbox: &Arc<Mailbox>) -> TaskId {
        let number = self.vacancies.pop().unwrap_or_else(|| self.add_slot());
        self.live += 1;
        let new_waker = |id| TaskWaker::new(id, Arc::clone(mailbox));
        self.slots[number as usize].occupy(number, task, join, new_waker)
    }

    fn add_slot(&mut self) -> u32 {
        let number = u32::try_from(self.slots.len()).ok().filter(|number| *number < TaskId::NONE.slot());
        self.slots.push(Slot::new());
        number.expect("an executor holds less than 2^32 tasks at once")
    }

    // A round.

    /// Starts the next batch, or goes on with one whose round ended early. Returns how many tasks are in it.
    #[inline]
    pub(crate) fn begin_round(&mut self, queue: &RunQueue) -> usize {
        self.batch.refill(queue);
        self.batch.len()
    }

    /// Puts the task that was polled back, if there is one, and takes out the next one of the batch.
    #[inline(always)]
    pub(crate) fn next(&mut self, polling: &mut Polling, queue: &RunQueue) -> Option<Turn> {
        if polling.body.waker.is_some() {
            self.check_in(polling, queue);
        }
        loop {
            let id = self.batch.pop()?;
            let turn = self.check_out(id, polling);
            if turn.is_some() {
                return turn;
            }
            self.forget_stale();
        }
    }

    /// How many tasks are left of the batch.
    #[inline]
    pub(crate) fn batch_len(&self) -> usize {
        self.batch.len()
    }

    /// All tasks that can be polled now, in the order of their wakes. They make up the batch from now on.
    pub(crate) fn gather(&mut self, queue: &RunQueue) -> &[TaskId] {
        let Tasks { slots, batch, stale, .. } = self;
        batch.gather(queue, |id| {
            let waits = slots[id.slot() as usize].is_live(*id);
            *stale -= usize::from(!waits);
            waits
        })
    }

    /// Takes out the task with that index in what `gather` returned.
    pub(crate) fn choose(&mut self, index: usize, polling: &mut Polling) -> Option<Turn> {
        let id = self.batch.remove(index)?;
        self.check_out(id, polling)
    }

    /// Takes a task out of its slot, so that it can be polled without a borrow. `None` if that task is no more.
    #[inline(always)]
    pub(crate) fn check_out(&mut self, id: TaskId, polling: &mut Polling) -> Option<Turn> {
        self.slots.get_mut(id.slot() as usize)?.check_out(id, polling)
    }

    /// Puts a task that is pending back into its slot. If it was aborted meanwhile, it is queued to be dropped.
    #[inline(always)]
    pub(crate) fn check_in(&mut self, polling: &mut Polling, queue: &RunQueue) -> Option<Pushed> {
        self.checked_out(polling.id).check_in(polling, queue)
    }

    #[cold]
    fn forget_stale(&mut self) {
        debug_assert!(self.stale > 0, "an id without a task was counted when it lost it");
        self.stale = self.stale.saturating_sub(1);
    }

    // The end of a task.

    /// Records that a checked-out task is done: its result stays while a handle may ask for it.
    pub(crate) fn finish(&mut self, polling: &mut Polling) -> Finished {
        let was_queued = polling.body.waker.as_ref().is_some_and(|waker| waker.retire());
        self.count_out(was_queued);
        let finished = self.checked_out(polling.id).finish(polling);
        if matches!(finished, Finished::Unclaimed(_)) {
            self.vacate(polling.id);
        }
        finished
    }

    /// Frees the slot of a root whose `block_on` ends.
    pub(crate) fn remove_root(&mut self, id: TaskId) {
        let was_queued = self.checked_out(id).waker().is_some_and(|waker| waker.retire());
        self.count_out(was_queued);
        self.vacate(id);
    }

    #[inline]
    fn count_out(&mut self, was_queued: bool) {
        self.live -= 1;
        self.stale += usize::from(was_queued);
    }

    // What handles ask for.

    /// Looks for the result of a task on behalf of its handle, which awaits it with `waker`. That may be
    /// the one that `polling` is polled with.
    #[inline]
    pub(crate) fn claim(&mut self, id: TaskId, waker: &Waker, polling: PollingId) -> Claim {
        let Some(slot) = self.slot(id) else {
            unreachable!("a task keeps its slot until its handle has the result");
        };
        if let Some(task) = slot.take_finished() {
            self.vacate(id);
            return Claim::Done(task);
        }
        if slot.register(waker, polling) { Claim::Registered } else { Claim::NotRegistered }
    }

    /// Takes a task out that is done.
    #[inline]
    pub(crate) fn take_finished(&mut self, id: TaskId) -> Option<BoxedTask> {
        let task = self.slot(id)?.take_finished()?;
        self.vacate(id);
        Some(task)
    }

    /// Has `joiner` woken when the task is done, and returns who was to be woken before.
    pub(crate) fn replace_joiner(&mut self, id: TaskId, joiner: Joiner) -> Option<Joiner> {
        self.slot(id)?.replace_join(Join::Awaited(joiner))
    }

    /// Notes that nobody will ask for the result. Returns who was to be woken for it, and the task
    /// itself if it is done.
    #[inline]
    pub(crate) fn detach(&mut self, id: TaskId) -> (Option<Joiner>, Option<BoxedTask>) {
        let Some(slot) = self.slot(id) else {
            return (None, None);
        };
        let Some(finished) = slot.take_finished() else {
            return (slot.replace_join(Join::Detached), None);
        };
        self.vacate(id);
        (None, Some(finished))
    }

    /// Has a task dropped when it is next. `true` if it has to be queued for that.
    pub(crate) fn abort(&mut self, id: TaskId) -> bool {
        self.slot(id).is_some_and(Slot::abort)
    }

    /// Whether the task has ended, however it did.
    pub(crate) fn is_finished(&self, id: TaskId) -> bool {
        !self.slots.get(id.slot() as usize).is_some_and(|slot| slot.is_live(id))
    }

    /// The waker of a task that is not being polled.
    #[inline]
    pub(crate) fn waker(&mut self, id: TaskId) -> Option<&TaskWaker> {
        Some(self.slot(id)?.waker()?)
    }

    /// The id of the first task that waits, at or behind the slot `from`.
    pub(crate) fn next_waiting(&self, from: u32) -> Option<TaskId> {
        // A slice, and not the iterator's `skip`, which walks to `from` each time where nothing is optimised.
        let behind = self.slots.get(from as usize..)?;
        behind.iter().zip(from..).find_map(|(slot, number)| slot.waiting(number))
    }

    /// How many tasks are not done yet.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    /// How many queued ids mean nothing any more.
    pub(crate) fn stale(&self) -> usize {
        self.stale
    }

    // Slots.

    /// The slot of `id`, if that task still has it.
    #[inline]
    fn slot(&mut self, id: TaskId) -> Option<&mut Slot> {
        self.slots.get_mut(id.slot() as usize).filter(|slot| slot.is_of(id))
    }

    /// The slot of a task that is being polled, and so still has it.
    #[inline]
    fn checked_out(&mut self, id: TaskId) -> &mut Slot {
        debug_assert!(self.slot(id).is_some(), "a task that is being polled keeps its slot");
        &mut self.slots[id.slot() as usize]
    }

    /// Makes the slot of `id` free for another task.
    #[inline]
    fn vacate(&mut self, id: TaskId) {
        if self.checked_out(id).vacate() {
            self.vacancies.insert(id.slot());
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("live", &self.live()).field("slots", &self.slots.len()).finish()
    }
}

//! The tasks of a round.

use crate::run_queue::RunQueue;
use crate::task::TaskId;

/// The tasks that were queued when the round began, first in, first out. What is woken meanwhile waits in the
/// `RunQueue` for the next one.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    ids: Vec<TaskId>,
    /// How many of them have had their turn.
    taken: usize,
}

impl Batch {
    /// How many are left.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.ids.len() - self.taken
    }

    /// Makes everything that is queued the next batch. If the round of the last one has ended early, what is left of it
    /// comes first.
    #[inline]
    pub(crate) fn refill(&mut self, queue: &RunQueue) {
        if self.len() > 0 {
            return self.append(queue);
        }
        self.ids.clear();
        self.taken = 0;
        queue.take(&mut self.ids);
    }

    #[cold]
    fn append(&mut self, queue: &RunQueue) {
        let mut woken = Vec::new();
        queue.take(&mut woken);
        self.ids.drain(..self.taken);
        self.taken = 0;
        self.ids.extend(woken);
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<TaskId> {
        let id = *self.ids.get(self.taken)?;
        self.taken += 1;
        Some(id)
    }

    /// Adds everything that is queued to this batch, for somebody to choose from all of it, and forgets the tasks
    /// for which `retain` is false.
    pub(crate) fn gather(&mut self, queue: &RunQueue, retain: impl FnMut(&TaskId) -> bool) -> &[TaskId] {
        self.append(queue);
        self.ids.retain(retain);
        &self.ids
    }

    /// Takes out the one that was chosen; `None` if there is no such.
    pub(crate) fn remove(&mut self, index: usize) -> Option<TaskId> {
        (index < self.ids.len()).then(|| self.ids.remove(index))
    }
}

//! Who awaits a task.

use std::ptr;
use std::sync::Arc;
use std::task::Waker;

use crate::task::TaskId;
use crate::waker::{TaskWaker, waker_of};

/// Who awaits a task's result.
pub(crate) enum Joiner {
    /// A task of the same executor, by its own waker. Then its id will do: to clone a waker and drop it again costs
    /// two atomic exchanges.
    Task(TaskId),
    /// Whoever made this waker. In a box, since every slot has room for a joiner, and few have one of this kind.
    Waker(Box<Waker>),
}

/// By what a handle recognises that it is polled by a task of its own executor.
#[derive(Clone, Copy)]
pub(crate) struct PollingId {
    /// The task that is being polled.
    pub(crate) id: TaskId,
    /// Where the waker that it is polled with has its data; null if none is being polled.
    data: *const (),
}

impl PollingId {
    /// To be set whenever that task's waker may go: its memory may become another waker's, of another executor even.
    pub(crate) const NONE: PollingId = PollingId { id: TaskId::NONE, data: ptr::null() };

    #[inline]
    pub(crate) fn new(id: TaskId, waker: &Waker) -> Self {
        PollingId { id, data: waker.data() }
    }

    /// Whether `waker` is the one that the task is polled with. `own` is any waker of the same executor, to tell that
    /// it is really one of ours, and not one that somebody has made around the data of ours.
    pub(crate) fn is_polled_with(self, waker: &Waker, own: &Arc<TaskWaker>) -> bool {
        self.data == waker.data() && ptr::eq(waker.vtable(), waker_of(own).vtable())
    }
}

#[cfg(test)]
mod tests;

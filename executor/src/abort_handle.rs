//! Ending a task from anywhere.

use std::fmt;
use std::sync::Arc;

use crate::TaskId;
use crate::current;
use crate::mailbox::{Mailbox, Message};
use crate::sync::{AtomicBool, Ordering};

/// Ends a task from any thread. It can be cloned, and neither keeps the task alive nor its output.
///
/// # Examples
///
/// ```
/// use std::{future, thread};
///
/// let executor = executor::Executor::new();
/// let handle = executor.spawn(future::pending::<()>());
/// let abort_handle = handle.abort_handle();
/// thread::spawn(move || abort_handle.abort());
/// assert!(executor.block_on(handle).unwrap_err().is_cancelled());
/// ```
#[derive(Clone)]
pub struct AbortHandle {
    /// The way to the executor; `None` if there never was a task.
    mailbox: Option<Arc<Mailbox>>,
    id: Option<TaskId>,
    /// One of the clones has said it: once is enough, and keeps the mailbox from filling up.
    aborted: Arc<AtomicBool>,
}

impl AbortHandle {
    pub(crate) fn new(mailbox: Option<Arc<Mailbox>>, id: Option<TaskId>) -> Self {
        AbortHandle { mailbox, id, aborted: Arc::new(AtomicBool::new(false)) }
    }

    /// Ends the task: its future is dropped, on the executor's thread, when its turn comes. A task that
    /// is done by then keeps its output. If the task, or its executor, is gone, nothing happens.
    pub fn abort(&self) {
        let (Some(mailbox), Some(id)) = (&self.mailbox, self.id) else { return };
        match current::get() {
            Some(core) if Arc::ptr_eq(core.mailbox(), mailbox) => core.abort(id),
            _ => {
                if !self.aborted.swap(true, Ordering::Relaxed) {
                    mailbox.post(Message::Abort(id));
                }
            }
        }
    }

    /// The task; `None` if it was spawned on an executor that was gone.
    #[must_use]
    pub fn id(&self) -> Option<TaskId> {
        self.id
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AbortHandle").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests;

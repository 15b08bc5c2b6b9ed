//! Which executor runs on this thread.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::core::Core;
use crate::waker::TaskWaker;

thread_local! {
    /// The innermost executor that is running on this thread.
    static CURRENT: RefCell<Option<Rc<Core>>> = const { RefCell::new(None) };
}

/// Makes `core` the running executor of this thread until the guard is dropped, and then the one
/// before it again.
pub(crate) fn enter(core: Rc<Core>) -> Entered {
    Entered { previous: replace(Some(core)) }
}

/// The executor that is running on this thread.
pub(crate) fn get() -> Option<Rc<Core>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Puts the task of `waker` into the run queue, if its executor is the one that is running on this
/// thread. This is the short way that a wake takes when no other thread is involved: a look at a
/// thread-local and a push.
pub(crate) fn enqueue(waker: &Arc<TaskWaker>) -> bool {
    // `try_with`, since a wake may come from the destructor of some other thread-local after ours is
    // gone. It then takes the long way.
    let enqueued = CURRENT.try_with(|current| {
        let current = current.borrow();
        let Some(core) = &*current else { return false };
        if core.is_watched() {
            // The observer is foreign code: it may do what borrows this anew.
            let core = Rc::clone(core);
            drop(current);
            return core.wake_own(waker);
        }
        core.wake_own(waker)
    });
    enqueued.unwrap_or(false)
}

/// Restores the executor that was running before.
#[must_use]
#[derive(Debug)]
pub(crate) struct Entered {
    previous: Option<Rc<Core>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(replace(self.previous.take()));
    }
}

/// Exchanges the running executor. While this thread's locals are being destroyed there is none,
/// and all wakes go the long way.
fn replace(core: Option<Rc<Core>>) -> Option<Rc<Core>> {
    CURRENT.try_with(|current| current.replace(core)).ok().flatten()
}

//! Which executor runs on this thread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::core::Core;
use crate::mailbox::Mailbox;
use crate::sync::thread_local;
use crate::waker::TaskWaker;

thread_local! {
    /// Says in one number which executor is running on this thread. It has no destructor, so it can
    /// always be read, and costs next to nothing on threads that run none.
    static OWNER: Cell<OwnerId> = const { Cell::new(OwnerId::NOBODY) };

    /// The innermost executor that is running on this thread.
    static CURRENT: RefCell<Option<Rc<Core>>> = const { RefCell::new(None) };
}

/// Tells executors apart: the address of the mailbox, which lives as long as anything that belongs
/// to the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OwnerId(usize);

impl OwnerId {
    const NOBODY: OwnerId = OwnerId(0);

    #[inline]
    pub(crate) fn of(mailbox: &Arc<Mailbox>) -> Self {
        OwnerId(Arc::as_ptr(mailbox).addr())
    }

    /// The same executor, if somebody watches it: an address that no mailbox has, so that one
    /// comparison tells the common case, in which nobody does.
    #[inline]
    fn watched(self) -> Self {
        OwnerId(self.0 | 1)
    }
}

/// The executor that is running on this thread.
#[inline]
pub(crate) fn get() -> Option<Rc<Core>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Queues the task of `waker`, if its executor is the one that is running on this thread. This is the
/// short way that a wake takes when no other thread is involved: a look at two thread-locals and a
/// push.
#[inline]
pub(crate) fn wake(waker: &TaskWaker) -> bool {
    let owner = OWNER.with(Cell::get);
    if owner != waker.owner() {
        return owner == waker.owner().watched() && wake_watched(waker);
    }
    // `try_with`, since a wake may come from the destructor of some other thread-local after this one
    // is gone. It then takes the long way.
    let woken = CURRENT.try_with(|current| match &*current.borrow() {
        Some(core) => {
            core.wake_own(waker);
            true
        }
        None => false,
    });
    woken.unwrap_or(false)
}

#[cold]
fn wake_watched(waker: &TaskWaker) -> bool {
    // Out of the thread-local first: the observer is foreign code, which may want it.
    let core = get();
    if let Some(core) = &core {
        core.wake_own_watched(waker);
    }
    core.is_some()
}

/// Makes `core` the running executor of this thread until the guard is dropped, and then the one
/// before it again.
pub(crate) fn enter(core: Rc<Core>) -> Entered {
    Entered { previous: replace(Some(core)) }
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
    let owner = match &core {
        None => OwnerId::NOBODY,
        Some(core) if core.is_watched() => OwnerId::of(core.mailbox()).watched(),
        Some(core) => OwnerId::of(core.mailbox()),
    };
    let replaced = CURRENT.try_with(|current| current.replace(core));
    OWNER.with(|current| current.set(if replaced.is_ok() { owner } else { OwnerId::NOBODY }));
    replaced.ok().flatten()
}

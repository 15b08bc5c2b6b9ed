//! The way from a socket or a timer to its reactor.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::io;
use std::rc::Rc;
use std::task::Waker;

use mio::Registry;

use crate::readiness::Slots;
use crate::timers::Timers;

thread_local! {
    /// The reactor that was entered last on this thread.
    static CURRENT: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// What a socket or a timer needs to join a reactor: cheap to clone, bound to the thread.
///
/// [`enter`](Handle::enter) makes it the current one of the thread, for all that is made in that
/// scope; it can also be passed on explicitly.
#[derive(Clone)]
pub struct Handle {
    shared: Rc<Shared>,
}

/// What the sockets and timers of one reactor share with it.
struct Shared {
    /// Where sources are made known to the kernel; outside of any `RefCell`, since it needs none.
    registry: Registry,
    /// The sockets.
    slots: RefCell<Slots>,
    /// The timers.
    timers: RefCell<Timers>,
    /// The reactor was dropped: nobody turns any more.
    closed: Cell<bool>,
}

impl Handle {
    pub(crate) fn new(registry: Registry) -> Self {
        let shared = Shared {
            registry,
            slots: RefCell::default(),
            timers: RefCell::default(),
            closed: Cell::new(false),
        };
        Handle { shared: Rc::new(shared) }
    }

    /// The reactor of the scope that this is called in.
    ///
    /// # Errors
    ///
    /// Outside of such a scope. The error says how to get into one.
    pub fn current() -> io::Result<Handle> {
        Self::try_current().ok_or_else(|| {
            io::Error::other(
                "no reactor is entered on this thread: use `reactor::block_on`, or keep the guard of `Handle::enter`",
            )
        })
    }

    fn try_current() -> Option<Handle> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Makes this the current reactor of the thread until the guard is dropped.
    pub fn enter(&self) -> Entered {
        Entered { previous: replace(Some(self.clone())) }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    pub(crate) fn slots(&self) -> RefMut<'_, Slots> {
        self.shared.slots.borrow_mut()
    }

    pub(crate) fn timers(&self) -> RefMut<'_, Timers> {
        self.shared.timers.borrow_mut()
    }

    /// Says that the reactor is gone, and hands over everybody who waited for it.
    pub(crate) fn close(&self) -> Vec<Waker> {
        self.shared.closed.set(true);
        let mut wakers = Vec::new();
        self.slots().take_all_wakers(&mut wakers);
        self.timers().take_all_wakers(&mut wakers);
        wakers
    }

    /// Whether waiting for an event can come to an end.
    ///
    /// # Errors
    ///
    /// If the reactor was dropped, or if another one runs on this thread and this one does not.
    pub(crate) fn check_turned(&self) -> io::Result<()> {
        if self.shared.closed.get() {
            return Err(io::Error::other(
                "the reactor was dropped: its sockets and timers can wait for nothing any more",
            ));
        }
        match Self::try_current() {
            Some(current) if !Rc::ptr_eq(&current.shared, &self.shared) => Err(io::Error::other(
                "this socket or timer belongs to another reactor than the one that is entered here, and would wait forever",
            )),
            _ => Ok(()),
        }
    }
}

/// The descriptor of the reactor, for a loop that watches it; see [`Reactor`](crate::Reactor)'s.
#[cfg(unix)]
impl std::os::fd::AsFd for Handle {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.registry().as_fd()
    }
}

/// Keeps a reactor the current one of the thread; see [`Handle::enter`]. Guards are to be dropped
/// in the reverse order of their making.
#[must_use = "the reactor is the current one only as long as the guard lives"]
#[derive(Debug)]
pub struct Entered {
    previous: Option<Handle>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(replace(self.previous.take()));
    }
}

fn replace(handle: Option<Handle>) -> Option<Handle> {
    CURRENT.try_with(|current| current.replace(handle)).ok().flatten()
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = self.shared.slots.try_borrow().map_or(0, |slots| slots.len());
        let mut handle = f.debug_struct("Handle");
        handle.field("sources", &sources).field("closed", &self.shared.closed.get()).finish_non_exhaustive()
    }
}

//! The way from a socket or a timer to its reactor.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::io;
use std::rc::Rc;
use std::task::Waker;
use std::time::Instant;

use mio::{Registry, Token};

use crate::slots::Slots;
use crate::time::Time;
use crate::waiter::WaiterId;
use crate::{Budget, Direction};

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
    /// How often the kernel was asked. Budgets are counted from one turn to the next.
    turns: Cell<u32>,
    /// The future that was the last to begin waiting for a source.
    waiter: Cell<WaiterId>,
    /// The clock and the timers.
    time: Time,
    /// The reactor was dropped: nobody turns any more.
    closed: Cell<bool>,
}

impl Handle {
    pub(crate) fn new(registry: Registry, time: Time) -> Self {
        let shared = Shared {
            registry,
            slots: RefCell::default(),
            turns: Cell::new(0),
            waiter: Cell::new(WaiterId::ANYBODY),
            time,
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
        Self::try_current().ok_or_else(none_entered)
    }

    /// The reactor of the scope that this is called in, if waiting for it can come to an end.
    ///
    /// # Errors
    ///
    /// Outside of such a scope, and if the reactor was dropped.
    #[inline]
    pub(crate) fn current_turned() -> io::Result<Handle> {
        let handle = Self::current()?;
        if handle.is_closed() { Err(dropped()) } else { Ok(handle) }
    }

    fn try_current() -> Option<Handle> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Makes this the current reactor of the thread until the guard is dropped.
    pub fn enter(&self) -> Entered {
        Entered { previous: replace(Some(self.clone())) }
    }

    /// What time it is on the clock of this reactor, which may be a [virtual one](crate::VirtualClock).
    #[must_use]
    pub fn now(&self) -> Instant {
        self.time().now()
    }

    /// Changes the budget of the sources that are registered from now on; that of one source is changed by
    /// [`Registration::set_budget`](crate::Registration::set_budget).
    pub fn set_budget(&self, budget: Budget) {
        self.slots().budget = budget;
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    pub(crate) fn slots(&self) -> RefMut<'_, Slots> {
        self.shared.slots.borrow_mut()
    }

    pub(crate) fn time(&self) -> &Time {
        &self.shared.time
    }

    /// How often this reactor was turned.
    #[inline]
    pub(crate) fn turns(&self) -> u32 {
        self.shared.turns.get()
    }

    /// A number for a future that may have to wait for a source.
    #[inline]
    pub(crate) fn new_waiter(&self) -> WaiterId {
        let waiter = self.shared.waiter.get().next();
        self.shared.waiter.set(waiter);
        waiter
    }

    /// Has the next turn not sleep, and wake whoever waits for that source.
    pub(crate) fn give_way(&self, token: Token, direction: Direction) {
        self.slots().give_way(token, direction);
    }

    /// Whether somebody waits for the next turn, and for no event.
    pub(crate) fn is_given_way(&self) -> bool {
        self.slots().is_given_way()
    }

    /// A turn has asked the kernel: all budgets are new, and who gave way goes on.
    pub(crate) fn begin_turn(&self, woken: &mut Vec<Waker>) {
        self.shared.turns.set(self.shared.turns.get().wrapping_add(1));
        self.slots().end_giving_way(woken);
    }

    /// Says that the reactor is gone, and hands over everybody who waited for it.
    pub(crate) fn close(&self) -> Vec<Waker> {
        self.shared.closed.set(true);
        let mut wakers = Vec::new();
        self.slots().close(&mut wakers);
        self.time().timers().take_all_wakers(&mut wakers);
        wakers
    }

    /// Whether the reactor was dropped.
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.shared.closed.get()
    }

    /// Whether waiting for an event can come to an end.
    ///
    /// # Errors
    ///
    /// If the reactor was dropped, or if another one runs on this thread and this one does not.
    pub(crate) fn check_turned(&self) -> io::Result<()> {
        if self.is_closed() {
            return Err(dropped());
        }
        match self.is_current() {
            Some(false) => Err(io::Error::other(
                "this socket or timer belongs to another reactor than the one that is entered here, and would wait forever",
            )),
            Some(true) | None => Ok(()),
        }
    }

    /// Whether this is the current reactor of the thread; `None` if there is none at all.
    pub(crate) fn is_current(&self) -> Option<bool> {
        let is_this = |current: &Handle| Rc::ptr_eq(&current.shared, &self.shared);
        CURRENT.try_with(|current| current.borrow().as_ref().map(is_this)).ok().flatten()
    }
}

#[cold]
fn none_entered() -> io::Error {
    io::Error::other(
        "no reactor is entered on this thread: use `reactor::block_on`, or keep the guard of `Handle::enter`",
    )
}

#[cold]
fn dropped() -> io::Error {
    io::Error::other("the reactor was dropped: its sockets and timers can wait for nothing any more")
}

/// What time it is: on the clock of the current reactor, which may be a [virtual one](crate::VirtualClock), or on the
/// system's where there is none.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let start = reactor::now();
///     reactor::sleep(Duration::from_millis(2)).await;
///     assert!(reactor::now() - start >= Duration::from_millis(2));
/// })
/// # }
/// ```
#[must_use]
pub fn now() -> Instant {
    // No handle is cloned for it, since every timer asks; and the clocks are no foreign code.
    let now = CURRENT.try_with(|current| current.borrow().as_ref().map(Handle::now));
    now.ok().flatten().unwrap_or_else(Instant::now)
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

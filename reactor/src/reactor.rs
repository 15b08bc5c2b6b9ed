//! The reactor: one wait, one dispatch.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use executor::Park;
use futures_task::{ArcWake, waker};
use mio::{Events, Poll, Token};

#[cfg(all(feature = "precise", target_os = "linux"))]
use crate::precise::PreciseTimer;
use crate::time::{Time, Wait};
use crate::wake::wake_all;
use crate::{Handle, VirtualClock};

/// How many events one turn takes from the kernel. There can be more: the next turn takes those.
const EVENTS_PER_TURN: usize = 1024;

/// The token of the unparker. No slot has it: the slot map keeps this index free.
const UNPARK: Token = Token(usize::MAX);

/// The token of the timer that is more precise than a timeout. It would be that of a slot if there were as many as
/// a `u32` can count.
#[cfg(all(feature = "precise", target_os = "linux"))]
const PRECISE: Token = Token(usize::MAX - 1);

/// Turns what the kernel says of sockets, and the passing of time, into wakes.
///
/// It is a [`Park`]: an executor sleeps in it. It can also be turned by hand, or under any other
/// executor of the same thread. It has no thread, no lock and no global; sockets and timers find it
/// through a [`Handle`].
///
/// # Examples
///
/// ```
/// use executor::Executor;
/// use reactor::Reactor;
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// let reactor = Reactor::new()?;
/// let _entered = reactor.handle().enter();
/// let executor = Executor::with_park(reactor);
/// executor.block_on(reactor::sleep(Duration::from_millis(1)));
/// # Ok(())
/// # }
/// ```
pub struct Reactor {
    /// What waits for the kernel. Borrowed only while it does.
    poll: RefCell<(Poll, Events)>,
    /// What sockets and timers use.
    handle: Handle,
    /// Ends a wait from another thread.
    unparker: Waker,
    /// Ends a wait in time for a timer.
    #[cfg(all(feature = "precise", target_os = "linux"))]
    precise: RefCell<PreciseTimer>,
    /// Where a turn collects whom it is going to wake, empty in between: so that it need not allocate.
    woken: Cell<Vec<Waker>>,
    /// The last turn has taken as many events as it may: there can be more, of which a loop that watches the
    /// descriptor for changes is not told again.
    has_more: Cell<bool>,
}

/// What one turn did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct Turn {
    /// How many events the kernel had for sockets of this reactor.
    pub events: usize,
    /// How many tasks were woken, for sockets and timers together.
    pub woken: usize,
}

impl Reactor {
    /// A reactor without sockets or timers.
    ///
    /// # Errors
    ///
    /// If the system refuses the file descriptors (three on Linux, four with the feature `precise`).
    pub fn new() -> io::Result<Self> {
        Self::with_time(None)
    }

    /// A reactor whose timers go by `clock`, for tests.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Reactor::new), and if the clock belongs to a reactor already.
    pub fn with_clock(clock: &VirtualClock) -> io::Result<Self> {
        Self::with_time(Some(clock))
    }

    fn with_time(clock: Option<&VirtualClock>) -> io::Result<Self> {
        let poll = Poll::new()?;
        let unparker = waker(Arc::new(Unparker(mio::Waker::new(poll.registry(), UNPARK)?)));
        let handle = Handle::new(poll.registry().try_clone()?, Time::new(clock.cloned()));
        if let Some(clock) = clock {
            clock.attach(&unparker)?;
        }
        Ok(Reactor {
            #[cfg(all(feature = "precise", target_os = "linux"))]
            precise: RefCell::new(PreciseTimer::new(poll.registry(), PRECISE)?),
            poll: RefCell::new((poll, Events::with_capacity(EVENTS_PER_TURN))),
            handle,
            unparker,
            woken: Cell::default(),
            has_more: Cell::default(),
        })
    }

    /// What sockets and timers need to join this reactor.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// When the earliest timer is due; `None` if there is none. An embedder that sleeps elsewhere
    /// sleeps no longer than that. Where there are many timers, and the earliest was cancelled, it may be the time of that one:
    /// a turn then has nothing to do, and knows better afterwards. It is now if somebody has used up their [`Budget`](crate::Budget), and
    /// goes on after the next turn; and if the last turn has left events for the next one.
    ///
    /// With a [`VirtualClock`] it is a time of that clock, so compare it with [`Handle::now`]: it says what
    /// [`turn`](Reactor::turn) could move the clock to, and not how long to sleep.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        if self.is_to_go_on() {
            return Some(self.handle.now());
        }
        self.handle.time().next_deadline()
    }

    /// Waits for events, at most until `timeout` has passed or the next timer is due, and wakes the
    /// tasks that waited for what has happened. `None` waits as long as
    /// it takes, [`Duration::ZERO`] not at all.
    ///
    /// # Errors
    ///
    /// If the system cannot wait for events. An interruption by a signal is no error: the turn ends
    /// early.
    pub fn turn(&self, timeout: Option<Duration>) -> io::Result<Turn> {
        // Whoever gives way waits for no event, and has not done yet what there is to do at this time; and behind a turn
        // that was full there are more events.
        let wait = if self.is_to_go_on() {
            Time::plan_look()
        } else {
            self.handle.time().plan(timeout, || self.handle.slots().any_waiter())
        };
        self.turn_by(wait)
    }

    fn turn_by(&self, wait: Wait) -> io::Result<Turn> {
        // A turn that is made by a wake of this one finds none here, and makes its own.
        let mut woken = self.woken.take();
        let came = self.wait(wait, &mut woken)?;
        self.handle.time().pass(wait, came.is_nothing(), &mut woken);
        // From here on nothing of the reactor is borrowed: a wake is foreign code, and may use it.
        let turn = Turn { events: came.events, woken: woken.len() };
        wake_all(&mut woken);
        self.woken.set(woken);
        Ok(turn)
    }

    /// Whether the next turn has something to do that it need not wait for.
    fn is_to_go_on(&self) -> bool {
        // Whoever gives way waits for no event.
        self.handle.is_given_way() || self.has_more.get()
    }

    /// Waits for the kernel, and notes what it says.
    fn wait(&self, wait: Wait, woken: &mut Vec<Waker>) -> io::Result<Came> {
        #[cfg(all(feature = "precise", target_os = "linux"))]
        if let (Some(deadline), Some(left)) = (wait.deadline, wait.timeout) {
            self.precise.borrow_mut().set(deadline, left)?;
        }
        let (poll, events) = &mut *self.poll.borrow_mut();
        match poll.poll(events, wait.timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Ok(Came { events: 0, other: true });
            }
            Err(error) => return Err(error),
        }
        let slots = self.handle.slots();
        let mut came = Came { events: 0, other: false };
        let mut taken = 0;
        for event in &*events {
            taken += 1;
            match slots.get(event.token()) {
                Some(readiness) => {
                    readiness.apply(event, woken);
                    came.events += 1;
                }
                // The unparker, the precise timer, or a socket that was dropped meanwhile.
                None => came.other = true,
            }
        }
        drop(slots);
        self.has_more.set(taken == EVENTS_PER_TURN);
        self.handle.begin_turn(woken);
        Ok(came)
    }
}

/// What has ended a wait.
#[derive(Clone, Copy)]
struct Came {
    /// How many events for sockets.
    events: usize,
    /// Whether there was anything else: an unpark, or a signal.
    other: bool,
}

impl Came {
    fn is_nothing(self) -> bool {
        self.events == 0 && !self.other
    }
}

impl Park for Reactor {
    /// # Panics
    ///
    /// If the system cannot wait for events at all, which leaves nothing that could ever run.
    fn park(&self, timeout: Option<Duration>) {
        assert_waited(self.turn(timeout));
    }

    /// A [`VirtualClock`] stands still meanwhile.
    ///
    /// # Panics
    ///
    /// As [`park`](Park::park).
    fn look(&self) {
        assert_waited(self.turn_by(Time::plan_look()));
    }

    fn next_deadline(&self) -> Option<Instant> {
        Reactor::next_deadline(self)
    }

    fn now(&self) -> Option<Instant> {
        Some(self.handle.now())
    }

    fn unparker(&self) -> Waker {
        self.unparker.clone()
    }
}

fn assert_waited(turn: io::Result<Turn>) {
    if let Err(error) = turn {
        panic!("the reactor cannot wait for events: {error}");
    }
}

/// The epoll or kqueue descriptor: readable when [`turn`](Reactor::turn) has something to do for a
/// socket or an unpark, for whoever has a loop of their own to watch it. Timers do not make it
/// readable (or only some, with the feature `precise`): see [`next_deadline`](Reactor::next_deadline).
#[cfg(unix)]
impl std::os::fd::AsFd for Reactor {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

impl Drop for Reactor {
    /// Wakes everybody who waits for a socket, to be told that no event will come.
    fn drop(&mut self) {
        wake_all(&mut self.handle.close());
    }
}

/// Lets the mio waker be a `std` one.
struct Unparker(mio::Waker);

impl ArcWake for Unparker {
    fn wake_by_ref(unparker: &Arc<Self>) {
        let woken = unparker.0.wake();
        debug_assert!(woken.is_ok(), "an event descriptor takes a wake as long as it is open: {woken:?}");
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").field("handle", &self.handle).finish_non_exhaustive()
    }
}

//! A clock that goes as a test says.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::time::{after, nanos_of};
use crate::wheel::{NEVER, Nanos};

/// A clock for tests, in place of the system's: the timers of the reactor that was [made with
/// it](crate::Reactor::with_clock) go by it, and so do [`sleep`](crate::sleep()), [`timeout`](crate::timeout()),
/// [`interval`](crate::interval()) and [`now`](crate::now) there. An hour passes in no time.
///
/// It stands still while tasks run or are ready: an executor that has such only [looks](executor::Park::look). It moves in a
/// [turn](crate::Reactor::turn), from one deadline to the next: in one turn
/// it moves to the earliest deadline at most, and exactly to it. The tasks that wait for that deadline are woken and
/// run, see [`now`](crate::now) as their deadline, and may set new timers, before it moves on. So no task
/// ever finds that time has run ahead of it, however far the clock is to go.
///
/// What makes it move:
///
/// - A [manual](VirtualClock::manual) clock moves only as far as [`advance`](VirtualClock::advance) has told it. An
///   executor that has only timers left, and a clock that has gone as far as it may, sleeps until it is woken, or until
///   another thread advances the clock.
/// - An [automatic](VirtualClock::auto) clock moves also by itself, to the next deadline, when nothing else can happen:
///   in a turn that may sleep (the executor has no ready task), when no wake from another thread and no
///   event has come, no task waits for a socket, and nobody [pins](VirtualClock::pin) it. Where a task waits
///   for a socket, real time is needed for that: the reactor sleeps, and the clock stands still,
///   until that is over or [`advance`](VirtualClock::advance) is called. A future of an `async` method that is dropped
///   waits no more; who has [polled by hand](crate::Registration#one-task-for-each-direction), or read or written by way of
///   `AsyncRead` or `AsyncWrite`, counts as waiting until the next event.
///
/// Cloning it gives another handle of the same clock; all threads may have one.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use executor::Executor;
/// use reactor::{Reactor, VirtualClock, sleep};
///
/// # fn main() -> std::io::Result<()> {
/// let clock = VirtualClock::auto();
/// let reactor = Reactor::with_clock(&clock)?;
/// let _entered = reactor.handle().enter();
/// let start = clock.now();
/// Executor::with_park(reactor).block_on(sleep(Duration::from_secs(3600)));
/// assert_eq!(clock.now() - start, Duration::from_secs(3600));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct VirtualClock {
    shared: Arc<Shared>,
}

struct Shared {
    /// What [`VirtualClock::now`] says at first.
    start: Instant,
    mode: Mode,
    /// The time since the start. Only the reactor's thread changes it.
    now: AtomicU64,
    /// How far it may go, and is going.
    granted: AtomicU64,
    /// How many guards stop it from going further by itself.
    pins: AtomicUsize,
    /// Ends the sleep of the reactor that goes by this clock, if there is one.
    unparker: OnceLock<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Manual,
    Auto,
}

impl VirtualClock {
    /// A clock that moves only as far as [`advance`](VirtualClock::advance) tells it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use executor::Executor;
    /// use reactor::{Reactor, VirtualClock, sleep};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let clock = VirtualClock::manual();
    /// let reactor = Reactor::with_clock(&clock)?;
    /// let _entered = reactor.handle().enter();
    /// let executor = Executor::with_park(reactor);
    /// let task = executor.spawn(sleep(Duration::from_millis(100)));
    ///
    /// clock.advance(Duration::from_millis(99));
    /// executor.run_until_stalled();
    /// assert!(!task.is_finished());
    ///
    /// clock.advance(Duration::from_millis(1));
    /// executor.run_until_stalled();
    /// assert!(task.is_finished());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn manual() -> Self {
        Self::new(Mode::Manual)
    }

    /// A clock that moves to the next deadline by itself when nothing else can happen.
    #[must_use]
    pub fn auto() -> Self {
        Self::new(Mode::Auto)
    }

    fn new(mode: Mode) -> Self {
        let (now, granted, pins) = Default::default();
        let shared = Shared { start: Instant::now(), mode, now, granted, pins, unparker: OnceLock::new() };
        VirtualClock { shared: Arc::new(shared) }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Instant {
        // What cannot be told apart from for ever is not reached.
        after(self.shared.start, self.nanos()).unwrap_or(self.shared.start)
    }

    /// Lets `duration` pass, in the turns that come: this call only says how far the clock may go and returns at once, and
    /// [`now`](VirtualClock::now) is what it was. Each turn moves the clock to the next deadline on the way and wakes who
    /// waits for it; the turn after the last of them moves it to the end of `duration`. What is
    /// advanced twice goes as far as both say.
    ///
    /// With an executor that is stepped, call `run_until_stalled` before, so that the tasks have set their timers, and
    /// afterwards: it returns when all this has happened. A task that wants to go on when it has happened sleeps for `duration` itself:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use reactor::{Reactor, VirtualClock, sleep};
    /// # fn main() -> std::io::Result<()> {
    /// # let clock = VirtualClock::manual();
    /// # let reactor = Reactor::with_clock(&clock)?;
    /// # let _entered = reactor.handle().enter();
    /// # executor::Executor::with_park(reactor).block_on(async {
    /// let minute = Duration::from_secs(60);
    /// clock.advance(minute);
    /// sleep(minute).await;
    /// # });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is obeyed whether or not tasks wait for sockets and whether or not somebody pins the clock. Other threads may
    /// call it, too.
    pub fn advance(&self, duration: Duration) {
        let further = nanos_of(duration);
        let go = |granted: Nanos| Some(granted.max(self.nanos()).saturating_add(further).min(NEVER - 1));
        // It returns `Some` always.
        let _ = self.shared.granted.fetch_update(Ordering::AcqRel, Ordering::Acquire, go);
        self.shared.unpark();
    }

    /// Stops an automatic clock from moving by itself as long as the guard lives. Another thread that works on
    /// something for this one is nothing that the clock could know of: give it a guard.
    ///
    /// The guard can be sent there. Wake first, or send what was asked for, and drop the guard then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use reactor::{Reactor, VirtualClock, timeout};
    /// # fn main() -> std::io::Result<()> {
    /// # let clock = VirtualClock::auto();
    /// # let reactor = Reactor::with_clock(&clock)?;
    /// # let _entered = reactor.handle().enter();
    /// # executor::Executor::with_park(reactor).block_on(async {
    /// # let mut thread = None;
    /// let answer = std::future::poll_fn(|cx| match thread.take() {
    ///     None => {
    ///         let (waker, pinned) = (cx.waker().clone(), clock.pin());
    ///         thread = Some(std::thread::spawn(move || {
    ///             let answer = 6 * 7; // It takes its time.
    ///             waker.wake();
    ///             drop(pinned);
    ///             answer
    ///         }));
    ///         std::task::Poll::Pending
    ///     }
    ///     Some(thread) => std::task::Poll::Ready(thread.join().unwrap()),
    /// });
    /// // However long it takes, no time passes.
    /// assert_eq!(timeout(Duration::from_secs(1), answer).await, Ok(42));
    /// # });
    /// # Ok(())
    /// # }
    /// ```
    pub fn pin(&self) -> Pinned {
        self.shared.pins.fetch_add(1, Ordering::AcqRel);
        Pinned { clock: self.clone() }
    }

    // What the reactor needs.

    /// What time it was when the time that is counted in nanoseconds began.
    pub(crate) fn start(&self) -> Instant {
        self.shared.start
    }

    pub(crate) fn nanos(&self) -> Nanos {
        self.shared.now.load(Ordering::Acquire)
    }

    /// How far it was told to go.
    pub(crate) fn granted(&self) -> Nanos {
        self.shared.granted.load(Ordering::Acquire)
    }

    /// Whether it may move by itself, as far as it knows.
    pub(crate) fn goes_by_itself(&self) -> bool {
        self.shared.mode == Mode::Auto && self.shared.pins.load(Ordering::Acquire) == 0
    }

    /// Moves it there.
    pub(crate) fn set(&self, now: Nanos) {
        debug_assert!(now >= self.nanos(), "time does not go back");
        self.shared.now.store(now, Ordering::Release);
    }

    /// Makes it the clock of the reactor that `unparker` wakes.
    ///
    /// # Errors
    ///
    /// If it is the clock of one already.
    pub(crate) fn attach(&self, unparker: &Waker) -> io::Result<()> {
        let taken = |_| io::Error::other("this virtual clock belongs to another reactor: make one for each");
        self.shared.unparker.set(unparker.clone()).map_err(taken)
    }
}

impl Shared {
    fn unpark(&self) {
        if let Some(unparker) = self.unparker.get() {
            unparker.wake_by_ref();
        }
    }
}

/// Stops a virtual clock from moving by itself; see [`VirtualClock::pin`].
#[must_use = "the clock is pinned only as long as the guard lives"]
#[derive(Debug)]
pub struct Pinned {
    clock: VirtualClock,
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if self.clock.shared.pins.fetch_sub(1, Ordering::AcqRel) == 1 {
            // It may be the guard that the reactor sleeps for.
            self.clock.shared.unpark();
        }
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualClock")
            .field("mode", &self.shared.mode)
            .field("passed", &Duration::from_nanos(self.nanos()))
            .field("pins", &self.shared.pins.load(Ordering::Relaxed))
            .finish_non_exhaustive()
    }
}

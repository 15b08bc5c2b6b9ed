//! What time it is for a reactor, and which of its timers are due.

use std::cell::{Cell, RefCell, RefMut};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::VirtualClock;
use crate::wheel::{NEVER, Nanos, Wheel};

/// A deadline this close to the last look at the clock may have passed since: only then is another look worth its price.
/// One that is further away, and has passed all the same, is found out by the next turn.
const NEAR: Duration = Duration::from_millis(1);

/// The clock and the timers of one reactor.
#[derive(Debug)]
pub(crate) struct Time {
    /// The time from which nanoseconds are counted.
    epoch: Instant,
    /// The clock, if it is not the system's.
    clock: Option<VirtualClock>,
    /// What the clock said when it was last looked at. It never goes back (tokio#3619).
    seen: Cell<Instant>,
    timers: RefCell<Wheel>,
}

/// How a turn is to wait, and what it does to a virtual clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wait {
    /// How long the kernel may wait for events.
    pub(crate) timeout: Option<Duration>,
    /// The deadline of the timer that this is the time until, if it is.
    pub(crate) deadline: Option<Nanos>,
    /// The time to which the virtual clock moves afterwards.
    step: Option<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// In any case: it was told to.
    To(Nanos),
    /// Only if nothing has come that is to be done first.
    IfQuiet(Nanos),
}

impl Time {
    /// The time by `clock`, or else by the system's.
    pub(crate) fn new(clock: Option<VirtualClock>) -> Self {
        let epoch = clock.as_ref().map_or_else(Instant::now, VirtualClock::start);
        Time { epoch, clock, seen: Cell::new(epoch), timers: RefCell::default() }
    }

    /// Whether time passes here as it does for the kernel, and for other processes.
    pub(crate) fn is_real(&self) -> bool {
        self.clock.is_none()
    }

    pub(crate) fn timers(&self) -> RefMut<'_, Wheel> {
        self.timers.borrow_mut()
    }

    /// Looks at the clock.
    #[inline]
    pub(crate) fn now(&self) -> Instant {
        let now = self.clock.as_ref().map_or_else(Instant::now, VirtualClock::now);
        let now = now.max(self.seen.get());
        self.seen.set(now);
        now
    }

    /// Whether a deadline has passed; without a look at the clock, if it is far enough from the last one.
    #[inline]
    pub(crate) fn has_passed(&self, deadline: Instant) -> bool {
        let seen = self.seen.get();
        deadline <= seen || (deadline < seen + NEAR && deadline <= self.now())
    }

    /// When the earliest timer is due; by a real clock perhaps a little early, rather than after a long search.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let mut timers = self.timers();
        match if self.is_real() { timers.nearly_earliest() } else { timers.earliest() } {
            NEVER => None,
            deadline => after(self.epoch, deadline),
        }
    }

    /// How a turn that may take as long as `timeout` is to wait.
    pub(crate) fn plan(&self, timeout: Option<Duration>, waits_for_sockets: impl FnOnce() -> bool) -> Wait {
        match &self.clock {
            None => self.plan_real(timeout),
            Some(clock) => self.plan_virtual(clock, timeout, waits_for_sockets),
        }
    }

    /// How a turn is to wait that is made although tasks are ready: not at all, and a virtual clock stands still.
    pub(crate) fn plan_look() -> Wait {
        Wait { timeout: Some(Duration::ZERO), deadline: None, step: None }
    }

    /// For `timeout`, or until the next timer if that is less.
    fn plan_real(&self, timeout: Option<Duration>) -> Wait {
        let bound = self.timers().bound();
        if bound == NEVER || timeout == Some(Duration::ZERO) {
            return Wait { timeout, deadline: None, step: None };
        }
        let left = Duration::from_nanos(bound.saturating_sub(self.look()));
        match timeout {
            Some(timeout) if timeout < left => Wait { timeout: Some(timeout), deadline: None, step: None },
            _ => Wait { timeout: Some(left), deadline: Some(bound), step: None },
        }
    }

    fn plan_virtual(
        &self,
        clock: &VirtualClock,
        timeout: Option<Duration>,
        waits_for_sockets: impl FnOnce() -> bool,
    ) -> Wait {
        let (now, granted, next) = (clock.nanos(), clock.granted(), self.timers().earliest());
        let at_once = |step| Wait { timeout: Some(Duration::ZERO), deadline: None, step };
        if next <= now {
            return at_once(None);
        }
        if now < granted {
            return at_once(Some(Step::To(next.min(granted))));
        }
        let may_sleep = timeout != Some(Duration::ZERO);
        // Pins are asked before the kernel is, so that the wake of a thread that has dropped its pin since is seen.
        if may_sleep && next != NEVER && clock.goes_by_itself() && !waits_for_sockets() {
            let end = timeout.map_or(NEVER, |timeout| now.saturating_add(nanos_of(timeout)));
            return at_once(Some(Step::IfQuiet(next.min(end))));
        }
        Wait { timeout, deadline: None, step: None }
    }

    /// Moves the clock, if it is a virtual one and `wait` says so, and moves whoever waits for what time it is then into
    /// `woken`. `quiet` says that no event, and no wake from another thread, has come.
    pub(crate) fn pass(&self, wait: Wait, quiet: bool, woken: &mut Vec<Waker>) {
        match (&self.clock, wait.step) {
            (Some(clock), Some(Step::To(time))) => clock.set(time),
            (Some(clock), Some(Step::IfQuiet(time))) if quiet => clock.set(time),
            _ => {}
        }
        let mut timers = self.timers();
        if timers.bound() != NEVER {
            timers.fire(self.look(), woken);
        }
    }

    /// Looks at the clock, for the number that timers are kept by.
    fn look(&self) -> Nanos {
        self.nanos(self.now())
    }

    /// The number of a time: that of the epoch for any before, and [`NEVER`] for those that are too far away.
    #[inline]
    pub(crate) fn nanos(&self, time: Instant) -> Nanos {
        nanos_of(time.saturating_duration_since(self.epoch))
    }
}

/// The time so long after `epoch`; `None` if that is too far away.
pub(crate) fn after(epoch: Instant, nanos: Nanos) -> Option<Instant> {
    epoch.checked_add(Duration::from_nanos(nanos))
}

/// A duration in nanoseconds; [`NEVER`] if it is too long.
#[inline]
pub(crate) fn nanos_of(duration: Duration) -> Nanos {
    let seconds = duration.as_secs().checked_mul(1_000_000_000);
    seconds.and_then(|nanos| nanos.checked_add(u64::from(duration.subsec_nanos()))).unwrap_or(NEVER)
}

#[cfg(test)]
mod tests;

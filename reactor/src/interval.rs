//! Waiting for a time again and again.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::{Sleep, now, sleep_until};

/// A tick that is later than this has been missed, for [`MissedTickBehavior::Delay`]. Timers are rounded up and threads
/// are busy, and that shall not add up.
const LATE: Duration = Duration::from_millis(5);

/// Ticks at once and then every `period`, counted from this call.
///
/// What it does about ticks that nobody could wait for in time is said by [`MissedTickBehavior`].
///
/// # Panics
///
/// If the period is zero. Awaiting a tick panics where [`sleep`](crate::sleep()) does.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let start = Instant::now();
///     let mut interval = reactor::interval(Duration::from_millis(2));
///     for _ in 0..3 {
///         interval.tick().await;
///     }
///     assert!(start.elapsed() >= Duration::from_millis(4), "the first tick comes at once");
/// })
/// # }
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(now(), period)
}

/// Ticks at `start` and then every `period`.
///
/// # Panics
///
/// As [`interval`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let period = Duration::from_millis(2);
///     let first = reactor::now() + period;
///     let mut interval = reactor::interval_at(first, period);
///     assert_eq!(interval.tick().await, first);
///     assert_eq!(interval.tick().await, first + period);
/// })
/// # }
/// ```
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "an interval must be longer than zero: it would tick without end");
    Interval { sleep: sleep_until(start), period, missed: MissedTickBehavior::default() }
}

/// Ticks; see [`interval`].
#[derive(Debug)]
#[must_use = "an interval ticks only for those who wait for it"]
pub struct Interval {
    /// The next tick.
    sleep: Sleep,
    period: Duration,
    missed: MissedTickBehavior,
}

/// What an [`Interval`] does when a tick was waited for too late, because the task was busy meanwhile.
///
/// With a period of 10 ms, and a task that was busy from the tick at 10 ms until 35 ms, the ticks are:
///
/// ```text
/// Burst    0  10  [busy]  35 35 40  50  60     as many as if nothing had happened
/// Delay    0  10  [busy]  35  45  55  65       never closer together than the period
/// Skip     0  10  [busy]  35  40  50  60       only at multiples of the period, but none twice
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MissedTickBehavior {
    /// Ticks without a pause until it has caught up. A task that takes longer than the period for each tick never does, and
    /// keeps the thread to itself: a budget for that it has to keep itself.
    #[default]
    Burst,
    /// Counts from the late tick on. A tick is late if it is 5 ms or a whole period late, whichever is less: below that
    /// it is on time, or the delays of timers would add up.
    Delay,
    /// Leaves out those that were missed, and goes on as planned.
    Skip,
}

impl Interval {
    /// Waits for the next tick, and returns when it was due.
    ///
    /// # Panics
    ///
    /// Where [`sleep`](crate::sleep()) does.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no tick.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// [`tick`](Interval::tick) for those who poll by hand.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        ready!(Pin::new(&mut self.sleep).poll(cx));
        let now = now();
        let due = self.sleep.deadline().unwrap_or(now);
        self.sleep.set_deadline(self.missed.next(due, now, self.period));
        Poll::Ready(due)
    }

    /// Has the next tick a period from now, and the others counted from there.
    pub fn reset(&mut self) {
        self.sleep.set_deadline(now().checked_add(self.period));
    }

    /// Has the next tick at `deadline`, and the others counted from there.
    pub fn reset_at(&mut self, deadline: Instant) {
        self.sleep.reset(deadline);
    }

    /// The time from one tick to the next.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What it does about ticks that were missed.
    #[must_use]
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Changes what it does about ticks that were missed.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}

impl MissedTickBehavior {
    /// When to tick after the tick that was `due` and has come `now`; `None` for never.
    fn next(self, due: Instant, now: Instant, period: Duration) -> Option<Instant> {
        let late = now.saturating_duration_since(due);
        match self {
            Self::Delay if late >= period.min(LATE) => now.checked_add(period),
            Self::Skip if late >= period => now.checked_add(period - remainder(late, period)),
            Self::Burst | Self::Delay | Self::Skip => due.checked_add(period),
        }
    }
}

/// What is left of `duration` after as many whole periods as there are in it.
fn remainder(duration: Duration, period: Duration) -> Duration {
    let nanos = duration.as_nanos() % period.as_nanos();
    // Less than the period, and so its seconds fit.
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    Duration::new(seconds, u32::try_from(nanos % 1_000_000_000).unwrap_or(0))
}

//! Waiting for a time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::time::nanos_of;
use crate::wheel::{NEVER, Nanos, TimerKey};
use crate::{Handle, now};

/// Waits until `duration` has passed since this call: never less, and about a millisecond more at
/// most if the thread is free (less with the feature `precise`).
///
/// A duration that is too long for the clock means forever. A duration of zero is over at the first poll, if
/// that is in the scope of the reactor in which this was called.
///
/// # Panics
///
/// Awaiting it panics where there is no current reactor (see [`Handle::current`]), and where it would
/// wait for one that was dropped or is not the current one any more.
///
/// # Cancel safety
///
/// Dropping it cancels the timer.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// # fn main() -> std::io::Result<()> {
/// let start = Instant::now();
/// reactor::block_on(reactor::sleep(Duration::from_millis(5)))?;
/// assert!(start.elapsed() >= Duration::from_millis(5));
/// # Ok(())
/// # }
/// ```
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::until(now().checked_add(duration))
}

/// Waits until `deadline`, as [`sleep()`] does. One that has passed already is over at the first poll, if
/// that is in the scope of the reactor in which this was called.
///
/// # Panics
///
/// As [`sleep()`].
///
/// # Cancel safety
///
/// Dropping it cancels the timer.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let deadline = reactor::now() + Duration::from_millis(2);
///     reactor::sleep_until(deadline).await;
///     assert!(reactor::now() >= deadline);
/// })
/// # }
/// ```
pub fn sleep_until(deadline: Instant) -> Sleep {
    look();
    Sleep::until(Some(deadline))
}

/// The future of [`sleep()`] and [`sleep_until`].
///
/// It sets its timer at the first poll that has to wait. From then on the task that polled it last is woken at the
/// deadline, even if the deadline was [changed](Sleep::reset) since.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Sleep {
    /// When it ends; `None` for never.
    deadline: Option<Instant>,
    /// How much later it may end, in nanoseconds.
    slack: Nanos,
    /// The timer, from the first poll that has to wait to the one that finds it gone, which means that it has fired.
    timer: Option<(Handle, TimerKey)>,
}

impl Sleep {
    /// Without a deadline, it waits for ever.
    pub(crate) fn until(deadline: Option<Instant>) -> Self {
        Sleep { deadline, slack: 0, timer: None }
    }

    /// Lets this end up to `slack` later, so that it can share a wake of the thread with others: a thousand
    /// connections that time out within a second need not be a thousand wakes. To be called before it is polled.
    ///
    /// Within its slack each timer takes the roundest moment, the one that is a multiple of the largest power of two
    /// nanoseconds. Timers with that moment in common share a wake; and those that have the same slack, however many
    /// they are, wake the thread at most twice in the time that the slack is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let idle = reactor::sleep(Duration::from_millis(2)).with_slack(Duration::from_millis(1));
    /// reactor::block_on(idle)
    /// # }
    /// ```
    pub fn with_slack(mut self, slack: Duration) -> Self {
        self.slack = nanos_of(slack);
        self
    }

    /// When it ends; `None` if that is too far away for the clock, which means never. Its slack comes on top.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether the deadline has passed, by the clock of its reactor or, if it has never waited, of the current one.
    #[must_use]
    pub fn is_elapsed(&self) -> bool {
        let now = self.timer.as_ref().map_or_else(now, |(handle, _)| handle.now());
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Changes when it ends, whether or not it has ended. A task that waits for it is woken at the new deadline
    /// without having to poll it again. It costs no allocation, and not more than setting a timer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// reactor::block_on(async {
    ///     let mut sleep = reactor::sleep(Duration::from_secs(3600));
    ///     sleep.reset(reactor::now() + Duration::from_millis(1));
    ///     sleep.await;
    /// })
    /// # }
    /// ```
    pub fn reset(&mut self, deadline: Instant) {
        self.set_deadline(Some(deadline));
        if self.timer.is_none() {
            look();
        }
    }

    /// [`reset`](Sleep::reset), for never as well.
    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
        if let Some((handle, key)) = self.timer.take() {
            let firing = self.firing(&handle);
            // If the timer has fired, its task was woken, and sets another one when it polls this.
            let pending = handle.time().timers().reset(key, firing);
            self.timer = pending.then_some((handle, key));
        }
    }

    /// When the timer is to fire: the roundest moment between the deadline and the end of the slack.
    fn firing(&self, handle: &Handle) -> Nanos {
        let deadline = self.deadline.map_or(NEVER, |deadline| handle.time().nanos(deadline));
        match self.slack {
            0 => deadline,
            slack => roundest(deadline, deadline.saturating_add(slack).min(NEVER - 1)),
        }
    }

    /// The first poll, or one after it has ended.
    fn poll_unset(&mut self, waker: &Waker) -> Poll<()> {
        let handle = Handle::current_turned().unwrap_or_else(|error| panic!("{error}"));
        if self.deadline.is_some_and(|deadline| handle.time().has_passed(deadline)) {
            return Poll::Ready(());
        }
        let firing = self.firing(&handle);
        // Cloned before the timers are borrowed: it may be foreign code.
        let waker = waker.clone();
        let key = handle.time().timers().insert(firing, waker);
        self.timer = Some((handle, key));
        Poll::Pending
    }

    /// A poll while the timer is set, or the first one since it has fired; or else one that may set it.
    fn poll_timer(&mut self, waker: &Waker) -> Poll<()> {
        let Some((handle, key)) = &self.timer else {
            return self.poll_unset(waker);
        };
        let known = handle.time().timers().waker(*key).map(|known| known.will_wake(waker));
        // Whoever need not wait is not asked where.
        if known.is_some() {
            handle.check_turned().unwrap_or_else(|error| panic!("{error}"));
        }
        match known {
            Some(true) => return Poll::Pending,
            Some(false) => {
                // Cloned before the timers are borrowed, and the old one dropped after: both may be foreign code.
                let waker = waker.clone();
                let replaced = handle.time().timers().replace_waker(*key, waker);
                drop(replaced);
                // It may have turned the reactor.
                if handle.time().timers().waker(*key).is_some() {
                    return Poll::Pending;
                }
            }
            None => {}
        }
        self.timer = None;
        Poll::Ready(())
    }

    /// Takes the timer, if it was set and has not fired, out of the reactor.
    fn cancel(&mut self) {
        if let Some((handle, key)) = self.timer.take() {
            let waker = handle.time().timers().remove(key);
            drop(waker);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_timer(cx.waker())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Has the current reactor know what time it is, so that a deadline which has passed is told from one which has not.
fn look() {
    let _ = now();
}

/// The number from `first` to `last` that is a multiple of the largest power of two.
fn roundest(first: Nanos, last: Nanos) -> Nanos {
    if last <= first {
        return first;
    }
    // Above their highest differing bit all numbers in between are the same, and one of them has only zeros below.
    let differing = first.saturating_sub(1) ^ last;
    let below = (1 << differing.ilog2()) - 1;
    last & !below
}

#[cfg(test)]
mod tests;

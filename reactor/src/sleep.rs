//! Waiting for a time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::Handle;
use crate::timers::TimerKey;

/// Waits until `duration` has passed since this call: never less, and about a millisecond more at
/// most if the thread is free.
///
/// A duration that is too long for the clock means forever.
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
    Sleep { deadline: Instant::now().checked_add(duration), timer: None }
}

/// The future of [`sleep`].
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Sleep {
    /// When it ends; `None` for never.
    deadline: Option<Instant>,
    /// The timer, from the first poll that has to wait.
    timer: Option<(Handle, TimerKey)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else {
            return Poll::Pending;
        };
        if deadline <= Instant::now() {
            self.cancel();
            return Poll::Ready(());
        }
        self.arm(deadline, cx.waker());
        Poll::Pending
    }
}

impl Sleep {
    /// Has `waker` woken at the deadline.
    fn arm(&mut self, deadline: Instant, waker: &Waker) {
        let current = || Handle::current().unwrap_or_else(|error| panic!("{error}"));
        let (handle, key) = match &self.timer {
            Some((handle, key)) => (handle.clone(), Some(*key)),
            None => (current(), None),
        };
        handle.check_turned().unwrap_or_else(|error| panic!("{error}"));
        let known = key.filter(|key| handle.timers().get(*key).is_some_and(|known| known.will_wake(waker)));
        let key = known.unwrap_or_else(|| {
            // Cloned before the timers are borrowed, and the old one dropped after: both may be foreign code.
            let waker = waker.clone();
            let replaced = key.and_then(|key| handle.timers().remove(key));
            drop(replaced);
            handle.timers().insert(deadline, waker)
        });
        self.timer = Some((handle, key));
    }

    /// Takes the timer, if it was set and has not fired, out of the reactor.
    fn cancel(&mut self) {
        if let Some((handle, key)) = self.timer.take() {
            let waker = handle.timers().remove(key);
            drop(waker);
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

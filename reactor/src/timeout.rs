//! A limit on how long to wait.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

use crate::{Sleep, sleep, sleep_until};

/// Awaits `future` for at most `duration`, counted from this call, and drops it then.
///
/// If both have come to pass, the future's output wins.
///
/// # Errors
///
/// [`Elapsed`] if the time has passed first.
///
/// # Panics
///
/// As [`sleep()`] does, where there is no current reactor or where it would wait for another one.
///
/// # Cancel safety
///
/// Dropping it drops the future.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// let never = std::future::pending::<()>();
/// let result = reactor::block_on(async { reactor::timeout(Duration::from_millis(1), never).await })?;
/// assert!(result.is_err());
/// # Ok(())
/// # }
/// ```
pub fn timeout<F: Future>(duration: Duration, future: F) -> Timeout<F> {
    Timeout { future, sleep: sleep(duration) }
}

/// Awaits `future` until `deadline` at most, as [`timeout`] does.
///
/// # Errors
///
/// [`Elapsed`] if the deadline has passed first.
///
/// # Panics
///
/// As [`sleep()`] does, where there is no current reactor or where it would wait for another one.
///
/// # Cancel safety
///
/// Dropping it drops the future.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     // One deadline for both steps.
///     let deadline = reactor::now() + Duration::from_millis(2);
///     assert_eq!(reactor::timeout_at(deadline, async { 1 }).await, Ok(1));
///     assert!(reactor::timeout_at(deadline, std::future::pending::<()>()).await.is_err());
/// })
/// # }
/// ```
pub fn timeout_at<F: Future>(deadline: Instant, future: F) -> Timeout<F> {
    Timeout { future, sleep: sleep_until(deadline) }
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        #[pin]
        sleep: Sleep,
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let parts = self.project();
        if let Poll::Ready(output) = parts.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        parts.sleep.poll(cx).map(|()| Err(Elapsed(())))
    }
}

/// The time given to [`timeout`] or [`timeout_at`] has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit has passed")
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        io::Error::new(io::ErrorKind::TimedOut, elapsed)
    }
}

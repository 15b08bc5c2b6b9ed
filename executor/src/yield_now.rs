//! Letting the others go first.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Goes to the end of the queue: every other task that is ready now is polled first.
///
/// # Examples
///
/// ```
/// executor::block_on(async {
///     for chunk in [1, 2, 3].chunks(1) {
///         std::hint::black_box(chunk); // much work, cut into pieces
///         executor::yield_now().await;
///     }
/// });
/// ```
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct YieldNow {
    /// Whether the first poll was made.
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

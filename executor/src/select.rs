//! The first of two futures.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// Awaits whichever of two futures is ready first, and drops the other one. If both are, the first
/// argument wins.
///
/// As long as neither is, both are polled whenever the task is woken.
///
/// # Cancel safety
///
/// The loser is *cancelled*: what it had done and not returned is lost. To go on with it later,
/// pass it as `pin!(future).as_mut()`.
///
/// # Examples
///
/// ```
/// use executor::{Either, select};
///
/// let winner = executor::block_on(select(std::future::pending::<u8>(), async { "ready" }));
/// assert_eq!(winner, Either::Right("ready"));
/// ```
pub fn select<A: Future, B: Future>(left: A, right: B) -> Select<A, B> {
    Select { left, right }
}

/// Awaits whichever of two futures with the same output is ready first, and drops the other one. If
/// both are, the first argument wins.
///
/// # Cancel safety
///
/// As for [`select`]: the loser is cancelled.
///
/// # Examples
///
/// ```
/// let winner = executor::block_on(executor::race(std::future::pending(), async { 2 }));
/// assert_eq!(winner, 2);
/// ```
pub async fn race<T>(left: impl Future<Output = T>, right: impl Future<Output = T>) -> T {
    match select(left, right).await {
        Either::Left(output) | Either::Right(output) => output,
    }
}

/// The output of the one future or of the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Either<L, R> {
    /// The first argument was ready first.
    Left(L),
    /// The second argument was.
    Right(R),
}

pin_project! {
    /// The future of [`select`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Select<A, B> {
        #[pin]
        left: A,
        #[pin]
        right: B,
    }
}

impl<A: Future, B: Future> Future for Select<A, B> {
    type Output = Either<A::Output, B::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let branches = self.project();
        if let Poll::Ready(output) = branches.left.poll(cx) {
            return Poll::Ready(Either::Left(output));
        }
        branches.right.poll(cx).map(Either::Right)
    }
}

//! Several futures at once, in one task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::MaybeDone;

/// Awaits several futures at once, in the task it stands in, and gives their outputs as a tuple.
///
/// The futures may have different types and may borrow. Whenever the task is woken, *all* branches
/// that are not ready yet are polled, in the order in which they are written: for two that costs
/// next to nothing; for many, [`spawn`](crate::spawn) them or use [`join_all`](crate::join_all()),
/// where only the woken ones are polled. A branch that never awaits holds up the others.
///
/// # Cancel safety
///
/// Dropping it drops all the futures; outputs that were ready by then are lost.
///
/// # Examples
///
/// ```
/// let (one, two, three) = executor::block_on(async {
///     executor::join!(async { 1 }, async { "two" }, async { 3.0 })
/// });
/// assert_eq!((one, two, three), (1, "two", 3.0));
/// ```
#[macro_export]
macro_rules! join {
    // One branch after the other is pinned on the stack, each under the same word `branch`, which macro hygiene keeps apart.
    (@pinned $($done:ident)*; $head:expr, $($tail:expr,)*) => {{
        let mut branch = ::std::pin::pin!($crate::MaybeDone::new(::std::future::IntoFuture::into_future($head)));
        $crate::join!(@pinned $($done)* branch; $($tail,)*)
    }};
    // Then all are polled until none is pending.
    (@pinned $($done:ident)*;) => {
        ::std::future::poll_fn(|cx| {
            let mut all_done = true;
            $(all_done &= $done.as_mut().poll_done(cx);)*
            if all_done {
                ::std::task::Poll::Ready(($($done.as_mut().take_output(),)*))
            } else {
                ::std::task::Poll::Pending
            }
        })
        .await
    };
    ($($future:expr),+ $(,)?) => {
        $crate::join!(@pinned; $($future,)+)
    };
}

/// Awaits two futures at once: what [`join!`](crate::join!) does, as a function, for where a future
/// is wanted and not yet its outputs.
///
/// At every wake both are polled, as long as they are not ready.
///
/// # Cancel safety
///
/// Dropping it drops both futures; an output that was ready by then is lost.
///
/// # Examples
///
/// ```
/// let both = executor::join(async { 1 }, async { 2 });
/// assert_eq!(executor::block_on(both), (1, 2));
/// ```
pub fn join<A: Future, B: Future>(first: A, second: B) -> Join<A, B> {
    Join { first: MaybeDone::new(first), second: MaybeDone::new(second) }
}

pin_project! {
    /// The future of [`join`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Join<A, B>
    where
        A: Future,
        B: Future,
    {
        #[pin]
        first: MaybeDone<A>,
        #[pin]
        second: MaybeDone<B>,
    }
}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut branches = self.project();
        let first = branches.first.as_mut().poll_done(cx);
        let second = branches.second.as_mut().poll_done(cx);
        if first && second {
            Poll::Ready((branches.first.take_output(), branches.second.take_output()))
        } else {
            Poll::Pending
        }
    }
}

impl<A: Future, B: Future> fmt::Debug for Join<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").field("first", &self.first).field("second", &self.second).finish()
    }
}

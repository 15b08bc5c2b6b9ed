//! Several futures at once, until one fails.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::MaybeDone;

/// Awaits several futures at once, as [`join!`](crate::join!) does, until all have succeeded or one
/// has failed.
///
/// It gives `Ok` with a tuple of all values, or the first `Err`; the other futures are dropped then.
/// At every wake all branches that are not ready are polled.
///
/// # Cancel safety
///
/// Dropping it drops all the futures; values that were ready by then are lost, as they are at the
/// first error.
///
/// # Examples
///
/// ```
/// let result: Result<(i32, i32), &str> = executor::block_on(async {
///     executor::try_join!(async { Ok(1) }, async { Err("no two") })
/// });
/// assert_eq!(result, Err("no two"));
/// ```
#[macro_export]
macro_rules! try_join {
    // As in `join!`: hygiene keeps the branches apart.
    (@pinned $($done:ident)*; $head:expr, $($tail:expr,)*) => {{
        let mut branch = ::std::pin::pin!($crate::MaybeDone::new(::std::future::IntoFuture::into_future($head)));
        $crate::try_join!(@pinned $($done)* branch; $($tail,)*)
    }};
    (@pinned $($done:ident)*;) => {
        ::std::future::poll_fn(|cx| {
            let mut all_done = true;
            $(
                all_done &= $done.as_mut().poll_done(cx);
                if let Some(error) = $done.as_mut().take_error() {
                    return ::std::task::Poll::Ready(Err(error));
                }
            )*
            if all_done {
                ::std::task::Poll::Ready(Ok(($($done.as_mut().take_value(),)*)))
            } else {
                ::std::task::Poll::Pending
            }
        })
        .await
    };
    ($($future:expr),+ $(,)?) => {
        $crate::try_join!(@pinned; $($future,)+)
    };
}

/// Awaits two futures at once until both have succeeded or one has failed: what
/// [`try_join!`](crate::try_join!) does, as a function.
///
/// # Cancel safety
///
/// Dropping it drops both futures.
///
/// # Examples
///
/// ```
/// let both = executor::try_join(async { Ok::<_, ()>(1) }, async { Ok(2) });
/// assert_eq!(executor::block_on(both), Ok((1, 2)));
/// ```
pub fn try_join<A, B, T, U, E>(first: A, second: B) -> TryJoin<A, B>
where
    A: Future<Output = Result<T, E>>,
    B: Future<Output = Result<U, E>>,
{
    TryJoin { first: MaybeDone::new(first), second: MaybeDone::new(second) }
}

pin_project! {
    /// The future of [`try_join`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct TryJoin<A, B>
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

impl<A, B, T, U, E> Future for TryJoin<A, B>
where
    A: Future<Output = Result<T, E>>,
    B: Future<Output = Result<U, E>>,
{
    type Output = Result<(T, U), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut branches = self.project();
        let first = branches.first.as_mut().poll_done(cx);
        if let Some(error) = branches.first.as_mut().take_error() {
            return Poll::Ready(Err(error));
        }
        let second = branches.second.as_mut().poll_done(cx);
        if let Some(error) = branches.second.as_mut().take_error() {
            return Poll::Ready(Err(error));
        }
        if first && second {
            Poll::Ready(Ok((branches.first.take_value(), branches.second.take_value())))
        } else {
            Poll::Pending
        }
    }
}

impl<A: Future, B: Future> fmt::Debug for TryJoin<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryJoin").field("first", &self.first).field("second", &self.second).finish()
    }
}

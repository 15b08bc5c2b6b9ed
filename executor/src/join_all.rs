//! Any number of futures at once, in one task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_task::waker_ref;

use crate::MaybeDone;
use crate::woken::{ChildWaker, Woken};

/// Awaits all futures at once, in the task it stands in, and gives their outputs in the order of the
/// futures.
///
/// Each future is polled under a waker of its own, so that at a wake only those are polled that were
/// woken, however many there are. Spawning them does the same with one queue less; this is for
/// futures that borrow, or that must not outlive the task.
///
/// # Cancel safety
///
/// Dropping it drops all the futures; outputs that were ready by then are lost.
///
/// # Examples
///
/// ```
/// let squares = executor::join_all((1..=3).map(|n| async move { n * n }));
/// assert_eq!(executor::block_on(squares), [1, 4, 9]);
/// ```
pub fn join_all<I>(futures: I) -> JoinAll<<I::Item as IntoFuture>::IntoFuture>
where
    I: IntoIterator,
    I::Item: IntoFuture,
{
    let woken = Arc::new(Woken::default());
    let children: Vec<_> = { (0..).zip(futures) }
        .map(|(number, future)| Child {
            state: Box::pin(MaybeDone::new(future.into_future())),
            waker: ChildWaker::new(number, &woken),
        })
        .collect();
    JoinAll { pending: children.len(), children, woken }
}

/// The future of [`join_all`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct JoinAll<F: Future> {
    children: Vec<Child<F>>,
    /// How many children are not ready yet.
    pending: usize,
    /// Which of them to poll next.
    woken: Arc<Woken>,
}

/// One of the futures. The box lets it stay in place while the `JoinAll` that holds it is moved.
struct Child<F: Future> {
    state: Pin<Box<MaybeDone<F>>>,
    waker: Arc<ChildWaker>,
}

impl<F: Future> Child<F> {
    /// Polls the child, and says whether that made it ready.
    fn poll(&mut self) -> bool {
        if self.state.is_done() {
            // It was woken after it was ready.
            return false;
        }
        self.waker.begin_poll();
        let done = self.state.as_mut().poll_done(&mut Context::from_waker(&waker_ref(&self.waker)));
        if done {
            self.waker.retire();
        }
        done
    }
}

impl<F: Future> Future for JoinAll<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.woken.set_parent(cx.waker());
        // One batch: a child that wakes itself is polled again when the task is.
        for _ in 0..this.woken.len() {
            let number = this.woken.pop().and_then(|number| usize::try_from(number).ok());
            let child = number.and_then(|number| this.children.get_mut(number));
            this.pending -= usize::from(child.is_some_and(Child::poll));
        }
        if this.pending > 0 {
            return Poll::Pending;
        }
        Poll::Ready(this.children.iter_mut().map(|child| child.state.as_mut().take_output()).collect())
    }
}

impl<F: Future> Drop for JoinAll<F> {
    fn drop(&mut self) {
        self.woken.close();
    }
}

impl<F: Future> fmt::Debug for JoinAll<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinAll")
            .field("children", &self.children.len())
            .field("pending", &self.pending)
            .finish()
    }
}

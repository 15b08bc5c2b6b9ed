//! What a runtime must be able to do to take part.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// One of the runtimes that are compared. Every workload is written once, in terms of this.
///
/// A runtime is made once per process and never dropped, hence `&'static`.
pub trait Runtime: Sized + 'static {
    /// What it is called in the tables.
    const NAME: &'static str;

    /// Awaits the output of a spawned task.
    type Join<T: 'static>: Future<Output = T>;

    /// Makes it ready to run what `needs` are met for, or says why it cannot take part.
    fn new(needs: Needs) -> Result<Self, String>;

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output;

    /// Adds a task that may stay on this thread, and whose output is asked for.
    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output>;

    /// Adds a task that nobody waits for.
    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F);

    /// The runtime's own way to let others have a turn; the plain one if it has none.
    fn yield_now(&'static self) -> impl Future<Output = ()> {
        yield_by_wake()
    }
}

/// What a workload asks of a runtime beyond running futures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// Sockets and timers are set up, although the workload uses none. Otherwise those runtimes go without
    /// that can.
    pub driver: bool,
    /// Tasks are spawned as it goes, any number of them, perhaps with an output.
    pub dynamic_tasks: bool,
}

/// Wakes itself and is pending, once.
pub fn yield_by_wake() -> impl Future<Output = ()> {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// The handle of a task whose output comes as a `Result`, without it.
pub struct Unwrapped<J>(pub J);

impl<J, T, E: Debug> Future for Unwrapped<J>
where
    J: Future<Output = Result<T, E>> + Unpin,
{
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0).poll(cx).map(|result| result.expect("no task of a workload panics"))
    }
}

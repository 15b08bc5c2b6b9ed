//! tokio's runtime of one thread, with `tokio::spawn`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct TokioCurrentThread(tokio::runtime::Runtime);

/// A runtime of one thread, with its drivers if they are needed.
pub(super) fn build(needs: Needs) -> Result<tokio::runtime::Runtime, String> {
    let mut builder = Builder::new_current_thread();
    if needs.driver {
        builder.enable_all();
    }
    builder.build().map_err(|error| error.to_string())
}

impl Runtime for TokioCurrentThread {
    const NAME: &'static str = "tokio current_thread";

    type Join<T: 'static> = Stayed<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        build(needs).map(TokioCurrentThread)
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Stayed(Unwrapped(tokio::spawn(Stays(future))))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        drop(tokio::spawn(Stays(future)));
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        tokio::task::yield_now()
    }
}

/// A value that `tokio::spawn` takes although it may not be sent.
struct Stays<T>(T);

// SAFETY: only the threads that run a current_thread runtime poll or drop its tasks, and each process has
// one that does. The workloads hand nothing but wakers to other threads.
unsafe impl<T> Send for Stays<T> {}

impl<F: Future> Future for Stays<F> {
    type Output = Stays<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the field is never moved out of a pinned `Stays`.
        let future = unsafe { self.map_unchecked_mut(|stays| &mut stays.0) };
        future.poll(cx).map(Stays)
    }
}

/// The handle of such a task.
pub struct Stayed<T>(Unwrapped<JoinHandle<Stays<T>>>);

impl<T> Future for Stayed<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0).poll(cx).map(|stays| stays.0)
    }
}

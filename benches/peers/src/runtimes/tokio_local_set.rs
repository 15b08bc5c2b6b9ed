//! tokio's way to run futures that are not `Send`: a `LocalSet` inside a runtime of one thread.

use std::future::Future;

use tokio::task::{JoinHandle, LocalSet, spawn_local};

use super::tokio_current_thread::build;
use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct TokioLocalSet {
    runtime: tokio::runtime::Runtime,
    tasks: LocalSet,
}

impl Runtime for TokioLocalSet {
    const NAME: &'static str = "tokio LocalSet";

    type Join<T: 'static> = Unwrapped<JoinHandle<T>>;

    fn new(needs: Needs) -> Result<Self, String> {
        Ok(TokioLocalSet { runtime: build(needs)?, tasks: LocalSet::new() })
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.tasks.block_on(&self.runtime, future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Unwrapped(spawn_local(future))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        drop(spawn_local(future));
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        tokio::task::yield_now()
    }
}

//! This project's executor: alone, or over its reactor.

use std::future::Future;

use executor::{Executor, JoinHandle};
use reactor::Reactor;

use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct Ours(Executor);

impl Runtime for Ours {
    const NAME: &'static str = "onethread";

    type Join<T: 'static> = Unwrapped<JoinHandle<T>>;

    fn new(needs: Needs) -> Result<Self, String> {
        if !needs.driver {
            return Ok(Ours(Executor::new()));
        }
        let reactor = Reactor::new().map_err(|error| error.to_string())?;
        Ok(Ours(Executor::with_park(reactor)))
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Unwrapped(executor::spawn(future))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        executor::spawn(future).detach();
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        executor::yield_now()
    }
}

//! smol: its `LocalExecutor`, alone or under async-io's `block_on`, which drives sockets and timers.

use std::future::Future;

use async_executor::{LocalExecutor, Task};

use crate::runtime::{Needs, Runtime};

pub struct Smol {
    executor: LocalExecutor<'static>,
    needs: Needs,
}

impl Runtime for Smol {
    const NAME: &'static str = "smol LocalExecutor";

    type Join<T: 'static> = Task<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        Ok(Smol { executor: LocalExecutor::new(), needs })
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        let run = self.executor.run(future);
        if self.needs.driver { async_io::block_on(run) } else { futures_lite::future::block_on(run) }
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        self.executor.spawn(future)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        self.executor.spawn(future).detach();
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        futures_lite::future::yield_now()
    }
}

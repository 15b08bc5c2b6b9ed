//! The `LocalPool` of the futures crate.

use std::cell::RefCell;
use std::future::Future;

use futures_executor::{LocalPool, LocalSpawner};
use futures_util::future::RemoteHandle;
use futures_util::task::LocalSpawnExt;

use crate::runtime::{Needs, Runtime};

pub struct FuturesLocalPool {
    pool: RefCell<LocalPool>,
    spawner: LocalSpawner,
}

impl Runtime for FuturesLocalPool {
    const NAME: &'static str = "futures LocalPool";

    type Join<T: 'static> = RemoteHandle<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        if needs.driver {
            return Err("it has no I/O driver".into());
        }
        let pool = LocalPool::new();
        let spawner = pool.spawner();
        Ok(FuturesLocalPool { pool: RefCell::new(pool), spawner })
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.pool.borrow_mut().run_until(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        self.spawner.spawn_local_with_handle(future).expect("the pool is never dropped")
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        self.spawner.spawn_local(future).expect("the pool is never dropped");
    }
}

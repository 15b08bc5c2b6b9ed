//! embassy's executor on its `std` platform.

use std::cell::Cell;
use std::cell::UnsafeCell;
use std::future::{Future, Pending};
use std::rc::Rc;

use embassy_executor::raw::TaskStorage;
use embassy_executor::{Executor, Spawner};

use crate::runtime::{Needs, Runtime};

pub struct Embassy {
    executor: UnsafeCell<Executor>,
    /// Adds tasks; there is one from the first `block_on` on.
    spawner: Cell<Option<Spawner>>,
}

impl Runtime for Embassy {
    const NAME: &'static str = "embassy (std)";

    type Join<T: 'static> = Pending<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        if needs.dynamic_tasks {
            return Err("its tasks are static".into());
        }
        if needs.driver {
            return Err("it has no I/O driver on std".into());
        }
        Ok(Embassy { executor: UnsafeCell::new(Executor::new()), spawner: Cell::new(None) })
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        let output = Rc::new(Cell::new(None));
        let result = Rc::clone(&output);
        let root = async move { result.set(Some(future.await)) };
        // SAFETY: no workload nests `block_on`, so this is the only reference to the executor while it runs;
        // tasks reach it through their spawner.
        let executor = unsafe { &mut *self.executor.get() };
        let start = |spawner: Spawner| {
            self.spawner.set(Some(spawner));
            self.spawn_detached(root);
        };
        // A flag and not the output itself, which can be looked at but once.
        let output_in = |output: &Cell<Option<F::Output>>| {
            let value = output.take();
            let is_some = value.is_some();
            output.set(value);
            is_some
        };
        executor.run_until(start, || output_in(&output));
        output.take().expect("the executor ran until there was an output")
    }

    fn spawn<F: Future + 'static>(&'static self, _: F) -> Self::Join<F::Output> {
        unreachable!("workloads that join tasks are not run here")
    }

    /// Each task gets storage that is never freed, like a `static`. So this is for workloads that are about
    /// something else than spawning.
    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        let storage: &'static TaskStorage<F> = Box::leak(Box::new(TaskStorage::new()));
        let token = storage.spawn(|| future).expect("new storage is free");
        self.spawner.get().expect("tasks are spawned inside `block_on`").spawn(token);
    }
}

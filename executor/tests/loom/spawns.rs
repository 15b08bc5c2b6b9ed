//! Tasks from other threads, against sleep and the end of the executor.

use std::sync::Arc;

use executor::{Executor, block_on};
use loom::sync::Mutex;
use loom::thread;

use crate::kit::{Steps, Tally, model};

#[test]
fn a_task_from_another_thread_ends_the_sleep() {
    model(|| {
        let executor = Executor::new();
        let spawner = executor.send_spawner();
        let steps = Steps::default();
        executor.block_on(steps.reach(1, |waker| {
            let (steps, waker) = (steps.clone(), waker.clone());
            thread::spawn(move || {
                let spawned = spawner.spawn(move || async move {
                    steps.add();
                    waker.wake();
                });
                assert!(spawned.is_ok());
            });
        }));
    });
}

#[test]
fn a_task_for_an_executor_that_is_dropped_is_dropped_once_and_whole() {
    let (accepted, refused) = (Tally::default(), Tally::default());
    let tallies = (accepted.clone(), refused.clone());
    model(move || {
        let executor = Executor::new();
        let spawner = executor.send_spawner();
        let (runs, drops) = (Tally::default(), Tally::default());
        let (ran, on_drop) = (runs.clone(), drops.on_drop());
        let tallies = tallies.clone();
        let thread = thread::spawn(move || {
            let spawned = spawner.spawn(move || async move {
                let _on_drop = on_drop;
                ran.count();
            });
            if spawned.is_ok() { tallies.0.count() } else { tallies.1.count() }
        });
        drop(executor);
        thread.join().unwrap();
        assert_eq!((runs.get(), drops.get()), (0, 1));
    });
    assert!(accepted.get() > 0 && refused.get() > 0, "both must be possible");
}

/// What is dropped with the executor may itself belong to another thread's work: its wake comes from inside
/// the drop.
#[test]
fn a_drop_of_one_executor_may_wake_another() {
    model(|| {
        struct WakeOnDrop(Steps, std::task::Waker);

        impl Drop for WakeOnDrop {
            fn drop(&mut self) {
                self.0.add();
                self.1.wake_by_ref();
            }
        }

        let slot = Arc::new(Mutex::new(None));
        let steps = Steps::default();
        block_on(steps.reach(1, |waker| {
            *slot.lock().unwrap() = Some(WakeOnDrop(steps.clone(), waker.clone()));
            let slot = Arc::clone(&slot);
            thread::spawn(move || {
                let executor = Executor::new();
                let wake_on_drop = slot.lock().unwrap().take();
                executor
                    .spawn(async move {
                        let _wake_on_drop = wake_on_drop;
                        std::future::pending::<()>().await;
                    })
                    .detach();
            });
        }));
    });
}

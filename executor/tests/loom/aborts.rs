//! Aborts from other threads, against polls, sleep, wakes, completion and the end of the executor.

use std::future::pending;

use executor::{AbortHandle, Executor, yield_now};
use loom::thread;

use crate::kit::{Steps, Tally, model};

fn abort_elsewhere(abort_handle: AbortHandle) {
    thread::spawn(move || abort_handle.abort());
}

#[test]
fn an_abort_ends_a_task_that_is_new_polled_or_asleep() {
    model(|| {
        let executor = Executor::new();
        let drops = Tally::default();
        let on_drop = drops.on_drop_at_home();
        let task = executor.spawn(async move {
            let _on_drop = on_drop;
            pending::<()>().await;
        });
        abort_elsewhere(task.abort_handle());
        assert!(executor.block_on(task).unwrap_err().is_cancelled());
        assert_eq!(drops.get(), 1);
    });
}

#[test]
fn an_abort_may_meet_a_wake() {
    let (completed, cancelled) = (Tally::default(), Tally::default());
    let tallies = (completed.clone(), cancelled.clone());
    model(move || {
        let executor = Executor::new();
        let task = executor.spawn(async {
            let steps = Steps::default();
            steps.reach(1, |waker| steps.add_and_wake(waker)).await;
        });
        abort_elsewhere(task.abort_handle());
        match executor.block_on(task) {
            Ok(()) => tallies.0.count(),
            Err(error) if error.is_cancelled() => tallies.1.count(),
            Err(error) => panic!("{error}"),
        }
    });
    assert!(completed.get() > 0 && cancelled.get() > 0, "both must be possible");
}

#[test]
fn an_abort_comes_in_time_or_the_task_keeps_its_output() {
    let (completed, cancelled) = (Tally::default(), Tally::default());
    let tallies = (completed.clone(), cancelled.clone());
    model(move || {
        let executor = Executor::new();
        let drops = Tally::default();
        let on_drop = drops.on_drop_at_home();
        let task = executor.spawn(async move {
            let _on_drop = on_drop;
            yield_now().await;
            "output"
        });
        abort_elsewhere(task.abort_handle());
        match executor.block_on(task) {
            Ok(output) => {
                assert_eq!(output, "output");
                tallies.0.count();
            }
            Err(error) if error.is_cancelled() => tallies.1.count(),
            Err(error) => panic!("{error}"),
        }
        assert_eq!(drops.get(), 1);
    });
    assert!(completed.get() > 0 && cancelled.get() > 0, "both must be possible");
}

#[test]
fn a_late_abort_does_not_reach_the_next_task_in_the_slot() {
    model(|| {
        let executor = Executor::new();
        let first = executor.spawn(async {});
        let abort_handle = first.abort_handle();
        assert!(executor.block_on(first).is_ok());

        let second = executor.spawn(yield_now());
        abort_elsewhere(abort_handle);
        assert!(executor.block_on(second).is_ok());
    });
}

#[test]
fn an_abort_while_the_executor_is_dropped_does_nothing() {
    model(|| {
        let executor = Executor::new();
        let drops = Tally::default();
        let on_drop = drops.on_drop_at_home();
        let task = executor.spawn(async move {
            let _on_drop = on_drop;
            pending::<()>().await;
        });
        abort_elsewhere(task.abort_handle());
        drop(executor);
        assert!(task.is_finished());
        assert_eq!(drops.get(), 1);
    });
}

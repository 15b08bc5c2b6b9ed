//! What a task costs the allocator.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use executor::{Executor, JoinHandle, yield_now};

const TASKS: u64 = 1000;

/// How many allocations `work` makes for each of its tasks, when everything that is kept for reuse is
/// there.
fn allocations_per_task(executor: &Executor, work: impl Fn(&Executor)) -> f64 {
    (0..10).for_each(|_| work(executor));
    let counted = measure(|| (0..TASKS).for_each(|_| work(executor)));
    assert_eq!(counted.count_current, 0, "nothing is left behind");
    #[expect(clippy::cast_precision_loss, reason = "these are small numbers")]
    let per_task = counted.count_total as f64 / TASKS as f64;
    per_task
}

fn output<T: 'static>(mut handle: JoinHandle<T>) -> T {
    match Pin::new(&mut handle).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.unwrap(),
        Poll::Pending => unreachable!("the task is done"),
    }
}

fn assert_one_allocation(work: impl Fn(&Executor)) {
    let per_task = allocations_per_task(&Executor::new(), work);
    assert!((per_task - 1.0).abs() < f64::EPSILON, "{per_task} allocations for each task");
}

#[test]
fn a_task_that_is_joined_costs_one_allocation() {
    assert_one_allocation(|executor| {
        let handle = executor.spawn(async { 7 });
        let _ = executor.tick();
        assert_eq!(output(handle), 7);
    });
}

#[test]
fn a_task_that_is_awaited_costs_one_allocation() {
    assert_one_allocation(|executor| assert_eq!(executor.block_on(executor.spawn(async { 7 })).unwrap(), 7));
}

#[test]
fn a_task_that_is_detached_costs_one_allocation() {
    assert_one_allocation(|executor| {
        executor.spawn(async {}).detach();
        let _ = executor.tick();
    });
}

#[test]
fn a_task_that_yields_and_is_woken_costs_one_allocation() {
    assert_one_allocation(|executor| {
        let handle = executor.spawn(async {
            for _ in 0..10 {
                yield_now().await;
            }
        });
        let _ = executor.run_until_stalled();
        output(handle);
    });
}

#[test]
fn a_task_that_is_aborted_costs_one_allocation() {
    assert_one_allocation(|executor| {
        let handle = executor.spawn(std::future::pending::<()>());
        let _ = executor.tick();
        handle.abort();
        let _ = executor.tick();
        assert!(handle.is_finished());
    });
}

#[test]
fn many_tasks_at_once_cost_one_allocation_each_when_as_many_were_there_before() {
    let executor = Executor::new();
    let work = || {
        for _ in 0..TASKS {
            executor.spawn(yield_now()).detach();
        }
        let _ = executor.run_until_stalled();
    };
    work();
    assert_eq!(measure(work).count_total, TASKS);
}

#[test]
fn a_block_on_and_a_tick_with_nothing_to_do_allocate_nothing() {
    let executor = Executor::new();
    let work = || {
        executor.block_on(yield_now());
        let _ = executor.tick();
        let _ = executor.run_until_stalled();
    };
    work();
    assert_eq!(measure(work).count_total, 0);
}

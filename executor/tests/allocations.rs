//! What a task costs the allocator.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use executor::{Executor, JoinHandle, JoinSet, yield_now};

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

/// After tasks like these, the next ones make so many allocations each.
fn assert_allocations(expected: f64, work: impl Fn(&Executor)) {
    let per_task = allocations_per_task(&Executor::new(), work);
    assert!((per_task - expected).abs() < f64::EPSILON, "{per_task} allocations for each task");
}

fn assert_none(work: impl Fn(&Executor)) {
    assert_allocations(0.0, work);
}

#[test]
fn a_task_that_is_joined_costs_none_after_others_like_it() {
    assert_none(|executor| {
        let handle = executor.spawn(async { 7 });
        let _ = executor.tick();
        assert_eq!(output(handle), 7);
    });
}

#[test]
fn a_task_that_is_awaited_costs_none_after_others_like_it() {
    assert_none(|executor| assert_eq!(executor.block_on(executor.spawn(async { 7 })).unwrap(), 7));
}

#[test]
fn a_task_that_is_detached_costs_none_after_others_like_it() {
    assert_none(|executor| {
        executor.spawn(async {}).detach();
        let _ = executor.tick();
    });
}

#[test]
fn a_task_that_yields_and_is_woken_costs_none_after_others_like_it() {
    assert_none(|executor| {
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
fn a_task_that_is_aborted_costs_one_for_the_error() {
    assert_allocations(1.0, |executor| {
        let handle = executor.spawn(std::future::pending::<()>());
        let _ = executor.tick();
        handle.abort();
        let _ = executor.tick();
        assert!(handle.is_finished());
    });
}

#[test]
fn a_task_of_another_type_than_the_one_before_costs_one() {
    let executor = Executor::new();
    let work = || {
        executor.spawn(async { 7 }).detach();
        let _ = executor.tick();
        executor.spawn(async { "seven" }).detach();
        let _ = executor.tick();
    };
    (0..10).for_each(|_| work());
    assert_eq!(measure(work).count_total, 2);
}

#[test]
fn of_many_tasks_at_once_all_but_128_cost_one_each_when_as_many_were_there_before() {
    let executor = Executor::new();
    let work = || {
        for _ in 0..TASKS {
            executor.spawn(yield_now()).detach();
        }
        let _ = executor.run_until_stalled();
    };
    work();
    assert_eq!(measure(work).count_total, TASKS - 128);
}

#[test]
fn the_boxes_of_large_tasks_are_not_kept() {
    let executor = Executor::new();
    let work = || {
        let large = [0u8; 2000];
        executor.spawn(async move { assert_eq!(std::hint::black_box(large), [0; 2000]) }).detach();
        let _ = executor.tick();
    };
    (0..10).for_each(|_| work());
    let counted = measure(work);
    assert_eq!((counted.count_total, counted.bytes_current), (1, 0));
}

#[test]
fn a_set_that_is_filled_and_detached_again_and_again_does_not_grow() {
    let executor = Executor::new();
    let mut set = JoinSet::new();
    let mut work = |times| {
        for _ in 0..times {
            set.spawn_on(async {}, &executor.spawner());
            set.detach_all();
            let _ = executor.tick();
        }
    };
    work(10);
    let counted = measure(|| work(1000));
    assert_eq!(counted.bytes_current, 0, "nothing is left behind");
}

#[test]
fn the_box_that_a_task_leaves_behind_does_not_keep_its_name() {
    let executor = Executor::new();
    let work = |length| {
        executor.spawn_named("x".repeat(length), async {}).detach();
        let _ = executor.tick();
        let handle = executor.spawn_named("x".repeat(length), async {});
        let _ = executor.tick();
        output(handle);
    };
    work(10);
    let counted = measure(|| work(1024 * 1024));
    assert!(counted.bytes_max > 1024 * 1024, "a name was there: {counted:?}");
    assert_eq!(counted.bytes_current, 0, "nothing is left behind");
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

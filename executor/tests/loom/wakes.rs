//! Wakes from other threads, against polls, sleep, completion and the end of the executor.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;

use executor::{Executor, block_on, join_all, yield_now};
use loom::thread;

use crate::kit::{Steps, Tally, model};

#[test]
fn a_wake_reaches_the_root_with_what_was_written_before_it() {
    model(|| {
        let steps = Steps::default();
        block_on(steps.reach(1, |waker| steps.add_and_wake(waker)));
    });
}

#[test]
fn a_wake_reaches_a_task_with_what_was_written_before_it() {
    model(|| {
        let executor = Executor::new();
        let task = executor.spawn(async {
            let steps = Steps::default();
            steps.reach(1, |waker| steps.add_and_wake(waker)).await;
        });
        assert!(executor.block_on(task).is_ok());
    });
}

/// The second wake can fall into the poll that the first has caused (compio#948).
#[test]
fn the_second_of_two_wakes_by_one_thread_is_not_swallowed() {
    model(|| {
        let steps = Steps::default();
        block_on(steps.reach(2, |waker| {
            let (steps, waker) = (steps.clone(), waker.clone());
            thread::spawn(move || {
                steps.add();
                waker.wake_by_ref();
                steps.add();
                waker.wake();
            });
        }));
    });
}

/// The second may find the first one's message under way and send none: then that message has to stand for
/// both (compio#948, tokio#1768).
#[test]
fn the_second_of_two_wakes_by_two_threads_is_not_swallowed() {
    model(|| {
        let steps = Steps::default();
        block_on(steps.reach(2, |waker| {
            steps.add_and_wake(waker);
            steps.add_and_wake(waker);
        }));
    });
}

#[test]
fn wakes_of_two_tasks_by_two_threads_reach_both() {
    model(|| {
        let executor = Executor::new();
        let [one, other] = [(); 2].map(|()| {
            executor.spawn(async {
                let steps = Steps::default();
                steps.reach(1, |waker| steps.add_and_wake(waker)).await;
            })
        });
        assert!(executor.block_on(one).is_ok());
        assert!(executor.block_on(other).is_ok());
    });
}

#[test]
fn a_wake_may_meet_one_by_the_task_itself() {
    model(|| {
        let steps = Steps::default();
        block_on(steps.reach(1, |waker| {
            steps.add_and_wake(waker);
            waker.wake_by_ref();
        }));
    });
}

#[test]
fn a_wake_may_come_out_of_an_executor_on_the_other_thread() {
    model(|| {
        let steps = Steps::default();
        block_on(steps.reach(1, |waker| {
            let (steps, waker) = (steps.clone(), waker.clone());
            thread::spawn(move || {
                block_on(async {
                    steps.add();
                    waker.wake();
                });
            });
        }));
    });
}

#[test]
fn a_wake_for_the_outer_executor_is_kept_while_an_inner_one_sleeps() {
    model(|| {
        let (outer_steps, inner_steps) = (Steps::default(), Steps::default());
        block_on(outer_steps.reach(1, |outer| {
            outer_steps.add_and_wake(outer);
            block_on(inner_steps.reach(1, |inner| inner_steps.add_and_wake(inner)));
        }));
    });
}

#[test]
fn a_late_wake_does_not_reach_the_next_task_in_the_slot() {
    model(|| {
        let executor = Executor::new();
        let steps = Steps::default();
        executor.block_on(steps.reach(0, |waker| steps.add_and_wake(waker)));

        let polls = Cell::new(0);
        let mut next = pin!(yield_now());
        executor.block_on(poll_fn(|cx| {
            polls.set(polls.get() + 1);
            next.as_mut().poll(cx)
        }));
        assert_eq!(polls.get(), 2, "it was polled for another one's wake");
    });
}

#[test]
fn a_wake_while_the_executor_is_dropped_does_nothing() {
    model(|| {
        let executor = Executor::new();
        let drops = Tally::default();
        let on_drop = drops.on_drop_at_home();
        let task = executor.spawn(async move {
            let _on_drop = on_drop;
            let steps = Steps::default();
            steps.reach(2, |waker| steps.add_and_wake(waker)).await;
        });
        assert_eq!(executor.tick().live, 1);
        drop(executor);
        assert!(task.is_finished());
        assert_eq!(drops.get(), 1);
    });
}

#[test]
fn children_of_a_join_that_two_threads_wake_are_both_polled() {
    model(|| {
        let children = [Steps::default(), Steps::default()];
        let futures = children.iter().map(|child| child.reach(1, |waker| child.add_and_wake(waker)));
        block_on(join_all(futures));
    });
}

#[test]
fn a_child_of_a_join_is_polled_for_the_second_of_two_wakes() {
    model(|| {
        let steps = Steps::default();
        block_on(join_all([steps.reach(2, |waker| {
            steps.add_and_wake(waker);
            steps.add_and_wake(waker);
        })]));
    });
}

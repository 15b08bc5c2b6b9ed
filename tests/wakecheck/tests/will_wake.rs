//! All wakers of a task recognise each other, whichever crate they were cloned in. Worth a run with
//! `--release` as well: it is optimisation that could give each crate a waker of its own.

#![cfg(feature = "executor")]

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use executor::{Executor, yield_now};
use wakecheck::task;

/// The wakers of some polls of one task.
type Seen = Rc<RefCell<Vec<Waker>>>;

/// Yields twice, and clones the waker of each of its polls here.
fn sees_wakers(seen: &Seen) -> impl Future<Output = ()> + use<> {
    let seen = Rc::clone(seen);
    let mut inner = Box::pin(async {
        yield_now().await;
        yield_now().await;
    });
    poll_fn(move |cx| {
        seen.borrow_mut().push(cx.waker().clone());
        inner.as_mut().poll(cx)
    })
}

fn assert_all_the_same(seen: &Seen, polls: usize) {
    let seen = seen.borrow();
    assert_eq!(seen.len(), polls);
    assert!(seen.iter().all(|waker| waker.will_wake(&seen[0]) && seen[0].will_wake(&waker.clone())));
}

// futures#2864, rust#121600
#[test]
fn a_task_is_polled_with_the_same_waker_each_time() {
    let executor = Executor::new();
    let (task, root, other) = (Seen::default(), Seen::default(), Seen::default());
    executor.spawn(sees_wakers(&task)).detach();
    executor.spawn_named("other", sees_wakers(&other)).detach();
    executor.block_on(sees_wakers(&root));
    let _ = executor.run_until_stalled();
    for seen in [&task, &root, &other] {
        assert_all_the_same(seen, 3);
    }
    assert!(!task.borrow()[0].will_wake(&root.borrow()[0]));
    assert!(!task.borrow()[0].will_wake(&other.borrow()[0]));
}

#[test]
fn the_waker_is_the_same_through_the_executors_own_combinators() {
    let executor = Executor::new();
    let seen = Seen::default();
    let (first, second) = (sees_wakers(&seen), sees_wakers(&seen));
    executor.block_on(async {
        executor::join(first, executor::race(second, std::future::pending())).await;
        poll_fn(|cx| {
            seen.borrow_mut().push(cx.waker().clone());
            Poll::Ready(())
        })
        .await;
    });
    assert_all_the_same(&seen, 7);
}

#[test]
fn a_waker_that_the_executor_keeps_is_recognised_here() {
    let executor = Executor::new();
    let mut handle = task::spawn(executor.spawn(std::future::pending::<()>()));
    assert!(handle.poll().is_pending());
    for _ in 0..3 {
        assert!(handle.poll_spurious().is_pending());
        assert_eq!(handle.probe().live(), 2, "it is not cloned anew, since it is the same");
    }
}

#[test]
fn each_poll_of_a_harness_has_the_same_waker() {
    let seen = Seen::default();
    let mut harness = task::spawn(sees_wakers(&seen));
    assert!(harness.poll_until_stalled().is_ready());
    assert_all_the_same(&seen, 3);
    let mut pinned = pin!(async {});
    assert!(task::spawn(poll_fn(|cx| pinned.as_mut().poll(cx))).poll().is_ready());
}

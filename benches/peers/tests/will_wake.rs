//! `Waker::will_wake` is true for all clones of the waker a task is polled with, seen from another crate than
//! the executor's. In a release build that is where it fails first (futures-rs#2864): a compiler that makes a
//! second copy of the waker's table makes a second address.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use executor::{Executor, join, spawn, yield_now};

/// Looks at the waker of each of its polls.
#[derive(Default)]
struct Witness {
    /// A clone from each poll so far.
    seen: Vec<Waker>,
}

impl Future for Witness {
    type Output = Vec<Waker>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Waker>> {
        self.seen.push(cx.waker().clone());
        for earlier in &self.seen {
            check(cx.waker(), earlier);
        }
        if self.seen.len() == 4 {
            return Poll::Ready(std::mem::take(&mut self.seen));
        }
        // Once by reference, once by value.
        if self.seen.len().is_multiple_of(2) {
            cx.waker().wake_by_ref();
        } else {
            let clone = cx.waker().clone();
            check(cx.waker(), &clone);
            clone.wake();
        }
        Poll::Pending
    }
}

/// Both ways round, and with a clone of a clone.
#[track_caller]
fn check(one: &Waker, other: &Waker) {
    #[expect(clippy::redundant_clone, reason = "the clone of a clone is what is looked at")]
    let clone = other.clone().clone();
    assert!(one.will_wake(other) && other.will_wake(one), "a task has two kinds of waker");
    assert!(one.will_wake(&clone) && clone.will_wake(one), "a clone is of another kind than its original");
}

#[track_caller]
fn check_all(wakers: &[Waker]) {
    for one in wakers {
        wakers.iter().for_each(|other| check(one, other));
    }
}

#[test]
fn all_wakers_of_a_spawned_task_are_alike() {
    check_all(&executor::block_on(async { spawn(Witness::default()).await.unwrap() }));
}

#[test]
fn all_wakers_of_a_block_on_are_alike() {
    let executor = Executor::new();
    check_all(&executor.block_on(Witness::default()));
}

#[test]
fn wrappers_around_a_future_hand_on_the_waker_of_the_task() {
    async fn through_layers() -> Vec<Waker> {
        let boxed: Pin<Box<dyn Future<Output = Vec<Waker>>>> = Box::pin(Witness::default());
        let mut seen = boxed.await;
        let (one, two) = join(async { Witness::default().await }, Witness::default()).await;
        seen.extend(one.into_iter().chain(two));
        yield_now().await;
        seen.push(poll_fn(|cx| Poll::Ready(cx.waker().clone())).await);
        seen
    }
    executor::block_on(async {
        check_all(&spawn(through_layers()).await.unwrap());
        check_all(&spawn(Box::pin(through_layers())).await.unwrap());
        check_all(&through_layers().await);
    });
}

#[test]
fn it_makes_no_difference_who_runs_the_executor() {
    let wakers = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&wakers);
    let executor = Executor::new();
    executor
        .spawn(poll_fn(move |cx| {
            seen.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        }))
        .detach();
    let wake = || wakers.borrow()[0].wake_by_ref();
    let _ = executor.tick();
    wake();
    let _ = executor.run_until_stalled();
    wake();
    executor.block_on(yield_now());
    assert_eq!(wakers.borrow().len(), 3);
    check_all(&wakers.borrow());
}

#[test]
fn wakers_of_different_tasks_are_not_alike() {
    executor::block_on(async {
        let one = spawn(Witness::default());
        let two = spawn(Witness::default());
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert!(!one[0].will_wake(&two[0]));
        let own = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        assert!(!own.will_wake(&one[0]) && !own.will_wake(&two[0]));
    });
}

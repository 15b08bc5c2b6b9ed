//! Executors inside of executors, and one `block_on` after another.

mod support;

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::thread;

use executor::{Executor, block_on, yield_now};

use crate::support::{panic_of, recorded, watchdog};

// async-io `doesnt_poll_after_ready`, `first_cannot_wake_second`; futures#566
#[test]
fn a_wake_for_a_future_that_is_done_polls_no_later_one() {
    let executor = Executor::new();
    let first = executor.block_on(poll_fn(|cx| {
        // One that comes during the last poll, too.
        cx.waker().wake_by_ref();
        Poll::Ready(cx.waker().clone())
    }));
    first.wake_by_ref();
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        first.wake_by_ref();
        let stale = first.clone();
        thread::spawn(move || stale.wake()).join().unwrap();
        if polls == 2 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
    assert_eq!(polls, 2);
    let mut polls = 0;
    executor.block_on(poll_fn(|_| {
        polls += 1;
        Poll::Ready(())
    }));
    assert_eq!(polls, 1);
}

// futures `nesting_run`; tokio `nested_rt`, #5177
#[test]
fn running_an_executor_inside_itself_panics_with_advice_and_harms_nothing() {
    let executor = Rc::new(Executor::new());
    let nested: [fn(&Executor); 3] = [
        |executor| executor.block_on(async {}),
        |executor| _ = executor.tick(),
        |executor| _ = executor.run_until_stalled(),
    ];
    for nested in nested {
        let inner = Rc::clone(&executor);
        let advice = executor.block_on(async move {
            yield_now().await;
            panic_of(|| nested(&inner)).unwrap()
        });
        assert!(advice.contains("already running") && advice.contains(".await"), "{advice}");
        assert_eq!(executor.block_on(executor.spawn(async { 7 })).unwrap(), 7);
    }
    // In a task it is a panic like any other.
    let inner = Rc::clone(&executor);
    let handle = executor.spawn(async move { inner.block_on(async {}) });
    assert!(executor.block_on(handle).unwrap_err().is_panic());
    assert_eq!(executor.run_until_stalled().live, 0);
}

#[test]
fn two_executors_may_not_run_each_other_in_a_circle() {
    let (first, second) = (Rc::new(Executor::new()), Executor::new());
    let again = Rc::clone(&first);
    let advice = first.block_on(async { second.block_on(async { panic_of(|| again.tick()).unwrap() }) });
    assert!(advice.contains("already running"), "{advice}");
    let handle = first.spawn(async { 7 });
    assert_eq!(first.block_on(handle).unwrap(), 7);
}

// async-io `recursive_wakers_are_different`
#[test]
fn an_inner_future_has_a_waker_of_its_own() {
    block_on(poll_fn(|outer| {
        block_on(poll_fn(|inner| {
            assert!(!inner.waker().will_wake(outer.waker()));
            Poll::Ready(())
        }));
        Poll::Ready(())
    }));
}

// async-io `inner_cannot_wake_outer`
#[test]
fn the_wake_of_an_inner_future_is_no_poll_of_the_outer_one() {
    let (executor, recorder) = recorded();
    let kept = Rc::new(Cell::new(None::<Waker>));
    let inner_waker = Rc::clone(&kept);
    executor.block_on(poll_fn(move |_| {
        let inner_waker = Rc::clone(&inner_waker);
        block_on(poll_fn(move |cx| {
            inner_waker.set(Some(cx.waker().clone()));
            cx.waker().wake_by_ref();
            Poll::Ready(())
        }));
        Poll::Ready(())
    }));
    kept.take().expect("it was polled").wake();
    assert_eq!(recorder.take(), ["spawn block_on", "poll block_on", "done block_on", "drop block_on"]);
}

// async-executor `different_executors`
#[test]
fn an_inner_executor_wakes_tasks_of_the_outer_one_and_takes_nothing_from_it() {
    let _watchdog = watchdog();
    let (outer, recorder) = recorded();
    let (sender, receiver) = async_channel::bounded(1);
    let waiting = outer.spawn_named("waiting", async move { receiver.recv().await.unwrap() });
    let sum = outer.block_on(async {
        yield_now().await;
        // The outer executor stands still meanwhile, but what is woken there stays woken.
        block_on(async {
            sender.send(7).await.unwrap();
            yield_now().await;
        });
        waiting.await.unwrap()
    });
    assert_eq!(sum, 7);
    assert_eq!(
        recorder.take(),
        [
            "spawn waiting",
            "spawn block_on",
            "poll waiting",
            "pending waiting", //
            "poll block_on",
            "wake block_on by itself",
            "pending block_on", //
            "poll block_on",
            "pending block_on",
            "wake waiting by elsewhere", //
            "poll waiting",
            "done waiting",
            "drop waiting",
            "wake block_on by waiting", //
            "poll block_on",
            "done block_on",
            "drop block_on",
        ]
    );
}

// async-executor `different_executors`
#[test]
fn two_executors_that_are_ticked_alternately_wake_each_other() {
    let (first, second) = (Executor::new(), Executor::new());
    let (to_second, from_first) = async_channel::bounded(1);
    let (to_first, from_second) = async_channel::bounded(1);
    let ping = first.spawn(async move {
        let mut sum = 0;
        for number in 0..10 {
            to_second.send(number).await.unwrap();
            sum += from_second.recv().await.unwrap();
        }
        sum
    });
    second
        .spawn(async move {
            while let Ok(number) = from_first.recv().await {
                to_first.send(number * 2).await.unwrap();
            }
        })
        .detach();
    let mut ticks = 0;
    while !ping.is_finished() {
        let did = first.tick().polled + second.tick().polled;
        assert!(did > 0, "neither has anything to do, and they are not done");
        ticks += 1;
    }
    assert_eq!(block_on(ping).unwrap(), 90);
    assert!(ticks >= 10);
}

// tokio#6996, #2376
#[test]
fn another_executors_block_on_works_inside_a_task_and_ours_inside_its() {
    let inside_ours = block_on(async { futures_lite::future::block_on(async { yields(3).await }) });
    let inside_theirs = futures_lite::future::block_on(async { block_on(async { yields(3).await }) });
    let ours_under_theirs = futures_lite::future::block_on(yields(3));
    assert_eq!((inside_ours, inside_theirs, ours_under_theirs), (3, 3, 3));
}

// tokio `task_yield_now` tests
#[test]
fn another_executors_yield_wakes_our_task() {
    assert_eq!(block_on(async { futures_lite::future::yield_now().await }), ());
    let executor = Executor::new();
    let handle = executor.spawn(futures_lite::future::yield_now());
    assert_eq!(executor.run_until_stalled().polled, 2);
    assert!(handle.is_finished());
}

async fn yields(times: usize) -> usize {
    for _ in 0..times {
        yield_now().await;
    }
    times
}

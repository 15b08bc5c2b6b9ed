//! Wakes from other threads, met in step: each thread says when it has done its part, and nobody
//! sleeps and hopes.

mod support;

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::thread;

use executor::{Executor, yield_now};

use crate::support::park::ScriptedPark;
use crate::support::remote::Remote;
use crate::support::{pending_tasks, watchdog};

// compio#948
#[test]
fn a_remote_wake_during_the_poll_for_another_one_is_not_swallowed() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let remote = Remote::new();
    let mut polls = 0;
    // Polled at first, for the first wake, and for the second, which comes in the middle of that poll.
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        if polls == 3 {
            return Poll::Ready(());
        }
        remote.wake(cx.waker());
        Poll::Pending
    }));
    assert_eq!(polls, 3);
}

#[test]
fn ten_thousand_round_trips_between_two_threads_lose_no_wake() {
    let _watchdog = watchdog();
    let (to_thread, from_here) = async_channel::bounded(1);
    let (to_here, from_thread) = async_channel::bounded(1);
    let thread = thread::spawn(move || {
        while let Ok(number) = from_here.recv_blocking() {
            to_here.send_blocking(number).unwrap();
        }
    });
    let last = executor::block_on(async move {
        let mut last = 0;
        for number in 1..=10_000 {
            to_thread.send(number).await.unwrap();
            last = from_thread.recv().await.unwrap();
        }
        last
    });
    assert_eq!(last, 10_000);
    thread.join().unwrap();
}

// compio#1044, #984
#[test]
fn a_burst_of_remote_wakes_while_the_executor_is_busy_blocks_nobody_and_is_one_poll_each() {
    let _watchdog = watchdog();
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let (wakers, polls) = pending_tasks(&executor, 1000);
    let before = park.unparks();
    let burst = wakers.clone();
    executor.block_on(async {
        thread::spawn(move || (0..100).for_each(|_| burst.iter().for_each(Waker::wake_by_ref)))
            .join()
            .unwrap();
        assert_eq!(polls.get(), 0, "this task is busy");
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(polls.get(), 1000);
    assert_eq!(park.unparks(), before, "nobody slept, so nobody was unparked");
}

// compio#1044
#[test]
fn a_burst_of_remote_wakes_while_nobody_runs_the_executor_unparks_once() {
    let _watchdog = watchdog();
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let (wakers, polls) = pending_tasks(&executor, 1000);
    let before = park.unparks();
    thread::spawn(move || (0..100).for_each(|_| wakers.iter().for_each(Waker::wake_by_ref))).join().unwrap();
    assert_eq!(park.unparks() - before, 1);
    assert!(executor.has_ready());
    assert_eq!(executor.run_until_stalled().polled, 1000);
    assert_eq!(polls.get(), 1000);
}

// tokio rt_common `spawn_from_other_thread_under_load`
#[test]
fn tasks_that_other_threads_spawn_run_while_the_executor_is_under_load() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (sender, receiver) = async_channel::unbounded();
    let threads = [0, 1].map(|thread| {
        let (spawner, sender) = (executor.send_spawner(), sender.clone());
        thread::spawn(move || {
            for number in 0..1000 {
                let sender = sender.clone();
                spawner
                    .spawn(move || async move {
                        yield_now().await;
                        sender.try_send(thread * 1000 + number).unwrap();
                    })
                    .unwrap();
            }
        })
    });
    let load = executor.spawn(async {
        loop {
            yield_now().await;
        }
    });
    let mut numbers = executor.block_on(async {
        let mut numbers = Vec::new();
        while numbers.len() < 2000 {
            numbers.push(receiver.recv().await.unwrap());
        }
        numbers
    });
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..2000));
    assert!(!load.is_finished());
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

// tokio#5020, LocalSet `enter`
#[test]
fn a_wake_on_this_thread_while_nobody_runs_the_executor_counts_at_the_next_run() {
    let executor = Executor::new();
    let (wakers, polls) = pending_tasks(&executor, 1);
    wakers[0].wake_by_ref();
    executor.block_on(yield_now());
    assert_eq!(polls.get(), 1);
}

/// Wakes when it is dropped, by value or by reference.
struct WakesOnDrop {
    waker: Option<Waker>,
    by_value: bool,
}

impl Drop for WakesOnDrop {
    fn drop(&mut self) {
        match self.waker.take() {
            Some(waker) if self.by_value => waker.wake(),
            Some(waker) => waker.wake_by_ref(),
            None => {}
        }
    }
}

thread_local! {
    static LATE: RefCell<Option<WakesOnDrop>> = const { RefCell::new(None) };
}

// tokio rt_common `wake_by_ref_from_thread_local`, `wake_by_val_from_thread_local`
#[test]
fn a_wake_in_the_destructor_of_a_thread_local_arrives() {
    let _watchdog = watchdog();
    // What of this thread is destroyed first depends on what was used first: its executor or its waker.
    for (by_value, executor_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut polls = 0;
        let mut thread = None;
        executor::block_on(poll_fn(|cx| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(());
            }
            let late = WakesOnDrop { waker: Some(cx.waker().clone()), by_value };
            thread = Some(thread::spawn(move || {
                if executor_first {
                    executor::block_on(yield_now());
                }
                LATE.set(Some(late));
                if !executor_first {
                    executor::block_on(yield_now());
                }
            }));
            Poll::Pending
        }));
        thread.expect("the first poll starts it").join().unwrap();
    }
}

#[test]
fn a_task_of_this_thread_may_be_woken_in_the_destructor_of_a_thread_local() {
    let _watchdog = watchdog();
    let thread = thread::spawn(|| {
        let executor = Executor::new();
        let (wakers, _) = pending_tasks(&executor, 1);
        LATE.set(Some(WakesOnDrop { waker: Some(wakers[0].clone()), by_value: true }));
        // It outlives its thread's locals.
        std::mem::forget(executor);
    });
    thread.join().expect("nothing panics");
}

#[test]
fn a_remote_wake_that_coalesced_with_a_local_one_makes_the_task_deaf_to_none_that_follow() {
    let executor = Executor::new();
    let (wakers, polls) = pending_tasks(&executor, 1);
    let wake_remotely = || {
        let waker = wakers[0].clone();
        thread::spawn(move || waker.wake()).join().unwrap();
    };
    executor.block_on(async {
        wakers[0].wake_by_ref();
        wake_remotely();
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(polls.get(), 1);
    wake_remotely();
    let _ = executor.run_until_stalled();
    assert_eq!(polls.get(), 2);
}

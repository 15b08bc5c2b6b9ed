//! How an executor falls asleep, is woken by other threads, and is gone when they wake it.

mod support;

use std::cell::Cell;
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::{Executor, Park, ThreadPark};

use crate::support::park::ScriptedPark;
use crate::support::remote::Remote;
use crate::support::{OnDrop, PATIENCE, pending_tasks, recorded, watchdog};

// tokio#1768, #1788; zio#610; loom tries the moments that a test cannot stop at
#[test]
fn a_remote_wake_that_meets_the_executor_falling_asleep_ends_the_sleep() {
    let _watchdog = watchdog();
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let remote = Remote::new();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let late = Rc::clone(&waiting);
    // The executor has decided to sleep, and the driver has not looked for wakes yet.
    park.on_park(move || {
        if let Some(waker) = late.take() {
            remote.wake(&waker);
        }
    });
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        waiting.set(Some(cx.waker().clone()));
        if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
    }));
    assert_eq!(park.take_timeouts(), [None], "it slept once");
    assert_eq!(park.unparks(), 1, "and the wake ended that");
}

#[test]
fn a_remote_wake_after_a_sleep_ends_no_sleep() {
    let _watchdog = watchdog();
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let remote = Remote::new();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let event = Rc::clone(&waiting);
    park.on_park(move || event.take().expect("it sleeps once").wake());
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        match polls {
            1 => waiting.set(Some(cx.waker().clone())),
            2 => remote.wake(cx.waker()),
            _ => return Poll::Ready(()),
        }
        Poll::Pending
    }));
    assert_eq!((park.take_timeouts(), park.unparks()), (vec![None], 0));
}

#[test]
fn an_unpark_ends_one_sleep_of_a_thread_and_not_the_next() {
    let _watchdog = watchdog();
    let park = ThreadPark::new();
    park.unparker().wake();
    park.park(None);
    let (began, timeout) = (Instant::now(), Duration::from_millis(5));
    park.park(Some(timeout));
    assert!(began.elapsed() >= timeout);
    park.unparker().wake();
    park.park(Some(PATIENCE));
    assert!(began.elapsed() < PATIENCE);
}

// futures#2010, #132; rust#145895
#[test]
fn a_task_that_parks_its_thread_takes_no_wake_away() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let remote = Remote::new();
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        if polls == 2 {
            return Poll::Ready(());
        }
        remote.wake(cx.waker());
        thread::current().unpark();
        thread::park();
        Poll::Pending
    }));
    assert_eq!(polls, 2);
}

// futures `park_unpark_independence`
#[test]
fn an_unpark_of_the_thread_is_no_poll() {
    let _watchdog = watchdog();
    let (executor, recorder) = recorded();
    let executor_thread = thread::current();
    let (sender, receiver) = mpsc::channel::<Waker>();
    let thread = thread::spawn(move || {
        let waker = receiver.recv().unwrap();
        (0..100).for_each(|_| executor_thread.unpark());
        waker.wake();
    });
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        if polls == 2 {
            return Poll::Ready(());
        }
        sender.send(cx.waker().clone()).unwrap();
        Poll::Pending
    }));
    assert_eq!(polls, 2);
    let trace = recorder.take();
    assert_eq!(trace.iter().filter(|line| *line == "poll block_on").count(), 2, "{trace:?}");
    thread.join().unwrap();
}

// polling `concurrent_interruption`
#[test]
fn a_sleep_that_ends_for_no_reason_is_begun_again_and_polls_nobody() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let (wakers, polls) = pending_tasks(&executor, 1);
    let _ = park.take_timeouts();
    let mut sleeps = 0;
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let root = Rc::clone(&waiting);
    park.on_park(move || {
        sleeps += 1;
        if sleeps == 4 {
            root.take().expect("the root waits").wake();
        }
    });
    let mut done = false;
    executor.block_on(poll_fn(|cx| {
        waiting.set(Some(cx.waker().clone()));
        if done {
            Poll::Ready(())
        } else {
            done = true;
            Poll::Pending
        }
    }));
    assert_eq!(park.take_timeouts(), [None; 4]);
    assert_eq!((polls.get(), wakers.len()), (0, 1));
}

// async-executor#163; tokio `wake_while_rt_is_dropping`
#[test]
fn a_remote_wake_while_the_executor_is_being_dropped_is_nothing() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let remote = Rc::new(Remote::new());
    let (wakers, polls) = pending_tasks(&executor, 2);
    let dropped = Rc::new(Cell::new(0));
    let guard = OnDrop({
        let (remote, dropped, wakers) = (Rc::clone(&remote), Rc::clone(&dropped), wakers.clone());
        move || {
            wakers.iter().for_each(|waker| remote.wake(waker));
            dropped.set(dropped.get() + 1);
        }
    });
    let task = async move {
        let _guard = guard;
        future::pending::<()>().await;
    };
    executor.spawn(task).detach();
    let _ = executor.run_until_stalled();
    drop(executor);
    assert_eq!(dropped.get(), 1);
    // compio#489; tokio LocalSet `drop_cancels_remote_tasks`
    wakers.iter().for_each(|waker| remote.wake(waker));
    assert_eq!(polls.get(), 0);
}

// compio#489
#[test]
fn what_other_threads_posted_is_dropped_with_the_executor() {
    let executor = Executor::new();
    let (spawner, alive) = (executor.send_spawner(), Arc::new(()));
    let posted = Arc::clone(&alive);
    let send = move || spawner.spawn(move || async move { drop(posted) }).map(|()| spawner);
    let spawner = thread::spawn(send).join().unwrap().unwrap();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(executor);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert!(spawner.spawn(|| async {}).unwrap_err().is_shutdown());
}

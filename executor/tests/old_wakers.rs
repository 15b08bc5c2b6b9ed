//! Wakers that outlive what they were to wake.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use executor::{Executor, Stats};

use crate::support::{OnDrop, recorded, watchdog};

/// A future that is pending, and leaves its waker behind in each poll.
fn leaves_wakers(wakers: &Rc<RefCell<Vec<Waker>>>) -> impl Future<Output = ()> + 'static {
    let wakers = Rc::clone(wakers);
    poll_fn(move |cx| {
        wakers.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    })
}

// embassy `waking_after_completion_does_not_poll`; async-task `wake_completed`
#[test]
fn a_wake_after_the_end_of_a_task_is_nothing() {
    let (executor, recorder) = recorded();
    let wakers = Rc::default();
    let aborted = executor.spawn(leaves_wakers(&wakers));
    let keep = Rc::clone(&wakers);
    let done = executor.spawn(poll_fn(move |cx| {
        keep.borrow_mut().push(cx.waker().clone());
        Poll::Ready(())
    }));
    let _ = executor.tick();
    aborted.abort();
    let _ = executor.tick();
    assert!(aborted.is_finished() && done.is_finished());
    let _ = recorder.take();
    wakers.borrow().iter().for_each(Waker::wake_by_ref);
    assert!(!executor.has_ready());
    // And while the executor runs, in a task.
    executor.spawn_named("waking", async move { wakers.take().into_iter().for_each(Waker::wake) }).detach();
    assert_eq!(executor.tick().ready, 0);
    assert_eq!(
        recorder.take(),
        ["spawn waking", "poll waking", "done waking", "drop waking"],
        "no wake is told, and nobody else is polled"
    );
}

// embassy `waking_with_old_waker_after_respawn`
#[test]
fn the_waker_of_a_task_does_not_wake_the_next_one_in_its_slot() {
    let executor = Executor::new();
    let wakers = Rc::default();
    let first = executor.spawn(leaves_wakers(&wakers));
    let _ = executor.tick();
    first.abort();
    let abort_handle = first.abort_handle();
    let _ = executor.tick();
    let first_id = first.id().unwrap();
    drop(first);
    let stale = wakers.take().remove(0);
    let second = executor.spawn(leaves_wakers(&wakers));
    let second_id = second.id().unwrap();
    let slot = |id: executor::TaskId| id.to_string().split('.').next().map(str::to_owned);
    assert_eq!(slot(first_id), slot(second_id), "the slot is used again, or this tests nothing");
    assert_ne!(first_id, second_id);
    assert_eq!(executor.run_until_stalled().polled, 1);

    stale.wake_by_ref();
    abort_handle.abort();
    let inside = stale.clone();
    executor.spawn(async move { inside.wake() }).detach();
    thread::spawn(move || stale.wake()).join().unwrap();
    assert_eq!(executor.run_until_stalled().polled, 1, "of the one that wakes");
    assert_eq!(wakers.borrow().len(), 1);
    assert!(!second.is_finished());
}

// tokio#3929, zed#21020, compio#494
#[test]
fn the_last_waker_dropped_on_another_thread_drops_no_future_there() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (waker_sender, waker_receiver) = mpsc::channel::<Waker>();
    let (go_sender, go_receiver) = mpsc::channel::<()>();
    let dropped_on = Rc::new(Cell::new(None));
    let noted = Rc::clone(&dropped_on);
    let guard = OnDrop(move || noted.set(Some(thread::current().id())));
    let task = poll_fn(move |cx| {
        let _guard = &guard;
        waker_sender.send(cx.waker().clone()).unwrap();
        Poll::<()>::Pending
    });
    executor.spawn(task).detach();
    let _ = executor.tick();
    let thread = thread::spawn(move || {
        let waker = waker_receiver.recv().unwrap();
        go_receiver.recv().unwrap();
        drop(waker);
    });
    drop(executor);
    assert_eq!(dropped_on.get(), Some(thread::current().id()), "before the waker, and here");
    go_sender.send(()).unwrap();
    thread.join().unwrap();
}

// async-task `drop_last_waker`; async-executor#140
#[test]
fn a_detached_task_that_nothing_can_wake_any_more_is_counted_and_dropped_with_the_executor() {
    let stats = Stats::new();
    let executor = Executor::builder().observer(stats.clone()).build();
    let alive = Rc::new(());
    let task = {
        let alive = Rc::clone(&alive);
        async move {
            let _alive = alive;
            future::pending::<()>().await;
        }
    };
    executor.spawn(task).detach();
    let progress = executor.run_until_stalled();
    assert_eq!((progress.live, progress.ready), (1, 0));
    assert_eq!(stats.all().len(), 1, "who asks can be told which it is");
    drop(executor);
    assert_eq!(Rc::strong_count(&alive), 1);
}

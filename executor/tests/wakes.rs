//! What a wake does, and what it does not: on the executor's own thread.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};

use executor::{Executor, Stats, join_all, yield_now};
use wakecheck::task;

use crate::support::{Log, OnDrop, recorded};

/// A future that is pending, and leaves its waker behind in each poll.
fn leaves_wakers(wakers: &Rc<RefCell<Vec<Waker>>>) -> impl Future<Output = ()> + 'static {
    let wakers = Rc::clone(wakers);
    poll_fn(move |cx| {
        wakers.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    })
}

// embassy `executor_task_self_wake_twice`; async-task `wake_during_run`
#[test]
fn a_task_that_wakes_itself_is_polled_once_more_behind_the_others() {
    let (executor, recorder) = recorded();
    let mut wakes = 2;
    let twice = poll_fn(move |cx| {
        if wakes == 0 {
            return Poll::Ready(());
        }
        (0..wakes).for_each(|_| cx.waker().wake_by_ref());
        wakes = 0;
        Poll::Pending
    });
    executor.spawn_named("a", twice).detach();
    executor.spawn_named("b", async {}).detach();
    let _ = executor.tick();
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        [
            "spawn a",
            "spawn b", //
            "poll a",
            "wake a by itself",
            "wake a by itself, once more",
            "pending a", //
            "poll b",
            "done b",
            "drop b", //
            "poll a",
            "done a",
            "drop a",
        ]
    );
}

// tokio rt_basic `no_extra_poll`
#[test]
fn any_number_of_wakes_before_a_poll_is_one_poll() {
    let executor = Executor::new();
    let wakers = Rc::default();
    let handle = executor.spawn(leaves_wakers(&wakers));
    assert_eq!(executor.run_until_stalled().polled, 1);
    let waker = wakers.take().remove(0);
    vec![waker.clone(); 3].into_iter().for_each(Waker::wake);
    (0..3).for_each(|_| waker.wake_by_ref());
    assert_eq!(executor.run_until_stalled().polled, 1);
    // The same while the executor is running: in a task.
    let _ = wakers.take();
    let waking = executor.spawn(async move { vec![waker; 3].into_iter().for_each(Waker::wake) });
    assert_eq!(executor.run_until_stalled().polled, 2);
    assert_eq!(wakers.take().len(), 1);
    assert!(waking.is_finished() && !handle.is_finished());
}

// async-task `waker_ready`, `ready`
#[test]
fn a_wake_during_the_last_poll_is_no_poll() {
    let (executor, recorder) = recorded();
    let drops = Log::default();
    let noted = drops.clone();
    let guard = OnDrop(move || noted.add("dropped"));
    let last = poll_fn(move |cx| {
        let _guard = &guard;
        cx.waker().wake_by_ref();
        Poll::Ready(())
    });
    executor.spawn_named("a", last).detach();
    let _ = executor.run_until_stalled();
    let expected = ["spawn a", "poll a", "wake a by itself", "done a", "drop a"];
    assert_eq!(recorder.take(), expected);
    assert_eq!(drops.take(), ["dropped"]);
}

#[test]
fn a_task_that_wakes_itself_and_is_done_is_not_counted_as_ready() {
    let executor = Executor::new();
    let last = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    });
    executor.spawn(last).detach();
    let progress = executor.tick();
    assert_eq!((progress.completed, progress.live, progress.ready), (1, 0, 0));
}

// compio#1044; tokio io_driver `test_drop_on_notify`
#[test]
fn a_wake_never_polls_so_it_may_come_under_a_lock_that_the_task_takes() {
    let executor = Executor::new();
    let lock = Rc::new(RefCell::new(0));
    let waker = Rc::new(Cell::new(None::<Waker>));
    let (locked, waiting) = (Rc::clone(&lock), Rc::clone(&waker));
    let task = poll_fn(move |cx| {
        *locked.borrow_mut() += 1;
        waiting.set(Some(cx.waker().clone()));
        Poll::<()>::Pending
    });
    executor.spawn(task).detach();
    let _ = executor.run_until_stalled();
    let (locked, waiting) = (Rc::clone(&lock), Rc::clone(&waker));
    executor
        .spawn(async move {
            let guard = locked.borrow_mut();
            waiting.take().expect("it waits").wake();
            assert_eq!(*guard, 1);
        })
        .detach();
    let _ = executor.run_until_stalled();
    assert_eq!(*lock.borrow(), 2);
}

// kimojio-rs#37
#[test]
fn futures_with_wakers_of_their_own_wake_the_task_that_they_are_in() {
    let executor = Executor::new();
    let yields = |times| async move {
        for _ in 0..times {
            yield_now().await;
        }
        times
    };
    let handle = executor.spawn(join_all([yields(3), yields(0), yields(5)]));
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(task::spawn(handle).poll().map(Result::unwrap), Poll::Ready(vec![3, 0, 5]));
}

// tokio#1897, #3475, `assert_no_unnecessary_polls`
#[test]
fn a_task_is_polled_once_at_first_and_once_for_each_wake_that_counts() {
    let stats = Stats::new();
    let executor = Executor::builder().observer(stats.clone()).build();
    let (sender, receiver) = async_channel::bounded::<u32>(1);
    let mut tasks = Vec::new();
    for _ in 0..3 {
        let (sender, receiver) = (sender.clone(), receiver.clone());
        tasks.push(executor.spawn(async move {
            for number in 0..20 {
                sender.send(number).await.unwrap();
                yield_now().await;
                receiver.recv().await.unwrap();
            }
            future::pending::<()>().await;
        }));
    }
    let _ = executor.run_until_stalled();
    for task in &tasks {
        let counts = stats.of(task.id().unwrap()).unwrap();
        assert_eq!(counts.polls, 1 + counts.wakes - counts.coalesced, "{counts:?}");
        assert!(counts.polls > 20, "{counts:?}");
    }
}

// glommio's test that 65,535 references abort; references are counted in a word here
#[test]
fn a_waker_can_be_cloned_a_hundred_thousand_times() {
    let executor = Executor::new();
    let wakers = Rc::default();
    executor.spawn(leaves_wakers(&wakers)).detach();
    let _ = executor.tick();
    let waker = wakers.take().remove(0);
    let clones = vec![waker; 100_000];
    clones.into_iter().for_each(Waker::wake);
    assert_eq!(executor.run_until_stalled().polled, 1);
}

// futures#2864, rust#121600
#[test]
fn every_poll_of_a_task_has_the_same_waker() {
    let executor = Executor::new();
    let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
    for _ in 0..2 {
        executor.spawn(leaves_wakers(&wakers)).detach();
    }
    let _ = executor.run_until_stalled();
    wakers.borrow().iter().for_each(Waker::wake_by_ref);
    let _ = executor.run_until_stalled();
    let [a, b, a_again, b_again] = wakers.take().try_into().unwrap();
    assert!(a.will_wake(&a_again) && b.will_wake(&b_again) && a.will_wake(&a.clone()));
    assert!(!a.will_wake(&b), "and no two tasks have the same");
}

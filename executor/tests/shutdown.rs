//! What happens when an executor is dropped.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;

use executor::{Event, Executor, JoinHandle, yield_now};
use futures_channel::oneshot;
use wakecheck::task;

use crate::support::{Log, OnDrop, recorded, watchdog};

/// A future that is pending until it is dropped, polled or not, and runs code then.
fn until_dropped(on_drop: impl FnMut()) -> impl Future<Output = ()> {
    let guard = OnDrop(on_drop);
    async move {
        let _guard = guard;
        future::pending::<()>().await;
    }
}

#[test]
fn every_future_is_dropped_eagerly_though_its_waker_lives_elsewhere() {
    let (executor, recorder) = recorded();
    let kept = Rc::new(RefCell::new(Vec::<Waker>::new()));
    for name in ["a", "b"] {
        let kept = Rc::clone(&kept);
        let task = poll_fn(move |cx| {
            kept.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        });
        executor.spawn_named(name, task).detach();
    }
    let _ = executor.tick();
    let _ = recorder.take();
    let counted = Rc::strong_count(&kept);
    drop(executor);
    assert_eq!((counted, Rc::strong_count(&kept)), (3, 1));
    assert_eq!(recorder.take(), ["cancel a", "cancel b"]);
    kept.take().into_iter().for_each(Waker::wake);
    assert_eq!(recorder.take(), [""; 0], "a wake after the end is nothing");
}

/// With a search from the first slot for each task this took minutes, and the watchdog ends it.
#[test]
fn an_executor_of_many_tasks_is_dropped_in_one_walk_over_them() {
    const TASKS: usize = 200_000;
    let _watchdog = watchdog();
    let dropped = Rc::new(Cell::new(0));
    let executor = Executor::new();
    for _ in 0..TASKS {
        let dropped = Rc::clone(&dropped);
        executor.spawn(until_dropped(move || dropped.set(dropped.get() + 1))).detach();
    }
    let _ = executor.tick();
    drop(executor);
    assert_eq!(dropped.get(), TASKS);
}

// compio#936; tokio#2046, #1892; madsim#125
#[test]
fn a_future_that_is_dropped_may_wake_and_abort_and_detach_the_others() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let log = Log::default();
    let wakers = Rc::new(RefCell::new(Vec::<Waker>::new()));
    let handles = Rc::new(RefCell::new(Vec::<JoinHandle<()>>::new()));
    for name in ["a", "b", "c", "d"] {
        let (log, wakers, handles) = (log.clone(), Rc::clone(&wakers), Rc::clone(&handles));
        let (remember, siblings) = (Rc::clone(&wakers), Rc::clone(&handles));
        let guard = OnDrop(move || {
            log.add(format!("drop {name}"));
            wakers.borrow().iter().for_each(Waker::wake_by_ref);
            handles.borrow().iter().for_each(JoinHandle::abort);
            let last = handles.borrow_mut().pop();
            drop(last);
        });
        let handle = executor.spawn(poll_fn(move |cx| {
            let _guard = &guard;
            remember.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        }));
        siblings.borrow_mut().push(handle);
    }
    let _ = executor.tick();
    drop(executor);
    assert_eq!(log.take(), ["drop a", "drop b", "drop c", "drop d"], "each once");
}

// tokio#4724
#[test]
fn tasks_that_await_each_other_do_not_leak() {
    let executor = Executor::new();
    let alive = Rc::new(());
    let handles = [Rc::new(Cell::new(None)), Rc::new(Cell::new(None))];
    let tasks = [0, 1].map(|number| {
        let (alive, other) = (Rc::clone(&alive), Rc::clone(&handles[1 - number]));
        executor.spawn(async move {
            let _alive = alive;
            let other: JoinHandle<()> = other.take().expect("both are spawned before one runs");
            let _ = other.await;
        })
    });
    for (slot, task) in handles.iter().zip(tasks) {
        slot.set(Some(task));
    }
    assert_eq!(executor.run_until_stalled().live, 2, "they wait for each other for ever");
    drop(executor);
    assert_eq!(Rc::strong_count(&alive), 1);
}

// tokio `spawn_during_shutdown`, #1916, #3752
#[test]
fn a_spawn_during_shutdown_is_refused_and_its_future_dropped() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let log = Log::default();
    let respawn = {
        let (log, spawner) = (log.clone(), executor.spawner());
        let send_spawner = executor.send_spawner();
        move || {
            let inner = log.clone();
            let handle = spawner.spawn(until_dropped(move || inner.add("inner dropped")));
            log.add(format!("refused: {}", handle.is_finished()));
            let free = executor::spawn(async {});
            log.add(format!("free spawn refused: {}", free.is_finished()));
            let _ = send_spawner.spawn(|| async { unreachable!("the executor is gone") });
        }
    };
    executor.spawn(until_dropped(respawn)).detach();
    let _ = executor.tick();
    drop(executor);
    assert_eq!(log.take(), ["inner dropped", "refused: true", "free spawn refused: true"]);
}

// tokio `acquire_mutex_in_drop`, #3870
#[test]
fn a_drop_may_take_a_lock_that_was_held_around_a_spawn() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let lock = Arc::new(Mutex::new(0));
    {
        let mut guard = lock.lock().unwrap();
        let inner = Arc::clone(&lock);
        executor.spawn(until_dropped(move || *inner.lock().unwrap() += 1)).detach();
        *guard += 1;
    }
    let _ = executor.tick();
    drop(executor);
    assert_eq!(*lock.lock().unwrap(), 2);
}

// tokio `drop_tasks_in_context`, `eagerly_drops_futures_on_shutdown`
#[test]
fn a_handle_can_be_polled_in_a_drop_during_shutdown() {
    let executor = Executor::new();
    let log = Log::default();
    let mut first = Some(executor.spawn(future::pending::<()>()));
    let (second_sender, second_receiver) = oneshot::channel();
    let polls = {
        let log = log.clone();
        let mut second: oneshot::Receiver<JoinHandle<()>> = second_receiver;
        move || {
            let first = task::spawn(first.take().expect("one drop")).poll();
            log.add(format!("before: {:?}", first.map(|result| result.unwrap_err().is_cancelled())));
            let second = second.try_recv().unwrap().expect("it was sent");
            log.add(format!("behind: {:?}", task::spawn(second).poll().is_pending()));
        }
    };
    executor.spawn(until_dropped(polls)).detach();
    assert!(second_sender.send(executor.spawn(future::pending())).is_ok());
    let _ = executor.tick();
    drop(executor);
    assert_eq!(log.take(), ["before: Ready(true)", "behind: true"]);
}

// async-executor `await_task_after_dropping_executor`, `drop_finished_task_and_then_drop_executor`
#[test]
fn a_handle_outlives_its_executor_with_the_output_or_the_news() {
    let executor = Executor::new();
    let done = executor.spawn(async { Rc::new("output") });
    let pending = executor.spawn_named("late", future::pending::<()>());
    let dropped = executor.spawn(async { Rc::new("nobody's") });
    let _ = executor.run_until_stalled();
    drop(dropped);
    drop(executor);
    assert!(done.is_finished() && pending.is_finished());
    assert_eq!(*executor::block_on(done).unwrap(), "output");
    let error = executor::block_on(pending).unwrap_err();
    assert!(error.is_cancelled());
    assert_eq!(error.task_name(), Some("late"));
}

#[test]
fn whoever_awaits_a_task_of_an_executor_that_is_dropped_is_woken() {
    let (first, second) = (Executor::new(), Executor::new());
    let handle = first.spawn(future::pending::<()>());
    let waiter = second.spawn(async move { handle.await.unwrap_err().is_cancelled() });
    let _ = second.run_until_stalled();
    drop(first);
    assert!(second.has_ready());
    assert!(second.block_on(waiter).unwrap());
}

#[test]
fn an_executor_can_be_dropped_in_a_task_of_another() {
    let log = Log::default();
    let inner = Executor::new();
    let noted = log.clone();
    let handle = inner.spawn(until_dropped(move || noted.add("dropped")));
    let _ = inner.tick();
    let cancelled = executor::block_on(async move {
        executor::spawn(async move { drop(inner) }).await.unwrap();
        // The outer one is the current one again.
        executor::spawn(yield_now()).await.unwrap();
        handle.await.unwrap_err().is_cancelled()
    });
    assert!(cancelled);
    assert_eq!(log.take(), ["dropped"]);
}

thread_local! {
    static STORED: RefCell<Option<Executor>> = const { RefCell::new(None) };
}

// tokio `runtime_in_thread_local`, `store_local_set_in_thread_local_with_runtime`, #5162
#[test]
fn an_executor_in_a_thread_local_is_dropped_with_its_thread() {
    let _watchdog = watchdog();
    // Which of the thread's locals is destroyed first depends on which was used first.
    for stored_before_use in [true, false] {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || {
            let executor = Executor::new();
            if !stored_before_use {
                executor.block_on(yield_now());
            }
            STORED.set(Some(executor));
            STORED.with_borrow(|executor| {
                let executor = executor.as_ref().unwrap();
                let spawner = executor.spawner();
                let waker = Rc::new(Cell::new(None::<Waker>));
                let kept = Rc::clone(&waker);
                let guard = OnDrop(move || {
                    kept.take().expect("it was polled").wake();
                    let refused = spawner.spawn(async {}).is_finished();
                    sender.send(refused).unwrap();
                });
                let task = poll_fn(move |cx| {
                    let _guard = &guard;
                    waker.set(Some(cx.waker().clone()));
                    Poll::<()>::Pending
                });
                executor.spawn(task).detach();
                let _ = executor.tick();
            });
        });
        thread.join().expect("nothing panics");
        assert_eq!(receiver.recv(), Ok(true), "stored before use: {stored_before_use}");
    }
}

// async-executor `leaked_executor_leaks_everything`
#[test]
fn the_wakers_of_a_leaked_executor_can_be_used() {
    let executor = Executor::new();
    let (sender, receiver) = mpsc::channel();
    let task = poll_fn(move |cx| {
        sender.send(cx.waker().clone()).unwrap();
        Poll::<()>::Pending
    });
    let handle = executor.spawn(task);
    let _ = executor.tick();
    mem::forget(executor);
    let waker = receiver.recv().unwrap();
    waker.wake_by_ref();
    handle.abort();
    thread::spawn(move || waker.wake()).join().unwrap();
    assert!(!handle.is_finished(), "nobody runs it any more");
}

#[test]
fn a_task_whose_spawn_makes_the_observer_drop_the_executor_is_dropped_with_it() {
    let kept = Rc::new(RefCell::new(None::<Executor>));
    let dropped_by_observer = Rc::clone(&kept);
    let executor = Executor::builder()
        .observer(move |event: &Event<'_>| {
            if matches!(event, Event::Spawned { .. }) {
                let executor = dropped_by_observer.borrow_mut().take();
                drop(executor);
            }
        })
        .build();
    let spawner = executor.spawner();
    *kept.borrow_mut() = Some(executor);
    let handle = spawner.spawn(future::pending::<()>());
    assert!(handle.is_finished());
}

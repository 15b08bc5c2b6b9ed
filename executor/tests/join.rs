//! Awaiting a task.

mod support;

use std::cell::{Cell, RefCell};
use std::future;
use std::rc::Rc;

use executor::{Either, Executor, JoinHandle, block_on, select, yield_now};
use wakecheck::{assert_pending, assert_ready, assert_ready_eq, task, waker_contract};

use crate::support::{Log, OnDrop, panic_of, recorded};

#[test]
fn a_handle_keeps_the_contract_of_a_future() {
    let executor = Rc::new(Executor::new());
    let complete = || {
        let handle = executor.spawn(async { 7 });
        let executor = Rc::clone(&executor);
        (handle, move || _ = executor.run_until_stalled())
    };
    waker_contract(complete).check().unwrap();
    let abort = || {
        let handle = executor.spawn(future::pending::<()>());
        let (executor, abort_handle) = (Rc::clone(&executor), handle.abort_handle());
        let event = move || {
            abort_handle.abort();
            let _ = executor.run_until_stalled();
        };
        (handle, event)
    };
    waker_contract(abort).check().unwrap();
}

// futures `eager_drop`; async-task `ready`
#[test]
fn the_future_is_dropped_before_whoever_awaits_it_is_woken() {
    let (executor, recorder) = recorded();
    let noted = recorder.clone();
    let guard = OnDrop(move || noted.note("the future's guard is dropped"));
    let handle = executor.spawn_named("a", async move {
        let _guard = guard;
        yield_now().await;
    });
    let noted = recorder.clone();
    let awaiting = async move {
        handle.await.unwrap();
        noted.note("joined");
    };
    executor.spawn_named("b", awaiting).detach();
    (0..3).for_each(|_| _ = executor.tick());
    assert_eq!(
        recorder.take(),
        [
            "spawn a",
            "spawn b", //
            "poll a",
            "wake a by itself",
            "pending a",
            "poll b",
            "pending b", //
            "poll a",
            "the future's guard is dropped",
            "done a",
            "drop a",
            "wake b by a", //
            "poll b",
            "joined",
            "done b",
            "drop b",
        ]
    );
}

// tokio loom `drop_jh_during_schedule`
#[test]
fn a_task_may_drop_its_own_handle() {
    let executor = Executor::new();
    let own: Rc<Cell<Option<JoinHandle<Log>>>> = Rc::default();
    let log = Log::default();
    let (handle, noted) = (Rc::clone(&own), log.clone());
    own.set(Some(executor.spawn(async move {
        drop(handle.take());
        noted.add("dropped");
        yield_now().await;
        noted.add("and gone on");
        noted
    })));
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(log.take(), ["dropped", "and gone on"]);
}

#[test]
fn a_task_that_awaits_itself_is_pending_until_it_is_aborted() {
    let executor = Executor::new();
    let own: Rc<Cell<Option<JoinHandle<()>>>> = Rc::default();
    let handle = Rc::clone(&own);
    let task = executor.spawn(async move {
        let itself = handle.take().expect("it is put there before the first poll");
        let _ = itself.await;
    });
    let abort_handle = task.abort_handle();
    own.set(Some(task));
    assert_eq!(executor.run_until_stalled().live, 1);
    abort_handle.abort();
    assert_eq!(executor.run_until_stalled().live, 0);
}

// compio loom `test_join_while_complete`
#[test]
fn a_handle_that_two_tasks_have_awaited_wakes_the_last_one() {
    let executor = Executor::new();
    let handle = Rc::new(RefCell::new(task::spawn(executor.spawn(async {
        yield_now().await;
        7
    }))));
    assert_pending!(handle.borrow_mut().poll());
    // It moves to another task between the two polls that its own task needs.
    let _ = executor.tick();
    handle.borrow_mut().swap_waker();
    assert_pending!(handle.borrow_mut().poll());
    let _ = executor.tick();
    assert_eq!(assert_ready!(handle.borrow_mut().poll()).unwrap(), 7);
}

#[test]
fn a_handle_that_loses_a_select_can_be_awaited_again() {
    let output = block_on(async {
        let mut handle = executor::spawn(async {
            yield_now().await;
            yield_now().await;
            "not lost"
        });
        let first = select(&mut handle, yield_now()).await;
        assert!(matches!(first, Either::Right(())));
        handle.await.unwrap()
    });
    assert_eq!(output, "not lost");
}

#[test]
fn an_output_need_be_neither_send_nor_copied() {
    let executor = Executor::new();
    let output = Rc::new(RefCell::new(vec![1]));
    let inner = Rc::clone(&output);
    let returned = executor.block_on(executor.spawn(async move { inner })).unwrap();
    assert!(Rc::ptr_eq(&returned, &output));
}

#[test]
fn the_output_of_a_detached_task_is_dropped_when_it_is_done() {
    let executor = Executor::new();
    let log = Log::default();
    let noted = log.clone();
    executor.spawn(async move { OnDrop(move || noted.add("output dropped")) }).detach();
    let _ = executor.tick();
    assert_eq!(log.take(), ["output dropped"]);
}

#[test]
fn a_handle_says_whether_its_task_is_finished_and_which_it_is() {
    let executor = Executor::new();
    let handle = executor.spawn(yield_now());
    let other = executor.spawn(async {});
    assert!(handle.id().is_some() && handle.id() != other.id());
    assert!(!handle.is_finished());
    let _ = executor.tick();
    assert!(!handle.is_finished() && other.is_finished());
    let _ = executor.tick();
    assert!(handle.is_finished());
    let mut handle = task::spawn(handle);
    assert_ready_eq!(handle.poll().map(Result::ok), Some(()));
}

// tokio#8391
#[test]
fn the_drop_of_an_output_may_spawn_and_abort_and_detach() {
    let executor = Executor::new();
    let log = Log::default();
    let victim = Rc::new(Cell::new(Some(executor.spawn(future::pending::<()>()))));
    let output = || {
        let (noted, spawner, victim) = (log.clone(), executor.spawner(), Rc::clone(&victim));
        OnDrop(move || {
            let ran = noted.clone();
            spawner.spawn(async move { ran.add("spawned in a drop") }).detach();
            if let Some(victim) = victim.take() {
                victim.abort();
            }
        })
    };
    let (detached, unclaimed) = (output(), output());
    executor.spawn(async move { detached }).detach();
    let handle = executor.spawn(async move { unclaimed });
    let _ = executor.run_until_stalled();
    drop(handle);
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(log.take(), ["spawned in a drop"; 2]);
}

#[test]
fn a_handle_that_gave_its_result_refuses_to_be_polled_again() {
    let executor = Executor::new();
    let gone = Executor::new().spawner();
    // One of a task that is done, and one of a task that never was.
    for (mut handle, has_output) in [(executor.spawn(async {}), true), (gone.spawn(async {}), false)] {
        let mut poll = || executor.block_on(async { (&mut handle).await });
        assert_eq!(poll().is_ok(), has_output);
        let advice = panic_of(poll).unwrap();
        assert!(advice.contains("polled again after"), "{advice}");
    }
}

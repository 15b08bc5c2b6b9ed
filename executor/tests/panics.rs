//! A panic ends one task, and nothing else.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::mem;
use std::panic;
use std::rc::Rc;
use std::task::{Poll, Waker};

use executor::{Event, Executor, JoinHandle, UnhandledPanic, yield_now};

use crate::support::{Bomb, Log, OnDrop, message, panic_of, recorded, unless_it_panics};

// tokio `panic_in_task`; compio `test_panic_does_not_affect_other_tasks`
#[test]
fn a_panic_is_in_the_join_error_and_the_other_tasks_go_on() {
    let executor = Executor::new();
    let dropped = Rc::new(Cell::new(false));
    let guard = OnDrop({
        let dropped = Rc::clone(&dropped);
        move || dropped.set(true)
    });
    let panics = executor.spawn_named("clumsy", async move {
        let _guard = guard;
        yield_now().await;
        panic!("oh no");
    });
    let other = executor.spawn(async {
        for _ in 0..3 {
            yield_now().await;
        }
        "fine"
    });
    let error = executor.block_on(panics).unwrap_err();
    assert!(dropped.get(), "the future is gone when the handle says so");
    assert!(error.is_panic() && !error.is_cancelled());
    assert_eq!(error.task_name(), Some("clumsy"));
    assert_eq!(error.to_string(), format!("task {} (clumsy) panicked: oh no", error.id().unwrap()));
    assert_eq!(message(&*error.into_panic()), "oh no");
    assert_eq!(executor.block_on(other).unwrap(), "fine");
}

#[test]
fn the_trace_of_a_panic_is_that_of_a_task_that_is_done() {
    let (executor, recorder) = recorded();
    let handle = executor.spawn_named("clumsy", async { panic!("oh no") });
    executor.spawn_named("other", async {}).detach();
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        [
            "spawn clumsy",
            "spawn other", //
            "poll clumsy",
            "done clumsy",
            "drop clumsy",
            "poll other",
            "done other",
            "drop other",
        ]
    );
    assert!(handle.is_finished());
}

// tokio `panic_in_block_on`; async-executor `test_panic_propagation`
#[test]
fn a_panic_of_the_root_leaves_the_executor_as_it_was() {
    let executor = Executor::new();
    let polls = Rc::new(Cell::new(0));
    let task = executor.spawn({
        let polls = Rc::clone(&polls);
        async move {
            loop {
                polls.set(polls.get() + 1);
                yield_now().await;
            }
        }
    });
    let raised = panic_of(|| {
        executor.block_on(async {
            yield_now().await;
            panic!("root");
        })
    });
    assert_eq!(raised.as_deref(), Some("root"));
    assert!(!task.is_finished(), "the tasks stay");
    // The thread-local that names the running executor is restored: the free `spawn` finds none.
    let advice = panic_of(|| executor::spawn(async {}).detach()).unwrap();
    assert!(advice.contains("block_on"), "{advice}");
    let before = polls.get();
    executor.block_on(yield_now());
    assert!(polls.get() > before, "and go on");
    task.abort();
    assert_eq!(executor.run_until_stalled().live, 0);
}

#[test]
fn the_panic_of_a_detached_task_is_raised_and_the_rest_of_the_round_stays_queued() {
    let executor = Executor::new();
    let log = Log::default();
    for name in ["a", "b", "c"] {
        let log = log.clone();
        let task = async move {
            log.add(name);
            assert_ne!(name, "b", "not b");
        };
        executor.spawn(task).detach();
    }
    let raised = panic_of(|| executor.tick()).unwrap();
    assert!(raised.contains("not b"), "{raised}");
    assert_eq!(log.take(), ["a", "b"]);
    assert!(executor.has_ready());
    assert_eq!(executor.tick().completed, 1);
    assert_eq!(log.take(), ["c"]);
}

#[test]
fn several_panics_in_a_round_are_raised_one_after_the_other() {
    let executor = Executor::new();
    for name in ["first", "second"] {
        executor.spawn(async move { panic!("{name}") }).detach();
    }
    assert_eq!(panic_of(|| executor.run_until_stalled()).as_deref(), Some("first"));
    assert_eq!(panic_of(|| executor.run_until_stalled()).as_deref(), Some("second"));
    assert_eq!(panic_of(|| executor.run_until_stalled()), None);
}

/// A way to run an executor.
type Run = fn(&Executor);

#[test]
fn the_panic_of_a_task_whose_handle_is_dropped_unread_is_raised_by_the_next_run() {
    let runs: [(&str, Run); 3] = [
        ("tick", |executor| _ = executor.tick()),
        ("run_until_stalled", |executor| _ = executor.run_until_stalled()),
        ("block_on", |executor| executor.block_on(yield_now())),
    ];
    for (name, run) in runs {
        let executor = Executor::new();
        let handle = executor.spawn(async { panic!("unread") });
        assert_eq!(panic_of(|| executor.run_until_stalled()), None);
        drop(handle);
        assert!(executor.has_ready(), "there is a panic to raise");
        assert_eq!(panic_of(|| run(&executor)).as_deref(), Some("unread"), "out of {name}");
        assert_eq!(panic_of(|| executor.tick()), None, "and once only");
    }
}

#[test]
fn a_panic_that_is_to_be_ignored_is_not_raised() {
    let executor = Executor::builder().unhandled_panic(UnhandledPanic::Ignore).build();
    executor.spawn(async { panic::panic_any(Bomb) }).detach();
    let unread = executor.spawn(async { panic!("unread") });
    let read = executor.spawn(async { panic!("read") });
    assert_eq!(unless_it_panics(|| executor.run_until_stalled().completed), Some(3));
    drop(unread);
    assert_eq!(panic_of(|| executor.tick()), None);
    assert!(executor.block_on(read).unwrap_err().is_panic());
}

// tokio `test_abort_task_that_panics_on_drop_contained`, `..._returned`
#[test]
fn a_panic_in_the_drop_of_an_aborted_future_is_in_the_join_error() {
    let executor = Executor::new();
    let guard = OnDrop(|| panic!("in drop"));
    let handle = executor.spawn(async move {
        let _guard = guard;
        future::pending::<()>().await;
    });
    let _ = executor.tick();
    handle.abort();
    assert_eq!(panic_of(|| executor.run_until_stalled()), None, "contained");
    let error = executor.block_on(handle).unwrap_err();
    assert_eq!(message(&*error.into_panic()), "in drop");
}

// futures `panic_on_drop_fut`
#[test]
fn panics_in_drops_at_shutdown_keep_no_other_future_from_being_dropped() {
    let log = Log::default();
    let executor = Executor::new();
    for name in ["a", "b", "c"] {
        let log = log.clone();
        let guard = OnDrop(move || {
            log.add(name);
            panic::panic_any(Bomb);
        });
        let task = async move {
            let _guard = guard;
            future::pending::<()>().await;
        };
        executor.spawn(task).detach();
    }
    let _ = executor.tick();
    assert_eq!(unless_it_panics(|| drop(executor)), Some(()));
    assert_eq!(log.take(), ["a", "b", "c"]);
}

// tokio `wake_in_drop_after_panic`
#[test]
fn the_drop_of_a_future_that_panics_can_wake_another_task() {
    let executor = Executor::new();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let happened = Rc::new(Cell::new(false));
    let waiter = executor.spawn({
        let (waiting, happened) = (Rc::clone(&waiting), Rc::clone(&happened));
        poll_fn(move |cx| {
            waiting.set(Some(cx.waker().clone()));
            if happened.get() { Poll::Ready(()) } else { Poll::Pending }
        })
    });
    let guard = OnDrop(move || {
        happened.set(true);
        waiting.take().expect("the waiter was polled first").wake();
    });
    let panics = executor.spawn(async move {
        let _guard = guard;
        panic!("with a guard");
    });
    assert!(executor.block_on(waiter).is_ok());
    assert!(executor.block_on(panics).unwrap_err().is_panic());
}

// async-executor `iterator_panics_mid_run`
#[test]
fn an_iterator_that_panics_between_spawns_leaves_the_tasks_before_it() {
    let executor = Executor::new();
    let log = Log::default();
    let numbers = (0..4).inspect(|number| assert_ne!(*number, 2, "no two"));
    let raised = panic_of(|| {
        numbers.for_each(|number| {
            let log = log.clone();
            executor.spawn(async move { log.add(number.to_string()) }).detach();
        });
    });
    assert!(raised.unwrap().contains("no two"));
    assert_eq!(executor.run_until_stalled().completed, 2);
    assert_eq!(log.take(), ["0", "1"]);
}

// tokio `test_panics_do_not_propagate_when_dropping_join_handle`
#[test]
fn a_panic_in_the_drop_of_an_output_does_not_come_out_of_the_drop_of_the_handle() {
    let executor = Executor::new();
    let handle = executor.spawn(async { OnDrop(|| panic!("output")) });
    let _ = executor.run_until_stalled();
    assert_eq!(panic_of(|| drop(handle)), None);
    assert_eq!(panic_of(|| executor.tick()).as_deref(), Some("output"), "but where it can be noticed");
}

#[test]
fn a_panic_that_is_left_unread_in_the_last_poll_of_a_block_on_is_raised_by_it() {
    let leaving = || async {
        let handle = executor::spawn(async { panic!("unread") });
        yield_now().await;
        assert!(handle.is_finished());
        drop::<JoinHandle<()>>(handle);
    };
    assert_eq!(panic_of(|| executor::block_on(leaving())).as_deref(), Some("unread"));
    let executor = Executor::new();
    assert_eq!(panic_of(|| executor.block_on(leaving())).as_deref(), Some("unread"));
    assert!(!executor.has_ready());
}

#[test]
fn a_panic_that_the_future_of_a_block_on_takes_with_it_is_raised_by_it() {
    let executor = Executor::new();
    let handle = executor.spawn(async { panic!("unread") });
    let holding = async {
        let _held: JoinHandle<()> = handle;
        yield_now().await;
        yield_now().await;
    };
    assert_eq!(panic_of(|| executor.block_on(holding)).as_deref(), Some("unread"));
}

#[test]
fn an_executor_with_another_panic_to_raise_has_something_to_do() {
    let executor = Executor::new();
    let handles: Vec<JoinHandle<()>> = (0..2).map(|n| executor.spawn(async move { panic!("{n}") })).collect();
    let _ = executor.run_until_stalled();
    drop(handles);
    for message in ["0", "1"] {
        assert!(executor.has_ready());
        assert_eq!(panic_of(|| executor.tick()).as_deref(), Some(message));
    }
    assert!(!executor.has_ready());
}

#[test]
fn a_task_that_panics_with_something_that_panics_when_it_is_dropped_ends_all_the_same() {
    let executor = Executor::new();
    let guard = OnDrop(|| panic::panic_any(Bomb));
    let task = poll_fn(move |_| -> Poll<()> {
        let _ = &guard;
        panic::panic_any(Bomb)
    });
    let handle = executor.spawn(task);
    let progress = unless_it_panics(|| executor.run_until_stalled());
    assert_eq!(progress.map(|progress| (progress.completed, progress.live)), Some((1, 0)));
    let panic = executor.block_on(handle).unwrap_err().into_panic();
    assert!(panic.is::<Bomb>(), "the first panic says more than the second");
    mem::forget(panic);
}

#[test]
fn a_panic_that_nobody_has_read_and_that_panics_when_it_is_dropped_goes_with_the_executor() {
    let executor = Executor::new();
    let handles: Vec<_> = (0..2).map(|_| executor.spawn(async { panic::panic_any(Bomb) })).collect();
    let _ = executor.run_until_stalled();
    drop(handles);
    assert!(executor.has_ready(), "there is a panic to raise");
    assert!(unless_it_panics(|| drop(executor)).is_some());
}

#[test]
fn a_panic_that_panics_when_it_is_dropped_goes_with_its_handle_where_the_executor_is_gone() {
    let executor = Executor::new();
    let bomb = executor.spawn(async { panic::panic_any(Bomb) });
    // It keeps what the executor was made of.
    let _other = executor.spawn(async {});
    let _ = executor.run_until_stalled();
    drop(executor);
    assert!(unless_it_panics(|| drop(bomb)).is_some(), "nobody is to hear of it");
}

#[test]
fn a_panic_of_an_observer_that_has_dropped_the_executor_is_raised_by_nobody() {
    let kept = Rc::new(RefCell::new(None::<Executor>));
    let taken = Rc::clone(&kept);
    let observer = move |event: &Event<'_>| {
        if matches!(event, Event::Spawned { .. }) {
            let executor = taken.borrow_mut().take();
            drop(executor);
            panic::panic_any(Bomb);
        }
    };
    let executor = Executor::builder().observer(observer).build();
    let spawner = executor.spawner();
    kept.replace(Some(executor));
    let handle = spawner.spawn(future::pending::<()>());
    assert!(handle.is_finished());
    assert!(unless_it_panics(|| drop(handle)).is_some());
}

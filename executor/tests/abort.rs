//! Ending a task early.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use executor::{AbortHandle, Executor, JoinHandle, block_on, select, yield_now};
use wakecheck::task;

use crate::support::{Log, OnDrop, recorded, watchdog};

fn assert_cancelled<T: 'static>(handle: JoinHandle<T>) {
    assert!(handle.is_finished());
    let result = task::spawn(handle).poll().map(|result| result.map(|_| ()));
    let Poll::Ready(Err(error)) = result else { panic!("{result:?} is not an error") };
    assert!(error.is_cancelled() && !error.is_panic(), "{error}");
}

#[test]
fn an_abort_handle_may_be_used_by_several_threads_at_once() {
    fn assert_shared<T: Send + Sync + 'static>(_: &T) {}
    let executor = Executor::new();
    let task = executor.spawn(std::future::pending::<()>());
    let handle = task.abort_handle();
    assert_shared(&handle);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| handle.abort());
        }
    });
    assert!(executor.block_on(task).unwrap_err().is_cancelled());
}

// compio `cancel_before_poll`; async-task `cancel_and_run`
#[test]
fn a_task_that_is_aborted_before_its_first_poll_is_never_polled() {
    let (executor, recorder) = recorded();
    let noted = recorder.clone();
    let guard = OnDrop(move || noted.note("dropped"));
    let handle = executor.spawn_named("a", async move {
        let _guard = &guard;
        unreachable!("it is aborted before");
    });
    handle.abort();
    assert!(!handle.is_finished(), "the future is dropped by the executor, not here");
    let _ = executor.tick();
    assert_eq!(recorder.take(), ["spawn a", "wake a by elsewhere, once more", "dropped", "cancel a"]);
    assert_cancelled::<()>(handle);
}

// tokio#3964
#[test]
fn an_abort_counts_though_the_handle_is_dropped_at_once() {
    let executor = Executor::new();
    let alive = Rc::new(());
    for abort in [JoinHandle::abort as fn(&JoinHandle<()>), |handle| handle.abort_handle().abort()] {
        let inner = Rc::clone(&alive);
        let handle = executor.spawn(async move {
            let _alive = inner;
            future::pending::<()>().await;
        });
        let _ = executor.tick();
        assert_eq!(Rc::strong_count(&alive), 2);
        abort(&handle);
        drop(handle);
        assert_eq!(executor.run_until_stalled().live, 0);
        assert_eq!(Rc::strong_count(&alive), 1);
    }
}

/// What a task does to itself in a poll.
type Deed = fn(&Waker, &AbortHandle, &JoinHandle<()>);

// async-task `cancel_during_run`, `wake_and_cancel_during_run`, `cancel_and_wake_during_run`
#[test]
fn a_task_that_wakes_and_aborts_itself_in_any_order_is_not_polled_again() {
    let deeds: [Deed; 6] = [
        |_, _, handle| handle.abort(),
        |_, abort_handle, _| abort_handle.abort(),
        |waker, _, handle| {
            waker.wake_by_ref();
            handle.abort();
        },
        |waker, _, handle| {
            handle.abort();
            waker.wake_by_ref();
        },
        |waker, abort_handle, _| {
            waker.wake_by_ref();
            abort_handle.abort();
        },
        |waker, abort_handle, _| {
            abort_handle.abort();
            waker.wake_by_ref();
        },
    ];
    for (number, deed) in deeds.into_iter().enumerate() {
        let executor = Executor::new();
        let own: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let (handle, polls) = (Rc::clone(&own), Rc::new(Cell::new(0)));
        let counted = Rc::clone(&polls);
        let task = executor.spawn(poll_fn(move |cx| {
            counted.set(counted.get() + 1);
            let handle = handle.borrow();
            let handle = handle.as_ref().expect("it is put there before the first poll");
            deed(cx.waker(), &handle.abort_handle(), handle);
            Poll::Pending
        }));
        own.replace(Some(task));
        assert_eq!(executor.run_until_stalled().live, 0);
        assert_eq!(polls.get(), 1, "deed {number}");
        assert_cancelled(own.take().expect("nobody took it"));
    }
}

// maitake `task_self_cancels`
#[test]
fn a_task_that_aborts_itself_and_is_done_keeps_its_output() {
    let executor = Executor::new();
    let own: Rc<Cell<Option<AbortHandle>>> = Rc::default();
    let abort_handle = Rc::clone(&own);
    let handle = executor.spawn(async move {
        abort_handle.take().expect("it is put there before the first poll").abort();
        "output"
    });
    own.set(Some(handle.abort_handle()));
    let _ = executor.run_until_stalled();
    assert_eq!(executor.block_on(handle).unwrap(), "output");
}

// tokio `remote_abort_local_set_3929`
#[test]
fn a_task_that_another_thread_aborts_is_dropped_on_the_executors_thread() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let dropped_on = Rc::new(Cell::new(None));
    let noted = Rc::clone(&dropped_on);
    let guard = OnDrop(move || noted.set(Some(thread::current().id())));
    let (sender, receiver) = mpsc::channel();
    let handle = executor.spawn(async move {
        let _guard = guard;
        sender.send(()).unwrap();
        future::pending::<()>().await;
    });
    let abort_handle = handle.abort_handle();
    let thread = thread::spawn(move || {
        receiver.recv().unwrap();
        abort_handle.abort();
    });
    assert!(executor.block_on(handle).unwrap_err().is_cancelled());
    assert_eq!(dropped_on.get(), Some(thread::current().id()));
    thread.join().unwrap();
}

#[test]
fn an_abort_of_a_task_that_is_gone_is_nothing_for_the_next_in_its_slot() {
    let executor = Executor::new();
    let first = executor.spawn(async {});
    let abort_handle = first.abort_handle();
    let _ = executor.run_until_stalled();
    drop(first);
    let second = executor.spawn(async { "second" });
    abort_handle.abort();
    assert_eq!(executor.block_on(second).unwrap(), "second");
    drop(executor);
    abort_handle.abort();
}

#[test]
fn an_abort_while_another_executor_runs_ends_none_of_its_tasks() {
    let (first, second) = (Executor::new(), Executor::new());
    let (aborted, other) = (first.spawn(yield_now()), second.spawn(yield_now()));
    assert_eq!(aborted.id(), other.id(), "each is the first of its executor");
    let abort_handle = aborted.abort_handle();
    second.block_on(async {
        abort_handle.abort();
        assert!(other.await.is_ok());
    });
    assert!(first.block_on(aborted).unwrap_err().is_cancelled());
}

#[test]
fn an_abort_in_a_tasks_own_poll_is_told_as_its_own() {
    let (executor, recorder) = recorded();
    let own: Rc<Cell<Option<AbortHandle>>> = Rc::default();
    let abort_handle = Rc::clone(&own);
    let task = poll_fn(move |_| {
        abort_handle.take().expect("it is put there before the first poll").abort();
        Poll::<()>::Pending
    });
    let handle = executor.spawn_named("a", task);
    own.set(Some(handle.abort_handle()));
    let _ = executor.run_until_stalled();
    assert_eq!(recorder.take(), ["spawn a", "poll a", "pending a", "wake a by itself", "cancel a"]);
}

#[test]
fn an_abort_of_a_task_that_is_done_is_not_told_and_gives_nobody_work() {
    let (executor, recorder) = recorded();
    let handle = executor.spawn_named("a", async { "output" });
    let _ = executor.tick();
    let _ = recorder.take();
    handle.abort();
    assert!(!executor.has_ready());
    handle.abort_handle().abort();
    let _ = executor.tick();
    assert_eq!(recorder.take(), [""; 0]);
    assert_eq!(executor.block_on(handle).unwrap(), "output");
}

// tokio#3964, #4724
#[test]
fn a_future_that_is_dropped_by_an_abort_may_abort_and_wake_others() {
    let (executor, recorder) = recorded();
    let handles: Rc<RefCell<Vec<JoinHandle<()>>>> = Rc::default();
    let next = Rc::clone(&handles);
    let guard = OnDrop(move || {
        let next = next.borrow_mut().pop();
        next.expect("there is one more").abort();
    });
    let first = executor.spawn_named("first", async move {
        let _guard = guard;
        future::pending::<()>().await;
    });
    handles.borrow_mut().push(executor.spawn_named("second", future::pending()));
    let _ = executor.tick();
    let _ = recorder.take();
    first.abort();
    let _ = executor.tick();
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        ["wake first by elsewhere", "wake second by first", "cancel first", "cancel second"]
    );
}

#[test]
fn a_handle_that_aborts_on_drop_ends_its_task_when_it_loses_a_select() {
    let log = Log::default();
    let noted = log.clone();
    block_on(async {
        let guard = OnDrop(move || noted.add("dropped"));
        let task = executor::spawn(async move {
            let _guard = guard;
            future::pending::<()>().await;
        });
        let _ = select(task.abort_on_drop(), yield_now()).await;
        yield_now().await;
        assert_eq!(log.take(), ["dropped"]);
    });
}

#[test]
fn a_handle_that_aborts_on_drop_gives_its_output_and_itself_back() {
    let executor = Executor::new();
    let task = executor.spawn(async { 7 }).abort_on_drop();
    assert_eq!(executor.block_on(task).unwrap(), 7);
    let handle = executor.spawn(yield_now()).abort_on_drop().into_inner();
    let id = handle.id();
    assert!(id.is_some());
    let task = handle.abort_on_drop();
    assert_eq!(task.get_ref().id(), id);
    drop(task.into_inner());
    assert_eq!(executor.run_until_stalled().completed, 1, "detached, not aborted");
}

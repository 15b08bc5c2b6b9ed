//! The hook that tells an embedder that there is something to do.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use executor::{Builder, Executor, JoinHandle, yield_now};

use crate::support::park::ScriptedPark;
use crate::support::{Log, OnDrop, PATIENCE, panic_of, watchdog};

/// Counts the calls of an `on_wake` hook.
#[derive(Clone, Default)]
struct Calls(Arc<AtomicUsize>);

impl Calls {
    fn counting(&self) -> Builder {
        let calls = Arc::clone(&self.0);
        Executor::builder().on_wake(move || _ = calls.fetch_add(1, Ordering::SeqCst))
    }

    /// How many there were since this was last asked.
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

/// Adds a task that is pending for ever, and returns its waker.
fn pending_task(executor: &Executor) -> Waker {
    let waker = Rc::new(Cell::new(None));
    let kept = Rc::clone(&waker);
    let task = poll_fn(move |cx| {
        kept.set(Some(cx.waker().clone()));
        Poll::<()>::Pending
    });
    executor.spawn(task).detach();
    let _ = executor.run_until_stalled();
    waker.take().expect("it was polled")
}

#[test]
fn the_hook_is_called_once_at_the_first_wake_from_this_thread() {
    let calls = Calls::default();
    let executor = calls.counting().build();
    let waker = pending_task(&executor);
    let _ = calls.take();
    assert!(!executor.has_ready());
    (0..3).for_each(|_| waker.wake_by_ref());
    assert_eq!(calls.take(), 1);
    assert!(executor.has_ready());
    assert_eq!(executor.tick().polled, 1);
    assert!(!executor.has_ready());
    waker.wake_by_ref();
    assert_eq!(calls.take(), 1, "and again after it has run");
}

#[test]
fn the_hook_is_called_once_at_the_first_wake_from_another_thread_and_on_it() {
    let (sender, called_on) = mpsc::channel();
    let hook = move || sender.send(thread::current().id()).unwrap();
    let executor = Executor::builder().on_wake(hook).build();
    let waker = pending_task(&executor);
    called_on.try_iter().for_each(drop);
    let thread = thread::spawn(move || {
        (0..3).for_each(|_| waker.wake_by_ref());
        thread::current().id()
    });
    let thread = thread.join().unwrap();
    assert_eq!(called_on.try_iter().collect::<Vec<_>>(), [thread]);
    assert_eq!(executor.tick().polled, 1);
}

#[test]
fn the_hook_is_called_for_spawns_and_aborts_and_unread_panics_too() {
    let calls = Calls::default();
    let executor = calls.counting().build();
    let handle = executor.spawn(future::pending::<()>());
    let other = executor.spawn(async {});
    assert_eq!(calls.take(), 1, "for the first spawn");
    let _ = executor.tick();
    handle.abort();
    assert_eq!(calls.take(), 1, "for the abort");
    let _ = executor.tick();
    let send_spawner = executor.send_spawner();
    thread::spawn(move || send_spawner.spawn(|| async {})).join().unwrap().unwrap();
    assert_eq!(calls.take(), 1, "for the spawn of another thread");
    let _ = executor.tick();
    assert!(other.is_finished());
    let panics = executor.spawn(async { panic!("unread") });
    let _ = executor.tick();
    let _ = calls.take();
    drop(panics);
    assert_eq!(calls.take(), 1, "for the panic that is to be raised");
    assert_eq!(panic_of(|| executor.tick()).as_deref(), Some("unread"));
}

#[test]
fn the_hook_is_not_called_for_what_happens_while_the_executor_runs() {
    let calls = Calls::default();
    let executor = calls.counting().build();
    let waker = pending_task(&executor);
    let spawner = executor.spawner();
    let task = async move {
        waker.wake_by_ref();
        thread::spawn(move || waker.wake()).join().unwrap();
        spawner.spawn(yield_now()).detach();
    };
    executor.spawn(task).detach();
    let _ = calls.take();
    let progress = executor.tick();
    assert_eq!(calls.take(), 0);
    assert_eq!(progress.ready, 2, "it is in what the tick says instead");
}

thread_local! {
    /// What a hook on this thread can reach, which a closure that is `Send` cannot hold.
    static EXECUTOR: RefCell<Option<Rc<Executor>>> = const { RefCell::new(None) };
}

#[test]
fn a_hook_that_runs_an_executor_that_is_asleep_down_the_stack_panics_with_advice() {
    let park = ScriptedPark::new();
    let tick = || EXECUTOR.with_borrow(|executor| _ = executor.as_ref().map(|executor| executor.tick()));
    let executor = Rc::new(Executor::builder().park(park.clone()).on_wake(tick).build());
    let waker = pending_task(&executor);
    EXECUTOR.set(Some(Rc::clone(&executor)));
    // While the executor sleeps, another one runs in its driver and wakes a task of the first.
    park.on_park(move || executor::block_on(async { waker.wake_by_ref() }));
    let advice = panic_of(|| executor.block_on(future::pending::<()>())).unwrap();
    assert!(advice.contains("already running"), "{advice}");
    EXECUTOR.take();
    assert_eq!(executor.tick().polled, 1, "the wake is not lost");
}

#[test]
fn a_hook_that_panics_undoes_nothing_of_what_it_was_called_for() {
    let armed = Arc::new(AtomicBool::new(false));
    let fires = Arc::clone(&armed);
    let hook = move || assert!(!fires.swap(false, Ordering::SeqCst), "the hook panics");
    let executor = Executor::builder().on_wake(hook).build();
    let waker = pending_task(&executor);
    let aborted = executor.spawn(future::pending::<()>());
    let unread = executor.spawn(async { panic!("unread") });
    let _ = executor.run_until_stalled();
    let log = Log::default();
    let noted = log.clone();
    let output = OnDrop(move || noted.add("output dropped"));
    let fire = |deed: &mut dyn FnMut()| {
        armed.store(true, Ordering::SeqCst);
        assert_eq!(panic_of(deed).as_deref(), Some("the hook panics"));
    };

    fire(&mut || waker.wake_by_ref());
    assert_eq!(executor.tick().polled, 1);
    fire(&mut || aborted.abort());
    assert_eq!(executor.tick().live, 1);
    assert!(aborted.is_finished());
    let mut unread = Some(unread);
    fire(&mut || drop(unread.take()));
    assert_eq!(panic_of(|| executor.tick()).as_deref(), Some("unread"));
    // Of a task without a handle nobody will take the output.
    let mut output = Some(output);
    fire(&mut || {
        let output = output.take();
        executor.spawn(async { output }).detach();
    });
    assert_eq!(executor.tick().completed, 1);
    assert_eq!(log.take(), ["output dropped"]);
}

// async-io's block_on tests; async-executor `different_executors`
#[test]
fn two_executors_on_one_thread_have_each_its_hook_and_its_wakes() {
    let (first_calls, second_calls) = (Calls::default(), Calls::default());
    let (first, second) = (first_calls.counting().build(), second_calls.counting().build());
    let (first_waker, second_waker) = (pending_task(&first), pending_task(&second));
    let _ = (first_calls.take(), second_calls.take());
    // A task of one wakes a task of the other: the same thread, but not the same queue.
    first.spawn(async move { second_waker.wake() }).detach();
    assert_eq!((first_calls.take(), second_calls.take()), (1, 0));
    assert_eq!(first.tick().polled, 1);
    assert_eq!((first_calls.take(), second_calls.take()), (0, 1));
    assert_eq!((first.tick().polled, second.tick().polled), (0, 1));
    second.spawn(async move { first_waker.wake() }).detach();
    assert_eq!((second.tick().polled, first.tick().polled), (1, 1));
    assert_eq!((first_calls.take(), second_calls.take()), (1, 1));
}

// An embedder sleeps when a tick says that nothing is ready, until the hook calls. So a wake that comes
// when the tick is as good as over must be in one or the other.
#[test]
fn a_remote_wake_at_the_end_of_a_tick_is_counted_by_the_tick_or_calls_the_hook() {
    let _watchdog = watchdog();
    let (hook, called) = mpsc::channel();
    let executor = Executor::builder().on_wake(move || hook.send(()).unwrap()).build();
    let (handle, thread) = spawn_exchange(&executor);
    while !handle.is_finished() {
        if executor.tick().ready == 0 && !handle.is_finished() {
            let lost = "there is something to do, and neither the tick said so nor the hook";
            called.recv_timeout(PATIENCE).expect(lost);
        }
    }
    executor::block_on(handle).unwrap();
    thread.join().unwrap();
}

// Here it must be the hook, since nothing is ready when this returns. A model in `loom/parks.rs` meets every moment.
#[test]
fn a_remote_wake_at_the_end_of_a_run_until_stalled_is_still_run_or_calls_the_hook() {
    let _watchdog = watchdog();
    let (hook, called) = mpsc::channel();
    let executor = Executor::builder().on_wake(move || hook.send(()).unwrap()).build();
    let (handle, thread) = spawn_exchange(&executor);
    while !handle.is_finished() {
        called.recv_timeout(PATIENCE).expect("there is something to do, and the hook did not say so");
        assert_eq!(executor.run_until_stalled().ready, 0);
    }
    executor::block_on(handle).unwrap();
    thread.join().unwrap();
}

/// Adds a task that asks a thread many times, and is woken by it at all moments of a run and after it.
fn spawn_exchange(executor: &Executor) -> (JoinHandle<()>, thread::JoinHandle<()>) {
    let (to_thread, from_task) = mpsc::channel::<u32>();
    let (to_task, from_thread) = async_channel::bounded(1);
    let thread = thread::spawn(move || {
        for number in from_task {
            (0..number % 500).for_each(|_| std::hint::spin_loop());
            to_task.try_send(number).unwrap();
        }
    });
    let handle = executor.spawn(async move {
        for number in 0..20_000 {
            to_thread.send(number).unwrap();
            assert_eq!(from_thread.recv().await, Ok(number));
        }
    });
    (handle, thread)
}

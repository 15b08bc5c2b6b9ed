//! Wakers that are not the executor's: whoever awaits a handle brings them along.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use executor::{Executor, JoinHandle, JoinSet, Spawner, join_all, yield_now};
use wakecheck::{WakerProbe, assert_pending, assert_ready, task};

use crate::support::wakers::{Deed, hooked};
use crate::support::{Log, panic_of, watchdog};

fn poll<T: 'static>(handle: &mut JoinHandle<T>, waker: &Waker) -> Poll<Option<T>> {
    Pin::new(handle).poll(&mut Context::from_waker(waker)).map(Result::ok)
}

// tokio's rule 5 of the join waker; async-io timer `poll_across_tasks`
#[test]
fn of_two_that_await_a_handle_the_last_is_woken_and_the_first_let_go() {
    let executor = Executor::new();
    let mut handle = executor.spawn(async { 7 });
    let ((first, first_probe), (last, last_probe)) = (WakerProbe::new(), WakerProbe::new());
    assert_eq!(poll(&mut handle, &first), Poll::Pending);
    assert_eq!(first_probe.live(), 2);
    assert_eq!(poll(&mut handle, &last), Poll::Pending);
    assert_eq!((first_probe.live(), last_probe.live()), (1, 2));
    let _ = executor.run_until_stalled();
    assert_eq!((first_probe.wakes(), last_probe.wakes()), (0, 1));
    assert_eq!(poll(&mut handle, &first), Poll::Ready(Some(7)));
    assert_eq!((first_probe.live(), last_probe.live()), (1, 1));
}

#[test]
fn a_waker_that_is_registered_already_is_not_cloned_again() {
    let executor = Executor::new();
    let mut handle = executor.spawn(future::pending::<()>());
    let (waker, probe) = WakerProbe::new();
    for _ in 0..3 {
        assert_eq!(poll(&mut handle, &waker), Poll::Pending);
        assert_eq!(probe.live(), 2);
    }
    drop(handle);
    assert_eq!(probe.live(), 1, "a handle that is gone keeps no waker");
}

// local-runtime `switch_waker`
#[test]
fn sets_and_joins_follow_the_task_that_polls_them_last() {
    let executor = Executor::new();
    let mut set = JoinSet::new();
    let _ = set.spawn_on(async { 1 }, &executor.spawner());
    let mut next = task::spawn(async { set.join_next().await.map(Result::unwrap) });
    let mut all = task::spawn(join_all([executor.spawn(yield_now()), executor.spawn(yield_now())]));
    assert_pending!(next.poll());
    assert_pending!(all.poll());
    next.swap_waker();
    all.swap_waker();
    assert_pending!(next.poll());
    assert_pending!(all.poll());
    let _ = executor.run_until_stalled();
    assert_eq!(assert_ready!(next.poll()), Some(1));
    assert_eq!(assert_ready!(all.poll()).len(), 2);
}

// async-task `waker_panic`; futures `proper_refcount_on_wake_panic`
#[test]
fn a_panic_in_the_wake_of_whoever_awaits_harms_no_task() {
    let executor = Executor::new();
    let mut handle = executor.spawn(async { "output" });
    let other = executor.spawn(async { "other" });
    let panics = hooked(|deed| assert_ne!(deed, Deed::Wake, "in wake"));
    assert_eq!(poll(&mut handle, &panics), Poll::Pending);
    assert!(panic_of(|| executor.run_until_stalled()).unwrap().contains("in wake"));
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Ready(Some("output")));
    assert_eq!(executor.block_on(other).unwrap(), "other");
}

// async-task `waker_panic`
#[test]
fn a_panic_in_the_clone_or_drop_of_a_waker_leaves_the_handle_as_it_was() {
    let executor = Executor::new();
    let mut handle = executor.spawn(async { "output" });
    let clone_panics = hooked(|deed| assert_ne!(deed, Deed::Clone, "in clone"));
    assert!(panic_of(|| poll(&mut handle, &clone_panics)).unwrap().contains("in clone"));
    // The hook is gone after its panic, so it is the clone in the handle that panics, once.
    let drop_panics = hooked(|deed| assert_ne!(deed, Deed::Drop, "in drop"));
    assert_eq!(poll(&mut handle, &drop_panics), Poll::Pending);
    assert!(panic_of(|| poll(&mut handle, Waker::noop())).unwrap().contains("in drop"));
    let _ = executor.run_until_stalled();
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Ready(Some("output")));
}

// local-runtime; tokio#8391
#[test]
fn the_clone_wake_and_drop_of_a_waker_may_use_the_executor() {
    let executor = Rc::new(Executor::new());
    let log = Log::default();
    let victim = executor.spawn(future::pending::<()>());
    let mut handle = executor.spawn(async { "output" });
    let hook = {
        let (log, spawner) = (log.clone(), executor.spawner());
        let others = RefCell::new(Some(victim));
        move |deed| use_executor(deed, &log, &spawner, &others)
    };
    let reentrant = hooked(hook);
    assert_eq!(poll(&mut handle, &reentrant), Poll::Pending);
    let _ = executor.run_until_stalled();
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Ready(Some("output")));
    drop(reentrant);
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(
        log.take(),
        [
            "Clone: spawned",
            "Wake: spawned",
            "Drop: spawned",
            "Clone ran",
            "Wake ran",
            "Drop ran", //
            "Drop: spawned",
            "Drop ran",
        ]
    );
}

/// Spawns, aborts and detaches.
fn use_executor(deed: Deed, log: &Log, spawner: &Spawner, victim: &RefCell<Option<JoinHandle<()>>>) {
    let ran = log.clone();
    log.add(format!("{deed:?}: spawned"));
    spawner.spawn(async move { ran.add(format!("{deed:?} ran")) }).detach();
    if let Some(victim) = victim.take() {
        victim.abort();
        drop(victim);
    }
}

#[test]
fn a_waker_that_a_task_takes_the_place_of_may_use_the_executor_when_it_is_dropped() {
    let (executor, log) = (Executor::new(), Log::default());
    let mut handle = executor.spawn(yield_now());
    let (noted, spawner) = (log.clone(), executor.spawner());
    let uses_executor = hooked(move |deed| {
        if deed == Deed::Drop {
            spawner.spawn(async {}).detach();
            noted.add("spawned");
        }
    });
    assert_eq!(poll(&mut handle, &uses_executor), Poll::Pending);
    let task = executor.spawn(handle);
    let progress = executor.run_until_stalled();
    assert_eq!((log.take().len(), progress.completed), (1, 3));
    assert!(task.is_finished());
}

#[test]
fn a_waker_whose_clone_lets_the_task_finish_hands_over_its_result() {
    let executor = Rc::new(Executor::new());
    let mut handle = Box::pin(executor.spawn(async { 7 }));
    let running = Rc::clone(&executor);
    let waker = hooked(move |deed| {
        if deed == Deed::Clone {
            let _ = running.tick();
        }
    });
    let poll = handle.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(matches!(poll, Poll::Ready(Ok(7))));
}

// rust#47949: what a function is about to return is lost if the drop of an argument panics.
#[test]
fn a_waker_whose_clone_lets_the_task_finish_and_whose_drop_panics_costs_no_result() {
    let executor = Rc::new(Executor::new());
    let mut handle = executor.spawn(async { "output" });
    let running = Rc::clone(&executor);
    let waker = hooked(move |deed| match deed {
        Deed::Clone => assert_eq!(running.tick().completed, 1),
        Deed::Wake => {}
        Deed::Drop => panic!("in drop"),
    });
    assert!(panic_of(|| poll(&mut handle, &waker)).unwrap().contains("in drop"));
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Ready(Some("output")));
}

// By the address of its waker a handle recognises the task that polls it. Where that waker was there may be another
// executor's next.
#[test]
fn a_waker_where_that_of_a_root_or_a_task_was_is_not_taken_for_theirs() {
    let _watchdog = watchdog();
    for round in 0..100 {
        let (executor, other) = (Executor::new(), Executor::new());
        let kept = if round % 2 == 0 {
            executor.block_on(poll_fn(|cx| Poll::Ready(cx.waker().clone())))
        } else {
            waker_of_a_task_that_is_done(&executor)
        };
        // In the same slot; with a waker of its own, since that one is still held.
        let mut handle = executor.spawn(async {});
        drop(kept);
        let mut polls = 0;
        let output = other.block_on(poll_fn(|cx| {
            polls += 1;
            let poll = Pin::new(&mut handle).poll(cx);
            if polls == 1 {
                assert!(poll.is_pending());
                assert_eq!(executor.tick().completed, 1);
            }
            poll
        }));
        assert!(output.is_ok() && polls == 2);
    }
}

fn waker_of_a_task_that_is_done(executor: &Executor) -> Waker {
    let kept = Rc::new(Cell::new(None));
    let keeps = Rc::clone(&kept);
    let leaves_waker = poll_fn(move |cx| {
        keeps.set(Some(cx.waker().clone()));
        Poll::Ready(())
    });
    executor.spawn(leaves_waker).detach();
    assert_eq!(executor.tick().completed, 1);
    kept.take().expect("it was polled")
}

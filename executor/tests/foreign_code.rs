//! Observers, orders, drivers and closures that do what nobody expects of them.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

use executor::{Event, Executor, JoinHandle, JoinSet, Park, Stats, TaskId, ThreadPark, yield_now};
use support::park::ScriptedPark;
use support::{Bomb, panic_of, unless_it_panics, watchdog};

/// A place where a task leaves its waker.
type WakerCell = Rc<RefCell<Option<Waker>>>;

/// Waits until it is woken once.
async fn once_woken(waker: WakerCell) {
    let mut first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut first) {
            *waker.borrow_mut() = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

fn wake(waker: &WakerCell) {
    let waker = waker.take();
    waker.into_iter().for_each(Waker::wake);
}

// It used to sleep for ever: the wake only queues, and the queue had been looked at before.
#[test]
fn what_an_observer_wakes_when_the_executor_is_about_to_sleep_keeps_it_awake() {
    let _watchdog = watchdog();
    let waker = WakerCell::default();
    let wakes = Rc::clone(&waker);
    let told = Rc::new(RefCell::new(Vec::new()));
    let tells = Rc::clone(&told);
    let executor = Executor::builder()
        .observer(move |event: &Event<'_>| match event {
            Event::Park { timeout: None } => {
                tells.borrow_mut().push("park");
                wake(&wakes);
            }
            Event::Unpark => tells.borrow_mut().push("unpark"),
            _ => {}
        })
        .build();
    executor.block_on(once_woken(waker));
    assert_eq!(*told.borrow(), ["park", "unpark"], "every beginning has an end");
}

#[test]
fn a_panic_of_an_observer_before_a_sleep_is_raised_instead_of_slept_on() {
    let executor = Executor::builder()
        .park(ScriptedPark::new())
        .observer(|event: &Event<'_>| {
            assert!(!matches!(event, Event::Park { timeout: None }), "no sleep before mine");
        })
        .build();
    let raised = panic_of(|| executor.block_on(pending::<()>())).unwrap();
    assert!(raised.contains("no sleep before mine"), "{raised}");
}

#[test]
fn a_panic_of_an_observer_tears_no_task_out_of_its_poll() {
    let _watchdog = watchdog();
    let armed = Rc::new(Cell::new(true));
    let panics = Rc::clone(&armed);
    let executor = Executor::builder()
        .observer(move |event: &Event<'_>| {
            assert!(
                !(matches!(event, Event::PollStart { .. }) && panics.take()),
                "the observer is not amused"
            );
        })
        .build();
    let handle = executor.spawn(async { "done" });
    let tick = catch_unwind(AssertUnwindSafe(|| executor.tick()));
    assert!(tick.is_err(), "the panic is raised when the round is over");
    assert_eq!(executor.block_on(handle).unwrap(), "done");
}

#[test]
fn statistics_of_a_block_on_end_with_it() {
    let _watchdog = watchdog();
    let stats = Stats::new();
    let executor = Executor::builder().observer(stats.clone()).build();
    for _ in 0..10 {
        executor.block_on(yield_now());
    }
    assert_eq!(stats.all(), []);
}

#[test]
fn a_root_that_woke_itself_and_panicked_leaves_nothing_ready() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let waker = RefCell::new(None);
    let root = catch_unwind(AssertUnwindSafe(|| {
        executor.block_on(poll_fn(|cx| -> Poll<()> {
            cx.waker().wake_by_ref();
            *waker.borrow_mut() = Some(cx.waker().clone());
            panic!("in the root")
        }));
    }));
    assert!(root.is_err());
    let progress = executor.tick();
    assert_eq!((progress.polled, progress.live, progress.ready), (0, 0, 0));
    waker.take().expect("the root left its waker").wake();
    assert!(!executor.has_ready(), "a late wake of it is none");
}

#[test]
fn an_order_is_asked_only_about_tasks_that_can_be_polled() {
    let _watchdog = watchdog();
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&asked);
    let executor = Executor::builder()
        .order(move |ready: &[TaskId]| {
            log.borrow_mut().push(ready.len());
            0
        })
        .build();
    let wakes_itself_and_ends = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    });
    executor.spawn(wakes_itself_and_ends).detach();
    executor.spawn(async {}).detach();
    let progress = executor.run_until_stalled();
    assert_eq!((progress.completed, progress.ready), (2, 0));
    assert_eq!(*asked.borrow(), [2, 1]);
}

#[test]
fn an_abort_handle_used_on_the_executor_s_thread_is_in_time_for_the_same_round() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let victim = Rc::new(RefCell::new(None));
    let aborts = Rc::clone(&victim);
    executor
        .spawn(async move {
            let handle: Option<executor::AbortHandle> = aborts.take();
            handle.expect("it was put there").abort();
        })
        .detach();
    let handle = executor.spawn(async { "polled" });
    *victim.borrow_mut() = Some(handle.abort_handle());
    assert!(executor.block_on(handle).unwrap_err().is_cancelled());
}

/// Counts its drops, and panics in them.
struct PanicsInDrop(Arc<AtomicUsize>);

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        if !std::thread::panicking() {
            panic_any(Bomb);
        }
    }
}

#[test]
fn closures_that_panic_in_their_drop_are_all_dropped_with_the_executor() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let spawner = executor.send_spawner();
    let drops = Arc::new(AtomicUsize::new(0));
    for _ in 0..10 {
        let panics = PanicsInDrop(Arc::clone(&drops));
        spawner.spawn(move || async move { drop(panics) }).unwrap();
    }
    assert_eq!(unless_it_panics(|| drop(executor)), Some(()));
    assert_eq!(drops.load(Ordering::Relaxed), 10);
    assert!(spawner.spawn(|| async {}).is_err());
}

/// Does something when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn while_it_shuts_down_an_executor_calls_nobody_and_accepts_nothing() {
    let _watchdog = watchdog();
    let calls = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&calls);
    let executor = Executor::builder().on_wake(move || _ = counts.fetch_add(1, Ordering::Relaxed)).build();
    let (spawner, refused) = (executor.send_spawner(), Rc::new(Cell::new(false)));
    let notes = Rc::clone(&refused);
    let unread = executor.spawn(async { panic!("nobody reads this") });
    let aborted = Rc::new(RefCell::new(None));
    let mut left = Some((unread, Rc::clone(&aborted)));
    executor
        .spawn(async move {
            let _guard = OnDrop(move || {
                notes.set(spawner.spawn(|| async {}).is_err());
                let (unread, aborted) = left.take().expect("it is dropped once");
                drop::<JoinHandle<()>>(unread);
                aborted.borrow().as_ref().map(JoinHandle::abort).expect("it waits");
            });
            pending::<()>().await;
        })
        .detach();
    *aborted.borrow_mut() = Some(executor.spawn(pending::<()>()));
    let _ = executor.run_until_stalled();
    let before = calls.load(Ordering::Relaxed);
    drop(executor);
    assert!(refused.get());
    assert_eq!(calls.load(Ordering::Relaxed), before);
}

/// A driver around another one, which does something before it sleeps. It follows the rule of [`Park::park`]: it wakes
/// the unparker when that something has woken a task.
struct BeforePark<F: Fn() -> bool> {
    hook: F,
    inner: ThreadPark,
}

impl<F: Fn() -> bool> Park for BeforePark<F> {
    fn park(&self, timeout: Option<Duration>) {
        if (self.hook)() {
            self.inner.unparker().wake();
        }
        self.inner.park(timeout);
    }

    fn unparker(&self) -> Waker {
        self.inner.unparker()
    }
}

// tokio#7835, tokio `before_park_*`
#[test]
fn a_driver_that_wakes_a_task_before_it_sleeps_can_keep_itself_awake() {
    let _watchdog = watchdog();
    let waker = WakerCell::default();
    let wakes = Rc::clone(&waker);
    let hook = move || {
        let woken = wakes.borrow().is_some();
        wake(&wakes);
        woken
    };
    let executor = Executor::with_park(BeforePark { hook, inner: ThreadPark::new() });
    executor.block_on(once_woken(waker));
}

#[test]
fn a_late_wake_of_a_child_that_is_done_is_no_poll_of_the_join_all() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (polls, waker) = (Rc::new(Cell::new(0)), WakerCell::default());
    let counts = Rc::clone(&polls);
    let leaves_waker = {
        let waker = Rc::clone(&waker);
        async move { poll_fn(|cx| Poll::Ready(_ = waker.borrow_mut().insert(cx.waker().clone()))).await }
    };
    let children: Vec<std::pin::Pin<Box<dyn Future<Output = ()>>>> =
        vec![Box::pin(leaves_waker), Box::pin(pending())];
    let mut all = executor::join_all(children);
    let counted = poll_fn(move |cx| {
        counts.set(counts.get() + 1);
        std::pin::Pin::new(&mut all).poll(cx).map(drop)
    });
    let task = executor.spawn(counted);
    let _ = executor.run_until_stalled();
    wake(&waker);
    let _ = executor.run_until_stalled();
    assert_eq!(polls.get(), 1);
    drop(task);
}

#[test]
fn a_set_whose_tasks_were_detached_is_as_good_as_new() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    executor.block_on(async {
        let mut set = JoinSet::new();
        set.spawn(async { 1 });
        set.detach_all();
        assert!(set.join_next().await.is_none());
        set.spawn(async { 2 });
        assert_eq!(set.join_next().await.unwrap().unwrap(), 2);
    });
}

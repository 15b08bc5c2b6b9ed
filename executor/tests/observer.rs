//! What an observer is told.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::{Event, Executor, Observer, Spawner, Stats, yield_now};
use wakecheck::Recorder;

use crate::support::park::ScriptedPark;
use crate::support::{Log, OnDrop, recorded, watchdog};

/// A future that is ready at its second poll, and leaves its waker behind in the first.
fn second_poll(waiting: &Rc<Cell<Option<Waker>>>) -> impl Future<Output = ()> + use<> {
    let waiting = Rc::clone(waiting);
    let mut polled = false;
    poll_fn(move |cx| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        waiting.set(Some(cx.waker().clone()));
        Poll::Pending
    })
}

#[test]
fn the_whole_life_of_tasks_is_told() {
    let (executor, recorder) = recorded();
    let child = executor.spawn_named("child", yield_now());
    let waits = executor.spawn_named("waits", future::pending::<()>());
    executor.block_on(async {
        child.await.unwrap();
        waits.abort();
        yield_now().await;
    });
    drop(executor);
    assert_eq!(
        recorder.take(),
        [
            "spawn child",
            "spawn waits",
            "spawn block_on", //
            "poll child",
            "wake child by itself",
            "pending child", //
            "poll waits",
            "pending waits", //
            "poll block_on",
            "pending block_on", //
            "poll child",
            "done child",
            "drop child",
            "wake block_on by child", //
            "poll block_on",
            "wake waits by block_on",
            "wake block_on by itself",
            "pending block_on", //
            "cancel waits",     //
            "poll block_on",
            "done block_on",
            "drop block_on",
        ]
    );
}

// tokio `wakes_to_local_queue`, #5095
#[test]
fn wakes_by_the_driver_are_told_as_such_and_need_no_message() {
    let park = ScriptedPark::new();
    let recorder = Recorder::new();
    let executor = Executor::builder().park(park.clone()).observer(recorder.clone()).build();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let socket = Rc::clone(&waiting);
    park.on_park(move || {
        if let Some(waker) = socket.take() {
            waker.wake();
        }
    });
    executor.block_on(second_poll(&waiting));
    assert_eq!(
        recorder.take(),
        [
            "spawn block_on",
            "poll block_on",
            "pending block_on", //
            "park",
            "wake block_on by the driver",
            "unpark", //
            "poll block_on",
            "done block_on",
            "drop block_on",
        ]
    );
    assert_eq!(park.unparks(), 0);
}

#[test]
fn a_wake_from_another_thread_is_told_when_the_executor_learns_of_it() {
    let _watchdog = watchdog();
    let (executor, recorder) = recorded();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    executor.spawn_named("a", second_poll(&waiting)).detach();
    let _ = executor.tick();
    let waker = waiting.take().expect("it was polled");
    let _ = recorder.take();
    thread::spawn(move || (0..3).for_each(|_| waker.wake_by_ref())).join().unwrap();
    recorder.note("woken");
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        ["woken", "wake a by elsewhere", "poll a", "done a", "drop a"],
        "three wakes that it learns of at once are one"
    );
}

#[test]
fn a_wake_that_changes_nothing_is_told_as_one_more() {
    let (executor, recorder) = recorded();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    executor.spawn_named("a", second_poll(&waiting)).detach();
    let _ = executor.tick();
    let waker = waiting.take().expect("it was polled");
    let _ = recorder.take();
    let remote = waker.clone();
    let wakes = async move {
        waker.wake_by_ref();
        waker.wake();
        thread::spawn(move || remote.wake()).join().unwrap();
    };
    executor.spawn_named("b", wakes).detach();
    let _ = executor.tick();
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        [
            "spawn b",
            "poll b",
            "wake a by b",
            "wake a by b, once more",
            "done b",
            "drop b", //
            "wake a by elsewhere, once more",
            "poll a",
            "done a",
            "drop a",
        ]
    );
}

#[test]
fn a_wake_in_the_drop_of_a_future_is_told_as_that_tasks() {
    let (executor, recorder) = recorded();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    executor.spawn_named("a", second_poll(&waiting)).detach();
    let guard = OnDrop(move || waiting.take().expect("it waits").wake());
    let handle = executor.spawn_named("b", async move {
        let _guard = guard;
        future::pending::<()>().await;
    });
    let _ = executor.tick();
    handle.abort();
    let _ = recorder.take();
    let _ = executor.tick();
    assert_eq!(recorder.take(), ["wake a by b", "cancel b"]);
}

#[test]
fn a_wake_in_the_drop_of_a_future_that_has_panicked_is_told_as_that_tasks() {
    let (executor, recorder) = recorded();
    let waiting = Rc::new(Cell::new(None::<Waker>));
    executor.spawn_named("a", second_poll(&waiting)).detach();
    let guard = OnDrop(move || waiting.take().expect("it waits").wake());
    // The panic does not unwind what the closure holds: that is dropped afterwards.
    let handle =
        executor.spawn_named("b", poll_fn(move |_| -> Poll<()> { panic!("with {:p}", &raw const guard) }));
    let _ = executor.tick();
    let trace = recorder.take();
    assert!(trace.ends_with(&["done b", "wake a by b", "drop b"].map(str::to_owned)), "{trace:#?}");
    assert!(handle.is_finished());
}

#[test]
fn the_place_and_the_name_of_a_spawn_are_told() {
    let places = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&places);
    let executor = Executor::builder()
        .observer(move |event: &Event<'_>| {
            if let Event::Spawned { name, location, .. } = event {
                noted.borrow_mut().push((name.map(str::to_owned), location.file(), location.line()));
            }
        })
        .build();
    let line = line!();
    executor.spawn(async {}).detach();
    executor.spawner().spawn_named("named", async {}).detach();
    executor.block_on(async { executor::spawn(async {}).detach() });
    let send_spawner = executor.send_spawner();
    send_spawner.spawn(|| async {}).unwrap();
    let _ = executor.run_until_stalled();
    let expected = [(None, 1), (Some("named"), 2), (Some("block_on"), 3), (None, 3), (None, 5)];
    let expected = expected.map(|(name, offset)| (name.map(str::to_owned), file!(), line + offset));
    assert_eq!(*places.borrow(), expected);
}

/// An observer that wakes, spawns and aborts.
struct Meddler {
    log: Log,
    spawner: Rc<RefCell<Option<Spawner>>>,
    waiting: Rc<Cell<Option<Waker>>>,
}

impl Observer for Meddler {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::PollStart { .. } = event {
            self.log.add("poll");
            if let Some(waker) = self.waiting.take() {
                waker.wake();
            }
            if let Some(spawner) = self.spawner.take() {
                spawner.spawn_named("the observer's", yield_now()).abort();
            }
        } else if let Event::Spawned { name: Some(name), .. } = event {
            self.log.add(format!("spawn {name}"));
        }
    }
}

#[test]
fn an_observer_may_use_the_executor_and_is_not_told_what_it_does_itself() {
    let log = Log::default();
    let (spawner, waiting) = (Rc::default(), Rc::new(Cell::new(None::<Waker>)));
    let meddler = Meddler { log: log.clone(), spawner: Rc::clone(&spawner), waiting: Rc::clone(&waiting) };
    let executor = Executor::builder().observer(meddler).build();
    let waits = executor.spawn_named("waits", second_poll(&waiting));
    let _ = executor.tick();
    spawner.replace(Some(executor.spawner()));
    executor.spawn_named("last", async {}).detach();
    let progress = executor.run_until_stalled();
    assert!(waits.is_finished());
    assert_eq!((progress.live, progress.completed), (0, 2), "the observer's own task was aborted");
    assert_eq!(log.take(), ["spawn waits", "poll", "spawn last", "poll", "poll"]);
}

#[test]
fn an_observer_that_is_there_changes_nothing_else() {
    let play = |executor: Executor| {
        let log = Log::default();
        for name in ["a", "b", "c"] {
            let log = log.clone();
            let task = async move {
                for step in 0..3 {
                    log.add(format!("{name}{step}"));
                    yield_now().await;
                }
            };
            executor.spawn(task).detach();
        }
        let progress = executor.run_until_stalled();
        (log.take(), progress)
    };
    assert_eq!(play(Executor::new()), play(recorded().0));
    assert_eq!(play(Executor::new()), play(Executor::builder().observer(Stats::with_time()).build()));
}

#[test]
fn the_counts_of_a_task_that_is_gone_are_forgotten() {
    let stats = Stats::with_time();
    let executor = Executor::builder().observer(stats.clone()).build();
    let handle = executor.spawn(async {
        yield_now().await;
        future::pending::<()>().await;
    });
    let id = handle.id().unwrap();
    let _ = executor.run_until_stalled();
    let counts = stats.of(id).unwrap();
    assert_eq!((counts.polls, counts.wakes, counts.coalesced), (2, 1, 0));
    assert!(!counts.busy.is_zero());
    handle.abort();
    let _ = executor.run_until_stalled();
    assert_eq!(stats.of(id), None);
    assert!(stats.all().is_empty());
}

#[test]
fn wakes_that_change_nothing_are_counted_apart_and_the_times_of_all_polls_together() {
    for (stats, timed) in [(Stats::new(), false), (Stats::with_time(), true)] {
        let executor = Executor::builder().observer(stats.clone()).build();
        let long = Duration::from_millis(1);
        let handle = executor.spawn(async move {
            let began = Instant::now();
            while began.elapsed() < long {}
            poll_fn(|cx| {
                (0..3).for_each(|_| cx.waker().wake_by_ref());
                Poll::Ready(())
            })
            .await;
            // The second poll is a short one.
            yield_now().await;
            future::pending::<()>().await;
        });
        let began = Instant::now();
        let _ = executor.run_until_stalled();
        let counts = stats.of(handle.id().unwrap()).unwrap();
        assert_eq!((counts.polls, counts.wakes, counts.coalesced), (2, 4, 3));
        assert!(counts.busy <= began.elapsed(), "{counts:?}");
        assert!(if timed { counts.busy >= long } else { counts.busy.is_zero() }, "{counts:?}");
    }
}

/// The trace from where the future of that task was dropped.
fn after_drop_of<'a>(trace: &'a [String], task: &str) -> &'a [String] {
    let dropped = trace.iter().position(|line| *line == format!("drop {task}"));
    &trace[dropped.expect("it is dropped")..]
}

#[test]
fn a_task_that_is_done_is_not_told_to_be_woken() {
    let (executor, recorder) = recorded();
    let other = executor.spawn_named("other", async {
        yield_now().await;
        yield_now().await;
    });
    let other = Rc::new(RefCell::new(Box::pin(other)));
    let awaited = Rc::clone(&other);
    let task = poll_fn(move |cx| {
        let _ = awaited.borrow_mut().as_mut().poll(cx);
        let waker = cx.waker().clone();
        thread::spawn(move || waker.wake()).join().unwrap();
        Poll::Ready(())
    });
    let handle = executor.spawn_named("task", task);
    let _ = executor.run_until_stalled();
    let trace = recorder.take();
    assert!(!after_drop_of(&trace, "task").iter().any(|line| line.starts_with("wake task")), "{trace:#?}");
    assert!(handle.is_finished());
}

#[test]
fn what_the_future_of_a_block_on_wakes_when_it_is_dropped_is_its_doing() {
    let (executor, recorder) = recorded();
    let waker = Rc::new(RefCell::new(None::<Waker>));
    let kept = Rc::clone(&waker);
    let task = poll_fn(move |cx| {
        *kept.borrow_mut() = Some(cx.waker().clone());
        Poll::<()>::Pending
    });
    executor.spawn_named("task", task).detach();
    let guard = OnDrop(move || waker.borrow().iter().for_each(Waker::wake_by_ref));
    // A closure keeps what it holds until it is dropped; an `async` block drops it in its last poll.
    executor.block_on(poll_fn(move |_| {
        let _held = &guard;
        Poll::Ready(())
    }));
    assert!(recorder.take().contains(&"wake task by block_on".to_owned()));
}

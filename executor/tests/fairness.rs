//! Everybody who is ready is polled, however busy the others are.

mod support;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use executor::{Event, Executor, SendSpawner, yield_now};

use crate::support::park::ScriptedPark;
use crate::support::{Log, recorded, watchdog};

/// While tasks are ready the driver looks after that many polls, at the end of the round.
const POLLS_PER_LOOK: usize = 61;

/// Adds a task that is ready for ever, and counts its polls.
fn spawn_storm(executor: &Executor) -> Rc<Cell<usize>> {
    let polls = Rc::new(Cell::new(0));
    let counted = Rc::clone(&polls);
    executor
        .spawn(async move {
            loop {
                counted.set(counted.get() + 1);
                yield_now().await;
            }
        })
        .detach();
    polls
}

/// A future that is ready when it was woken once.
fn woken_once(waiting: Rc<Cell<Option<Waker>>>) -> impl Future<Output = ()> {
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

// tokio `io_driver_called_when_under_load`, `complete_block_on_under_load`; time_rt `starving`
#[test]
fn a_task_that_is_always_ready_holds_up_neither_the_driver_nor_the_root() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let polls = spawn_storm(&executor);
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let socket = Rc::clone(&waiting);
    park.on_park(move || {
        if let Some(waker) = socket.take() {
            waker.wake();
        }
    });
    executor.block_on(woken_once(waiting));
    assert!(polls.get() <= POLLS_PER_LOOK + 2, "{} polls", polls.get());
    assert_eq!(park.take_timeouts(), [Some(Duration::ZERO)], "a look, and no sleep");
}

// tokio `yield_defers_until_park`, `yield_calls_park_before_scheduling_again`
#[test]
fn the_driver_looks_after_every_61_polls_and_the_round_they_end_in() {
    for tasks in [1, 7, 60, 61, 62, 200] {
        let park = ScriptedPark::new();
        let executor = Executor::with_park(park.clone());
        let mut polls: Vec<_> = (1..tasks).map(|_| spawn_storm(&executor)).collect();
        let counted = Rc::new(Cell::new(0));
        polls.push(Rc::clone(&counted));
        let last = executor.spawn(async move {
            for _ in 0..1000 {
                counted.set(counted.get() + 1);
                yield_now().await;
            }
        });
        let polls_at_looks = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&polls_at_looks);
        park.on_park(move || {
            // When the last task is done there is one less to poll.
            if polls[tasks - 1].get() < 1000 {
                noted.borrow_mut().push(polls.iter().map(|polls| polls.get()).sum::<usize>());
            }
        });
        executor.block_on(last).unwrap();
        let polls_at_looks = polls_at_looks.take();
        let rounds = POLLS_PER_LOOK.div_ceil(tasks);
        assert!(polls_at_looks.len() >= 1000 / rounds - 1, "{} looks", polls_at_looks.len());
        for pair in polls_at_looks.windows(2) {
            assert_eq!(pair[1] - pair[0], rounds * tasks, "with {tasks} tasks");
        }
    }
}

// tokio#1905 `local_tasks_are_polled_after_tick`
#[test]
fn all_tasks_that_are_ready_are_polled_in_one_round_however_many() {
    let executor = Executor::new();
    let log = Log::default();
    for number in 0..200 {
        let log = log.clone();
        executor.spawn(async move { log.add(number.to_string()) }).detach();
    }
    assert_eq!(executor.tick().polled, 200);
    // LocalPool `tasks_are_scheduled_fairly`
    assert!(log.take().into_iter().eq((0..200).map(|number| number.to_string())), "first come, first served");
}

// local-runtime serves last come, first
#[test]
fn tasks_are_polled_in_the_order_of_their_wakes() {
    let (executor, recorder) = recorded();
    let wakers = ["a", "b", "c"].map(|name| {
        let waiting = Rc::new(Cell::new(None));
        executor.spawn_named(name, woken_once(Rc::clone(&waiting))).detach();
        waiting
    });
    let _ = executor.tick();
    let _ = recorder.take();
    let waking = async move {
        for index in [1, 2, 0] {
            wakers[index].take().expect("it waits").wake();
        }
    };
    executor.spawn_named("waking", waking).detach();
    let _ = executor.tick();
    let _ = executor.tick();
    assert_eq!(
        recorder.take(),
        [
            "spawn waking",
            "poll waking", //
            "wake b by waking",
            "wake c by waking",
            "wake a by waking",
            "done waking",
            "drop waking", //
            "poll b",
            "done b",
            "drop b",
            "poll c",
            "done c",
            "drop c",
            "poll a",
            "done a",
            "drop a",
        ]
    );
}

// tokio's `global_queue_interval`
#[test]
fn local_load_does_not_hold_up_what_other_threads_wake() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let polls = spawn_storm(&executor);
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let remote = executor.spawn(woken_once(Rc::clone(&waiting)));
    let _ = executor.tick();
    let waker = waiting.take().expect("it waits");
    thread::spawn(move || waker.wake()).join().unwrap();
    let before = polls.get();
    let _ = executor.tick();
    assert!(remote.is_finished());
    assert_eq!(polls.get() - before, 1, "in the very next round");
}

// compio's piggybacked remote queue
#[test]
fn a_flood_of_remote_wakes_does_not_hold_up_local_tasks() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (sender, receiver) = mpsc::channel::<Waker>();
    let (started_sender, started) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let flood = thread::spawn(move || {
        let waker = receiver.recv().unwrap();
        waker.wake_by_ref();
        started_sender.send(()).unwrap();
        while !stopped.load(Ordering::Relaxed) {
            waker.wake_by_ref();
        }
    });
    let flooded = executor.spawn(poll_fn(move |cx| {
        // Only the first poll finds somebody who wants the waker.
        let _ = sender.send(cx.waker().clone());
        Poll::<()>::Pending
    }));
    executor.block_on(async {
        yield_now().await;
        started.recv().unwrap();
        for _ in 0..10_000 {
            yield_now().await;
        }
    });
    stop.store(true, Ordering::Relaxed);
    flood.join().unwrap();
    assert!(!flooded.is_finished());
}

// tokio `ping_pong_saturation`
#[test]
fn two_tasks_that_wake_each_other_for_ever_do_not_hold_up_a_third() {
    let executor = Executor::new();
    let log = Log::default();
    let (ping, pong) = (async_channel::bounded(1), async_channel::bounded(1));
    for (name, own, other) in [("ping", ping.1, pong.0.clone()), ("pong", pong.1, ping.0.clone())] {
        let log = log.clone();
        let task = async move {
            while own.recv().await.is_ok() {
                log.add(name);
                other.send(()).await.unwrap();
            }
        };
        executor.spawn(task).detach();
    }
    let noted = log.clone();
    let third = executor.spawn(async move {
        for _ in 0..3 {
            noted.add("third");
            yield_now().await;
        }
    });
    ping.0.try_send(()).unwrap();
    (0..4).for_each(|_| _ = executor.tick());
    assert!(third.is_finished());
    assert_eq!(log.take(), ["ping", "pong", "third", "ping", "third", "pong", "third", "ping"]);
    assert_eq!(executor.tick().ready, 1, "they go on");
}

// tokio#2460, #2462; LocalSet `run_until_does_not_get_own_budget`
#[test]
fn the_root_is_polled_as_often_as_a_task() {
    let executor = Executor::new();
    let storms = [(); 3].map(|()| spawn_storm(&executor));
    executor.block_on(async {
        for _ in 0..100 {
            yield_now().await;
        }
    });
    assert_eq!(storms.map(|polls| polls.get()), [101; 3]);
}

// futures#2593 `self_waking_run_until_stalled`
#[test]
fn running_until_stalled_ends_when_self_waking_tasks_do_and_a_tick_in_any_case() {
    let executor = Executor::new();
    let finite = executor.spawn(async {
        for _ in 0..10 {
            yield_now().await;
        }
    });
    let progress = executor.run_until_stalled();
    assert_eq!((progress.polled, progress.completed, progress.ready), (11, 1, 0));
    assert!(finite.is_finished());
    let polls = spawn_storm(&executor);
    let progress = executor.tick();
    assert_eq!((progress.polled, progress.live, progress.ready, polls.get()), (1, 1, 1, 1));
}

#[test]
fn running_until_stalled_lets_the_driver_look_while_tasks_are_ready() {
    let _watchdog = watchdog();
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let arrived = Rc::new(Cell::new(false));
    let event = Rc::clone(&arrived);
    park.on_park(move || event.set(true));
    executor
        .spawn(async move {
            while !arrived.get() {
                yield_now().await;
            }
        })
        .detach();
    let progress = executor.run_until_stalled();
    assert_eq!((progress.polled, progress.completed), (POLLS_PER_LOOK + 1, 1));
}

#[test]
fn a_look_that_is_due_when_nothing_is_ready_is_the_sleep() {
    for (yields, timeouts) in [(60, vec![None]), (61, vec![Some(Duration::ZERO), None])] {
        let park = ScriptedPark::new();
        let executor = Executor::with_park(park.clone());
        let waiting = Rc::new(Cell::new(None::<Waker>));
        let socket = Rc::clone(&waiting);
        park.on_park(move || {
            if let Some(waker) = socket.take() {
                waker.wake();
            }
        });
        executor.block_on(async {
            for _ in 0..yields {
                yield_now().await;
            }
            woken_once(waiting).await;
        });
        assert_eq!(park.take_timeouts(), timeouts, "after {yields} yields");
    }
}

#[test]
fn a_sleep_is_a_look() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let waiting = Rc::new(Cell::new(None::<Waker>));
    let socket = Rc::clone(&waiting);
    park.on_park(move || socket.take().expect("it sleeps once").wake());
    executor.block_on(async {
        for _ in 0..50 {
            yield_now().await;
        }
        woken_once(waiting).await;
        for _ in 0..50 {
            yield_now().await;
        }
    });
    assert_eq!(park.take_timeouts(), [None]);
}

#[test]
fn what_is_posted_while_the_post_is_opened_waits_for_the_next_round() {
    let _watchdog = watchdog();
    let spawner = Rc::new(RefCell::new(None::<SendSpawner>));
    let posts = Rc::clone(&spawner);
    let post =
        |spawner: SendSpawner| thread::spawn(move || spawner.spawn(|| async {}).unwrap()).join().unwrap();
    // Whenever a task comes out of the post, another thread posts one more.
    let observer = move |event: &Event<'_>| {
        if let (Event::Spawned { .. }, Some(spawner)) = (event, posts.borrow().clone()) {
            post(spawner);
        }
    };
    let executor = Executor::builder().observer(observer).build();
    spawner.replace(Some(executor.send_spawner()));
    post(executor.send_spawner());
    // The post is opened when the tick begins, when its round does, and when it ends: two tasks are polled, the third
    // one waits for its poll, and the fourth is still in the post.
    let progress = executor.tick();
    assert_eq!((progress.completed, progress.ready), (2, 2));
    spawner.take();
}

#[test]
fn what_is_spawned_in_a_round_waits_for_the_next() {
    let executor = Executor::new();
    let log = Log::default();
    let (outer, inner) = (log.clone(), log.clone());
    let spawner = executor.spawner();
    let spawns = async move {
        spawner.spawn(async move { inner.add("inner") }).detach();
        outer.add("outer");
    };
    executor.spawn(spawns).detach();
    assert_eq!(executor.tick().ready, 1);
    assert_eq!(log.take(), ["outer"]);
    assert_eq!(executor.tick().polled, 1);
    assert_eq!(log.take(), ["inner"]);
}

#[test]
fn a_sleep_that_does_not_come_about_is_no_look() {
    let looks = Rc::new(Cell::new(0));
    let waker = Rc::new(RefCell::new(None::<Waker>));
    let (counted, woken) = (Rc::clone(&looks), Rc::clone(&waker));
    let executor = Executor::builder()
        .observer(move |event: &Event<'_>| match event {
            // Before each sleep another thread has woken the future, so that there is none.
            Event::Park { timeout: None } => {
                let waker = woken.borrow().clone();
                if let Some(waker) = waker {
                    thread::spawn(move || waker.wake()).join().unwrap();
                }
            }
            Event::Park { .. } => counted.set(counted.get() + 1),
            _ => {}
        })
        .build();
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        *waker.borrow_mut() = Some(cx.waker().clone());
        polls += 1;
        if polls <= 10 * POLLS_PER_LOOK { Poll::Pending } else { Poll::Ready(()) }
    }));
    assert_eq!(looks.get(), 10);
}

#[test]
fn however_many_tasks_are_woken_in_a_poll_the_first_comes_first() {
    let (executor, log) = (Executor::new(), Log::default());
    let noted = log.clone();
    executor.block_on(async {
        for number in 0..500 {
            let noted = noted.clone();
            executor::spawn(async move { noted.add(number.to_string()) }).detach();
        }
        yield_now().await;
    });
    assert!(log.take().into_iter().eq((0..500).map(|number: u32| number.to_string())));
}

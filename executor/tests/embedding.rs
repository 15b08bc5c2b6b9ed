//! An executor in a loop that belongs to somebody else.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::{Executor, Park, yield_now};

use crate::support::park::ScriptedPark;
use crate::support::{OnDrop, watchdog};

// compio `current_timeout`; maitake `Turn`
#[test]
fn a_tick_never_sleeps() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    executor.spawn(future::pending::<()>()).detach();
    let _ = executor.tick();
    (0..100).for_each(|_| assert_eq!(executor.tick().polled, 0));
    let timeouts = park.take_timeouts();
    assert!(timeouts.len() >= 100 && timeouts.iter().all(|timeout| *timeout == Some(Duration::ZERO)));
}

// compio `current_timeout`
#[test]
fn the_next_deadline_is_the_drivers() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let deadline = Instant::now() + Duration::from_secs(1);
    // A timer that is there as long as its task is.
    park.set_deadline(Some(deadline));
    let timer = park.clone();
    let guard = OnDrop(move || timer.set_deadline(None));
    let handle = executor.spawn(async move {
        let _guard = guard;
        future::pending::<()>().await;
    });
    let _ = executor.tick();
    assert_eq!(executor.next_deadline(), Some(deadline));
    handle.abort();
    let _ = executor.tick();
    assert_eq!(executor.next_deadline(), None, "it was the only timer");
}

#[test]
fn a_tick_says_what_it_did_and_what_it_left() {
    let executor = Executor::new();
    let numbers =
        |progress: executor::Progress| (progress.polled, progress.completed, progress.live, progress.ready);
    assert_eq!(numbers(executor.tick()), (0, 0, 0, 0));
    executor.spawn(async {}).detach();
    executor.spawn(yield_now()).detach();
    let pending = executor.spawn(future::pending::<()>());
    let _panics = executor.spawn(async { panic!("in its handle") });
    assert_eq!(numbers(executor.tick()), (4, 2, 2, 1));
    assert_eq!(numbers(executor.tick()), (1, 1, 1, 0));
    pending.abort();
    assert_eq!(numbers(executor.tick()), (0, 0, 0, 0), "an abort is neither a poll nor a completion");
    executor.spawn(async {}).detach();
    executor.spawn(yield_now()).detach();
    assert_eq!(numbers(executor.run_until_stalled()), (3, 2, 0, 0));
}

/// A driver that writes down how it is asked.
#[derive(Clone, Default)]
struct Asked(Rc<RefCell<Vec<&'static str>>>);

impl Park for Asked {
    fn park(&self, _: Option<Duration>) {
        self.0.borrow_mut().push("park");
    }

    fn look(&self) {
        self.0.borrow_mut().push("look");
    }

    fn unparker(&self) -> Waker {
        Waker::noop().clone()
    }
}

#[test]
fn a_driver_is_asked_to_look_if_tasks_are_ready_and_to_park_if_none_is() {
    let asked = Asked::default();
    let executor = Executor::with_park(asked.clone());
    let _ = executor.tick();
    executor.spawn(yield_now()).detach();
    // It is ready before the first of these and, having woken itself, before the second.
    (0..3).for_each(|_| _ = executor.tick());
    assert_eq!(asked.0.take(), ["park", "look", "look", "park"]);
}

// tokio `before_park_*`, #7835, #8212
#[test]
fn a_driver_that_wakes_and_spawns_keeps_the_executor_from_sleeping() {
    let park = ScriptedPark::new();
    let executor = Executor::with_park(park.clone());
    let (spawner, waiting) = (executor.spawner(), Rc::new(Cell::new(None::<Waker>)));
    let socket = Rc::clone(&waiting);
    let mut calls = 0;
    park.on_park(move || {
        calls += 1;
        match calls {
            1 => spawner.spawn(async {}).detach(),
            2 => socket.take().expect("it waits").wake(),
            _ => unreachable!("there is always something to do"),
        }
    });
    let mut polls = 0;
    executor.block_on(poll_fn(|cx| {
        polls += 1;
        waiting.set(Some(cx.waker().clone()));
        if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
    }));
    assert_eq!(polls, 2);
    assert_eq!(park.take_timeouts(), [None, None]);
}

/// What a loop of windows, say, is sent.
enum Event {
    ExecutorHasWork,
    Input(u32),
}

#[test]
fn an_executor_lives_in_an_event_loop_that_sleeps_elsewhere() {
    let _watchdog = watchdog();
    let (events, next_event) = mpsc::channel::<Event>();
    let hook = { move |events: &Sender<Event>| events.send(Event::ExecutorHasWork).unwrap() };
    let sender = events.clone();
    let executor = Executor::builder().on_wake(move || hook(&sender)).build();
    let (input, inputs) = async_channel::unbounded();
    let sum = executor.spawn(async move {
        let mut sum = 0;
        while let Ok(number) = inputs.recv().await {
            sum += number;
        }
        sum
    });
    // A user at work, on another thread; the last input closes the window.
    let user = thread::spawn(move || (0..=100).rev().for_each(|n| events.send(Event::Input(n)).unwrap()));
    let (mut input, mut work) = (Some(input), 0);
    while !sum.is_finished() {
        match next_event.recv().unwrap() {
            Event::Input(0) => input = None,
            Event::Input(number) => input.as_ref().unwrap().try_send(number).unwrap(),
            Event::ExecutorHasWork => {
                work += 1;
                let _ = executor.run_until_stalled();
            }
        }
    }
    user.join().unwrap();
    assert_eq!(executor::block_on(sum).unwrap(), 5050);
    assert!(work >= 2);
}

#[test]
fn what_was_woken_and_is_done_is_nothing_to_do() {
    let last_words = || {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(())
        })
    };
    let executor = Executor::new();
    executor.block_on(last_words());
    assert!(!executor.has_ready());
    executor.spawn(last_words()).detach();
    assert_eq!(executor.tick().ready, 0);
    assert!(!executor.has_ready());
}

#[test]
fn an_aborted_task_is_not_counted_as_ready() {
    let executor = Executor::new();
    let aborted = executor.spawn(future::pending::<()>());
    let _ = executor.tick();
    aborted.abort();
    let yielding = async {
        loop {
            yield_now().await;
        }
    };
    executor.spawn(yielding).detach();
    assert_eq!(executor.tick().ready, 1);
}

#[test]
fn a_tick_polls_what_an_interrupted_round_has_left_and_everything_else_that_is_ready() {
    let executor = Executor::new();
    let ran = Rc::new(Cell::new(0));
    let count = || {
        let ran = Rc::clone(&ran);
        async move { ran.set(ran.get() + 1) }
    };
    // The future is ready in front of the task that it spawns, and ends the round there.
    executor.block_on(async {
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        waker.wake();
        executor::spawn(count()).detach();
        yield_now().await;
    });
    executor.spawn(count()).detach();
    let progress = executor.tick();
    assert_eq!((progress.polled, progress.ready, ran.get()), (2, 0, 2));
}

#[test]
fn a_tick_ends_however_much_other_threads_go_on_posting() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let over = Arc::new(AtomicBool::new(false));
    let waiting = Arc::new(AtomicUsize::new(0));
    let threads = [(); 2].map(|()| {
        let (spawner, over, waiting) = (executor.send_spawner(), Arc::clone(&over), Arc::clone(&waiting));
        thread::spawn(move || {
            loop {
                // There is always something, but not ever more: else each tick would be longer than the one before.
                if waiting.load(Ordering::Relaxed) < 100 {
                    waiting.fetch_add(1, Ordering::Relaxed);
                    let waiting = Arc::clone(&waiting);
                    let task = move || {
                        waiting.fetch_sub(1, Ordering::Relaxed);
                        async {}
                    };
                    spawner.spawn(task).expect("the executor is there");
                }
                if over.load(Ordering::Relaxed) {
                    break;
                }
                thread::yield_now();
            }
        })
    });
    // None of these would end before the threads do, which wait for all of them. Few, since each has to do with what
    // came during the one before: where the threads are quicker, that grows from tick to tick.
    let completed: usize = (0..3).map(|_| executor.tick().completed).sum();
    over.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let progress = executor.run_until_stalled();
    assert!(completed + progress.completed > 0);
    assert_eq!((progress.live, progress.ready), (0, 0));
}

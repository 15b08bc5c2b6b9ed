//! Wakes and sleep: from other threads, at every moment; and under load.

mod support;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use executor::{Event, Executor, Park, spawn, yield_now};
use reactor::{Reactor, sleep};

use support::{Rig, SharedPark, read_some, run, watchdog};

/// The park has no timer and no socket, so nothing else can end it.
#[test]
fn a_wake_from_another_thread_ends_a_park() {
    let _watchdog = watchdog();
    let reactor = Reactor::new().unwrap();
    let (about_to_park, parks) = mpsc::channel();
    let unparker = reactor.unparker();
    let other = thread::spawn(move || parks.iter().for_each(|()| unparker.wake_by_ref()));
    for _ in 0..1000 {
        about_to_park.send(()).unwrap();
        reactor.park(None);
    }
    drop(about_to_park);
    other.join().unwrap();
}

#[test]
fn a_wake_before_the_park_ends_that_one_and_no_further_one() {
    let rig = Rig::new();
    for _ in 0..100 {
        rig.reactor.unparker().wake();
    }
    rig.reactor.park(None);
    #[cfg(unix)]
    assert!(!support::wants_a_turn(&rig.reactor), "one park is enough for any number of wakes");
    rig.reactor.park(Some(Duration::from_millis(1)));
}

/// Who is woken whenever the thread is about to sleep keeps it from sleeping, and not from looking: tokio has this as
/// the tests whose names begin with `before_park` (tokio#7835, #8212).
#[test]
fn a_task_that_is_woken_before_every_sleep_keeps_nobody_from_a_socket_or_a_timer() {
    let rig = Rig::new();
    let connected = rig.connect();
    let sleepless = Rc::new(RefCell::new(None::<Waker>));
    let wakes = Rc::new(Cell::new(0));
    let (waker, woken) = (Rc::clone(&sleepless), Rc::clone(&wakes));
    let observer = move |event: &Event<'_>| {
        if let (Event::Park { .. }, Some(waker)) = (event, &*waker.borrow()) {
            woken.set(woken.get() + 1);
            waker.wake_by_ref();
        }
    };
    let executor = Executor::builder().park(SharedPark(Rc::clone(&rig.reactor))).observer(observer).build();
    executor
        .spawn(poll_fn(move |cx| {
            sleepless.replace(Some(cx.waker().clone()));
            Poll::<()>::Pending
        }))
        .detach();
    executor.block_on(async {
        let (stream, mut peer) = connected;
        let other = thread::spawn(move || peer.write_all(b"!").unwrap());
        assert_eq!(read_some(&stream, &mut [0; 8]).await.unwrap(), 1);
        other.join().unwrap();
        sleep(Duration::from_millis(5)).await;
    });
    assert!(wakes.get() > 0, "there was no sleep to be kept from");
}

#[test]
fn an_unparker_that_outlives_its_reactor_does_nothing() {
    let reactor = Reactor::new().unwrap();
    let unparker = reactor.unparker();
    drop(reactor);
    unparker.wake_by_ref();
    thread::spawn(move || unparker.wake()).join().unwrap();
}

/// The wake can come when the executor has found its queue empty and is about to sleep (tokio#1768,
/// tokio#1788).
#[test]
fn no_wake_is_lost_between_the_last_look_at_the_queue_and_the_sleep() {
    let signal = Arc::new(Signal::default());
    let (asked, questions) = mpsc::channel();
    let answers = Arc::clone(&signal);
    let other = thread::spawn(move || questions.iter().for_each(|number| answers.set(number)));
    run(async {
        for number in 1..=10_000 {
            asked.send(number).unwrap();
            signal.reached(number).await;
        }
    });
    drop(asked);
    other.join().unwrap();
}

/// The second wake can fall into the poll that the first has caused (compio#948).
#[test]
fn the_second_of_two_wakes_is_not_swallowed_by_the_poll_for_the_first() {
    let signal = Arc::new(Signal::default());
    let (asked, questions) = mpsc::channel();
    let answers = Arc::clone(&signal);
    let other = thread::spawn(move || {
        for number in questions {
            answers.set(number - 1);
            answers.set(number);
        }
    });
    run(async {
        for round in 1..=5_000 {
            asked.send(2 * round).unwrap();
            signal.reached(2 * round).await;
        }
    });
    drop(asked);
    other.join().unwrap();
}

/// A wake never blocks and never polls, so whoever wakes may hold what the woken task needs
/// (compio#1044).
#[test]
fn a_thread_may_hold_the_lock_that_the_task_it_wakes_will_take() {
    let shared = Arc::new(Mutex::new(0));
    let signal = Arc::new(Signal::default());
    let (theirs, wakes) = (Arc::clone(&shared), Arc::clone(&signal));
    let other = thread::spawn(move || {
        for number in 1..=1000 {
            let mut held = theirs.lock().unwrap();
            wakes.set(number);
            *held += 1;
        }
    });
    run(async {
        for number in 1..=1000 {
            signal.reached(number).await;
            assert!(*shared.lock().unwrap() >= number);
        }
    });
    other.join().unwrap();
}

/// While there is always something to do, there is no sleep in which events would be noticed (tokio
/// has this as `io_driver_called_when_under_load` and, for timers, as `starving`).
#[test]
fn a_task_that_is_always_ready_starves_neither_sockets_nor_timers() {
    let rig = Rig::new();
    let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
    let (stream, mut peer) = rig.connect();
    executor.block_on(async {
        let storm = spawn(async {
            loop {
                yield_now().await;
            }
        });
        let read = spawn(async move { read_some(&stream, &mut [0; 8]).await });
        sleep(Duration::from_millis(1)).await;
        peer.write_all(b"data").unwrap();
        assert_eq!(read.await.unwrap().unwrap(), 4);
        storm.abort();
    });
}

/// The driver looks after 61 polls at the latest, and the round they end in; who is woken then is polled in the next one.
#[test]
#[cfg(unix)]
fn a_socket_is_served_within_three_rounds_and_61_polls_whatever_else_is_ready() {
    const STORM: usize = 100;
    run(async {
        let (polls, seen) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        for _ in 0..STORM {
            let polls = Rc::clone(&polls);
            spawn(async move {
                loop {
                    polls.set(polls.get() + 1);
                    yield_now().await;
                }
            })
            .detach();
        }
        let (here, there) = reactor::UnixStream::pair().unwrap();
        let (counted, found) = (Rc::clone(&polls), Rc::clone(&seen));
        spawn(async move {
            while there.readable().await.is_ok() {
                let _ = there.try_read(&mut [0; 8]).map(|_| found.set(counted.get()));
            }
        })
        .detach();
        for _ in 0..100 {
            yield_now().await;
            seen.set(0);
            let written = polls.get();
            assert_eq!(here.try_write(b"x").unwrap(), 1);
            while seen.get() == 0 {
                yield_now().await;
            }
            let waited = seen.get() - written;
            assert!(waited <= 61 + 3 * STORM, "it was polled {waited} polls later");
        }
    });
}

/// Nor does a socket that always has something starve the others: one event wakes one task, for one
/// round.
#[test]
fn a_socket_that_is_always_ready_starves_neither_timers_nor_other_sockets() {
    run(async {
        let (source, sink) = support::connection().await;
        let flood = spawn(async move {
            loop {
                support::write_all(&source, &[0; 1 << 16]).await.unwrap();
            }
        });
        let drain = spawn(async move {
            let mut buffer = vec![0; 1 << 16];
            while read_some(&sink, &mut buffer).await.is_ok_and(|length| length > 0) {}
        });
        let (near, far) = support::connection().await;
        for _ in 0..10 {
            sleep(Duration::from_micros(100)).await;
            support::write_all(&near, b"ping").await.unwrap();
            assert_eq!(read_some(&far, &mut [0; 8]).await.unwrap(), 4);
        }
        flood.abort();
        drain.abort();
    });
}

/// A number that only grows, set on one thread and awaited on another.
#[derive(Default)]
struct Signal {
    number: AtomicUsize,
    waker: Mutex<Option<Waker>>,
}

impl Signal {
    fn set(&self, number: usize) {
        self.number.store(number, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    async fn reached(&self, number: usize) {
        poll_fn(|cx| {
            *self.waker.lock().unwrap() = Some(cx.waker().clone());
            if self.number.load(Ordering::SeqCst) >= number { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

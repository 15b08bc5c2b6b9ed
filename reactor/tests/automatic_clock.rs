//! A clock that goes by itself when nothing else can happen, and what it waits for: C88.

mod support;

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::io::{ErrorKind, Read, Write};
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::{Park, select, yield_now};
use reactor::{Direction, Reactor, TcpListener, VirtualClock, interval, now, sleep, sleep_until, timeout};

use support::clock::{HOUR, MILLISECOND, SECOND, Trace, executor_of};
use support::timers::{LONG, armed_long, poll_sleep};
use support::wakers::Count;
use support::{ANY_PORT, Rig, poll_read, read_exact, watchdog};

/// tokio has this as `paused_time_is_deterministic`.
#[test]
fn an_automatic_clock_goes_from_deadline_to_deadline_and_is_exact() {
    let traces = [(); 2].map(|()| {
        let clock = VirtualClock::auto();
        let rig = Rig::with_clock(&clock);
        let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
        executor.block_on(async {
            let limited = timeout(25 * MILLISECOND, async {
                let mut interval = interval(10 * MILLISECOND);
                loop {
                    interval.tick().await;
                    trace.note("tick");
                }
            });
            assert!(limited.await.is_err());
            trace.note("limit");
            sleep(HOUR).await;
            trace.note("hour");
        });
        trace.take()
    });
    assert_eq!(traces[0], [("tick", 0), ("tick", 10), ("tick", 20), ("limit", 25), ("hour", 3_600_025)]);
    assert_eq!(traces[0], traces[1]);
}

/// What the clock has to do, it does without sleeping: a year in two turns.
#[test]
fn a_turn_that_may_sleep_moves_an_automatic_clock_and_one_that_may_not_does_not() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (start, count) = (clock.now(), Count::new());
    let mut year = sleep(365 * 24 * HOUR);
    assert!(poll_sleep(&mut year, count.waker()).is_pending());
    for _ in 0..10 {
        assert_eq!(rig.look().woken, 0);
    }
    assert_eq!(clock.now(), start);
    assert_eq!(rig.reactor.turn(Some(HOUR)).unwrap().woken, 0);
    assert_eq!(clock.now(), start + HOUR, "it may not sleep longer than that");
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert_eq!(clock.now(), start + 365 * 24 * HOUR);
}

/// In tokio, time may pass while a task yields (tokio#2647, and surprises like those of tokio#3108).
#[test]
fn an_automatic_clock_stands_still_as_long_as_a_task_is_ready() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let yields = async {
        for _ in 0..10_000 {
            yield_now().await;
            assert_eq!(now(), start);
        }
    };
    assert_eq!(executor_of(&rig).block_on(timeout(MILLISECOND, yields)), Ok(()));
}

/// tokio#4522: while one task does I/O, the timers of another make the time jump.
#[test]
fn an_automatic_clock_stands_still_while_a_task_waits_for_a_socket() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (stream, mut peer) = rig.connect();
    let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
    let other = thread::spawn(move || {
        // However late this is, no time passes for the timers.
        thread::sleep(20 * MILLISECOND);
        peer.write_all(b"data").unwrap();
        peer
    });
    executor.block_on(async {
        let ticker = executor::spawn({
            let trace = trace.clone();
            async move {
                let mut interval = interval(MILLISECOND);
                for _ in 0..3 {
                    interval.tick().await;
                    trace.note("tick");
                }
            }
        });
        let mut buffer = [0; 4];
        let read = timeout(SECOND, read_exact(&stream, &mut buffer));
        read.await.expect("it has all the time it needs").unwrap();
        trace.note("read");
        ticker.await.unwrap();
    });
    assert_eq!(trace.take(), [("tick", 0), ("read", 0), ("tick", 1), ("tick", 2)]);
    drop(other.join().unwrap());
}

/// A future that is gone waits for nothing, and the clock not for it: C74.
#[test]
fn an_automatic_clock_goes_on_when_a_task_has_stopped_waiting_for_a_socket() {
    let _watchdog = watchdog();
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let (stream, _peer) = rig.connect();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    executor_of(&rig).block_on(async {
        let _ = select(pin!(listener.accept()), pin!(yield_now())).await;
        // Nothing has been sent, which takes a read to find out.
        assert_eq!(stream.try_read(&mut [0; 4]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let _ = select(pin!(stream.readable()), pin!(yield_now())).await;
        let receive = stream.registration().async_io(Direction::Read, |mut stream| stream.read(&mut [0; 4]));
        let _ = select(pin!(receive), pin!(yield_now())).await;
        sleep(SECOND).await;
    });
    assert_eq!(clock.now(), start + SECOND);
}

/// The design's "unless told to": a time limit on a socket can be tested.
#[test]
fn an_automatic_clock_obeys_an_advance_while_a_task_waits_for_a_socket() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (stream, _peer) = rig.connect();
    let start = clock.now();
    clock.advance(SECOND);
    let limited = executor_of(&rig).block_on(timeout(SECOND, read_exact(&stream, &mut [0; 4])));
    assert!(limited.is_err(), "the peer says nothing");
    assert_eq!(clock.now(), start + SECOND);
}

/// An event that has come is dispatched before time goes on, although its task does not wait any more when it is.
#[test]
fn events_come_before_time_goes_on() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (stream, mut peer) = rig.connect();
    let (read, slept) = (Count::new(), Count::new());
    assert!(poll_read(&stream, read.waker(), &mut [0; 4]).is_pending());
    let mut sleep = sleep(SECOND);
    assert!(poll_sleep(&mut sleep, slept.waker()).is_pending());
    peer.write_all(b"data").unwrap();
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert_eq!((read.wakes(), slept.wakes()), (1, 0));
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert_eq!((read.wakes(), slept.wakes()), (1, 1));
}

/// tokio#4614: a time limit on work of another thread passes at once.
#[test]
fn a_pinned_clock_stands_still_until_the_other_thread_is_done() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let mut worker = None;
    let work = poll_fn(|cx| match worker.take() {
        None => {
            let (waker, pinned) = (cx.waker().clone(), clock.pin());
            worker = Some(thread::spawn(move || {
                thread::sleep(20 * MILLISECOND);
                waker.wake();
                drop(pinned);
            }));
            Poll::Pending
        }
        Some(worker) => {
            worker.join().unwrap();
            Poll::Ready(now())
        }
    });
    let done = executor_of(&rig).block_on(timeout(SECOND, work));
    assert_eq!(done, Ok(start), "no time has passed");
}

/// A guard that is dropped elsewhere lets the time go on, though nobody was woken.
#[test]
fn the_drop_of_the_last_pin_on_another_thread_sets_the_clock_going() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let pins = [clock.pin(), clock.pin()];
    let other = thread::spawn(move || {
        for pinned in pins {
            thread::sleep(5 * MILLISECOND);
            drop(pinned);
        }
    });
    let start = clock.now();
    executor_of(&rig).block_on(sleep(HOUR));
    assert_eq!(clock.now(), start + HOUR);
    other.join().unwrap();
}

#[test]
fn an_advance_counts_from_where_an_automatic_clock_has_gone_by_itself() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    rig.drive(sleep(HOUR));
    let _pinned = clock.pin();
    clock.advance(SECOND);
    let _ = rig.look();
    assert_eq!(clock.now() - start, HOUR + SECOND);
}

/// A wish of tokio#6113: a scope in which no time passes by itself, in which it can be advanced all the same.
#[test]
fn a_pinned_automatic_clock_is_a_manual_one() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (start, count) = (clock.now(), Count::new());
    let mut sleep = sleep(HOUR);
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    let pinned = clock.pin();
    assert_eq!(rig.reactor.turn(Some(MILLISECOND)).unwrap().woken, 0);
    assert_eq!(clock.now(), start);
    clock.advance(HOUR / 2);
    assert_eq!(rig.reactor.turn(Some(MILLISECOND)).unwrap().woken, 0);
    assert_eq!(clock.now(), start + HOUR / 2);
    drop(pinned);
    let _ = rig.look();
    rig.turn_until(&count, 1);
    assert_eq!(clock.now(), start + HOUR);
}

/// In tokio#6242 a thread that blocks for ever, and that nobody waits for, stops the time.
#[test]
fn a_thread_that_nobody_waits_for_does_not_stop_an_automatic_clock() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let (end, is_over) = mpsc::channel::<()>();
    let other = thread::spawn(move || is_over.recv());
    executor_of(&rig).block_on(sleep(10 * MILLISECOND));
    assert_eq!(clock.now(), start + 10 * MILLISECOND);
    drop(end);
    assert!(other.join().unwrap().is_err());
}

/// C88: the wake comes before the executor sleeps, or just after; the clock does not get ahead of it.
#[test]
fn a_wake_from_another_thread_comes_before_time_goes_on() {
    for _ in 0..100 {
        let clock = VirtualClock::auto();
        let rig = Rig::with_clock(&clock);
        let (start, woken) = (clock.now(), Cell::new(false));
        let wait = poll_fn(|cx| {
            if woken.replace(true) {
                return Poll::Ready(now());
            }
            let waker = cx.waker().clone();
            thread::spawn(move || waker.wake()).join().unwrap();
            Poll::Pending
        });
        assert_eq!(executor_of(&rig).block_on(timeout(SECOND, wait)), Ok(start));
    }
}

/// The same for an unpark by hand, without an executor that would not sleep then.
#[test]
fn an_unpark_that_is_pending_comes_before_time_goes_on() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let _sleep = armed_long(Waker::noop());
    rig.reactor.unparker().wake();
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 0);
    assert_eq!(clock.now(), start);
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert_eq!(clock.now(), start + LONG);
}

#[test]
fn a_timer_that_never_fires_does_not_send_an_automatic_clock_to_the_end_of_time() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (start, count) = (clock.now(), Count::new());
    let mut never = sleep(Duration::MAX);
    assert!(poll_sleep(&mut never, count.waker()).is_pending());
    assert_eq!(rig.reactor.next_deadline(), None);
    assert_eq!(rig.reactor.turn(Some(MILLISECOND)).unwrap().woken, 0);
    assert_eq!((clock.now(), count.wakes()), (start, 0));
}

/// A deadline in the far past or future of the system's clock is none in the clock's.
#[test]
fn deadlines_are_times_of_the_virtual_clock() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let executor = executor_of(&rig);
    executor.block_on(sleep(24 * HOUR));
    let tomorrow = clock.now();
    assert!(tomorrow > Instant::now() + 23 * HOUR);
    executor.block_on(async {
        let mut past = sleep_until(tomorrow);
        assert!(past.is_elapsed());
        assert!(poll_sleep(&mut past, Waker::noop()).is_ready());
        let future = sleep_until(tomorrow + MILLISECOND);
        assert!(!future.is_elapsed());
        future.await;
    });
    assert_eq!(clock.now(), tomorrow + MILLISECOND);
}

/// Ten thousand tasks, each of which sleeps ten times, on one thread and in no time.
#[test]
fn ten_thousand_tasks_sleep_ten_times_each() {
    const TASKS: u64 = 10_000;
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (executor, start) = (executor_of(&rig), clock.now());
    let early = Rc::new(Cell::new(0));
    let ended = Rc::new(Cell::new(0));
    for number in 0..TASKS {
        let (early, ended) = (Rc::clone(&early), Rc::clone(&ended));
        let task = async move {
            let mut due = start;
            for round in 0..10 {
                // Up to about an hour, in no order.
                let step =
                    Duration::from_nanos((number * 10 + round).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 22);
                due += step;
                sleep(step).await;
                early.set(early.get() + u64::from(now() != due));
            }
            ended.set(ended.get() + 1);
        };
        executor.spawn(task).detach();
    }
    executor.block_on(sleep(24 * HOUR));
    assert_eq!(
        (ended.get(), early.get()),
        (TASKS, 0),
        "all have ended, and none was woken at any other time"
    );
    assert_eq!(clock.now() - start, 24 * HOUR);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// Somebody who polls by hand need not know of a clock at all.
#[test]
fn a_foreign_executor_that_turns_the_reactor_moves_the_clock_as_well() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    assert!(rig.drive(timeout(HOUR, pending::<()>())).is_err());
    assert_eq!(clock.now(), start + HOUR);
}

/// The clock outlives its reactor, and telling it to go on harms nobody.
#[test]
fn a_clock_whose_reactor_is_gone_may_be_used() {
    let _watchdog = watchdog();
    let clock = VirtualClock::auto();
    let pinned = clock.pin();
    let start = clock.now();
    drop(Reactor::with_clock(&clock).unwrap());
    clock.advance(SECOND);
    drop(pinned);
    assert_eq!(clock.now(), start, "nothing turns it");
    assert!(format!("{clock:?}").contains("Auto"), "{clock:?}");
}

fn _a_guard_and_a_clock_may_be_sent(clock: VirtualClock) -> impl Future<Output = ()> + Send + Sync {
    let pinned = clock.pin();
    async move { drop((clock, pinned)) }
}

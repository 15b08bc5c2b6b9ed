//! A clock that tests hold: when it moves, how far, and what it waits for. C88.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::io::Write;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::{Executor, Park, yield_now};
use reactor::{Reactor, VirtualClock, interval, now, sleep, sleep_until, timeout};

use support::timers::{LONG, armed_long, poll_sleep};
use support::wakers::{Count, on_wake};
use support::{Rig, SharedPark, poll_read, read_exact, watchdog};

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Tells what has happened when, in milliseconds since it was made.
#[derive(Clone)]
struct Trace {
    start: Instant,
    events: Rc<RefCell<Vec<(&'static str, u128)>>>,
}

impl Trace {
    fn new(clock: &VirtualClock) -> Self {
        Trace { start: clock.now(), events: Rc::default() }
    }

    fn note(&self, what: &'static str) {
        self.events.borrow_mut().push((what, (now() - self.start).as_millis()));
    }

    fn take(&self) -> Vec<(&'static str, u128)> {
        self.events.take()
    }
}

fn executor_of(rig: &Rig) -> Executor {
    Executor::with_park(SharedPark(Rc::clone(&rig.reactor)))
}

// A manual clock.

#[test]
fn a_manual_clock_stands_still_until_it_is_advanced() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (start, count) = (clock.now(), Count::new());
    let mut sleep = sleep(MILLISECOND);
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    let long_enough = Instant::now() + 2 * MILLISECOND;
    while Instant::now() < long_enough {
        assert_eq!(rig.look().woken, 0);
    }
    assert_eq!((clock.now(), now(), rig.reactor.handle().now()), (start, start, start));
    assert_eq!(rig.reactor.next_deadline(), Some(start + MILLISECOND), "in the clock's own time");

    clock.advance(MILLISECOND);
    assert_eq!(rig.look().woken, 1);
    assert_eq!(clock.now(), start + MILLISECOND);
}

/// Without a deadline to stop at, a turn goes all the way.
#[test]
fn an_advance_takes_effect_in_turns_and_two_add_up() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    clock.advance(SECOND);
    clock.advance(SECOND);
    assert_eq!(clock.now(), start, "nothing has turned yet");
    let _ = rig.look();
    assert_eq!(clock.now(), start + 2 * SECOND);
    let _ = rig.look();
    assert_eq!(clock.now(), start + 2 * SECOND);
}

/// tokio has `advance` move the time first and let the tasks run then: they find themselves late, and what they set in
/// the meantime is missed (tokio#7841, tokio#3710).
#[test]
fn tasks_run_deadline_by_deadline_however_far_the_clock_is_advanced() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
    for (name, millis, times) in [("five", 5, 4), ("eight", 8, 2), ("ten", 10, 2)] {
        let trace = trace.clone();
        let task = async move {
            for _ in 0..times {
                sleep(millis * MILLISECOND).await;
                trace.note(name);
            }
        };
        executor.spawn(task).detach();
    }
    clock.advance(17 * MILLISECOND);
    assert_eq!(executor.run_until_stalled().live, 2);
    assert_eq!(
        trace.take(),
        [("five", 5), ("eight", 8), ("ten", 10), ("five", 10), ("five", 15), ("eight", 16)]
    );
    assert_eq!(clock.now() - trace.start, 17 * MILLISECOND);

    clock.advance(SECOND);
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(trace.take(), [("ten", 20), ("five", 20)]);
}

/// The other complaint of tokio#7841: after `advance` it is unknown which timers were processed.
#[test]
fn a_task_that_advances_the_clock_and_sleeps_as_long_comes_after_all_others() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
    for millis in [30, 10, 20] {
        let trace = trace.clone();
        let task = async move {
            sleep(millis * MILLISECOND).await;
            trace.note("other");
        };
        executor.spawn(task).detach();
    }
    executor.block_on(async {
        // The others get to set their timers first.
        yield_now().await;
        clock.advance(30 * MILLISECOND);
        sleep(30 * MILLISECOND).await;
        trace.note("advanced");
    });
    assert_eq!(trace.take(), [("other", 10), ("other", 20), ("other", 30), ("advanced", 30)]);
}

/// tokio#6113 wishes for it: nothing but `advance` moves the clock, even though all tasks sleep.
#[test]
fn an_executor_with_a_manual_clock_sleeps_until_another_thread_advances_it() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (executor, start) = (executor_of(&rig), clock.now());
    let (asked, is_asked) = mpsc::channel();
    let other = {
        let clock = clock.clone();
        thread::spawn(move || {
            is_asked.recv().unwrap();
            clock.advance(HOUR);
        })
    };
    executor.block_on(async {
        asked.send(()).unwrap();
        sleep(HOUR).await;
    });
    assert_eq!(clock.now() - start, HOUR);
    other.join().unwrap();
}

#[test]
fn an_advance_without_end_stops_at_what_the_clock_can_count() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let count = Count::new();
    let (mut long, mut never) = (sleep(1000 * 365 * 24 * HOUR / 2), sleep(Duration::MAX));
    assert!(poll_sleep(&mut long, count.waker()).is_pending());
    assert!(poll_sleep(&mut never, Waker::noop()).is_pending());
    for _ in 0..2 {
        clock.advance(Duration::MAX);
        let _ = rig.look();
    }
    assert_eq!(count.wakes(), 1, "500 years pass, but not for ever");
    assert!(poll_sleep(&mut never, Waker::noop()).is_pending());
}

#[test]
fn a_virtual_clock_has_one_reactor() {
    let clock = VirtualClock::manual();
    let _reactor = Reactor::with_clock(&clock).unwrap();
    let error = Reactor::with_clock(&clock.clone()).unwrap_err();
    assert!(error.to_string().contains("make one for each"), "{error}");
}

// An automatic clock.

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

// Timers, on a clock that makes their moments exact.

/// C86: tokio's wheel, and maitake's.
#[test]
fn timers_with_the_same_deadline_fire_in_the_order_in_which_they_were_set_and_in_one_turn() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let order = Rc::new(RefCell::new(Vec::new()));
    // From different levels of the wheel, at different times, to the same deadline.
    let deadline = clock.now() + HOUR;
    let mut sleeps = Vec::new();
    for number in 0..100 {
        let noted = Rc::clone(&order);
        let mut sleep = sleep_until(deadline);
        assert!(poll_sleep(&mut sleep, &on_wake(move || noted.borrow_mut().push(number))).is_pending());
        sleeps.push(sleep);
        clock.advance(HOUR / 100 - MILLISECOND);
        assert_eq!(rig.look().woken, 0);
    }
    clock.advance(SECOND);
    assert_eq!(rig.look().woken, 100);
    assert!(order.borrow().iter().copied().eq(0..100), "{order:?}");
}

/// C86: otherwise a task that always sleeps for a time that has passed could keep a turn from ending.
#[test]
fn a_timer_that_is_set_while_others_fire_waits_for_the_next_turn() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (count, later) = (Count::new(), Rc::new(RefCell::new(None)));
    let waker = on_wake({
        let (later, waker, due) = (Rc::clone(&later), count.waker().clone(), clock.now() + MILLISECOND);
        move || {
            // It fires at once, but as a timer: it was set for later, and then reset.
            let mut sleep = sleep(HOUR);
            assert!(poll_sleep(&mut sleep, &waker).is_pending());
            sleep.reset(due);
            *later.borrow_mut() = Some(sleep);
        }
    });
    let mut first = sleep(MILLISECOND);
    assert!(poll_sleep(&mut first, &waker).is_pending());
    clock.advance(MILLISECOND);
    assert_eq!(rig.look().woken, 1);
    assert_eq!(count.wakes(), 0);
    assert_eq!(rig.look().woken, 1);
    assert_eq!(count.wakes(), 1);
}

/// C83. tokio has these as `reset_sleep_to_past`, `reset_future_sleep_before_fire`,
/// `reset_earlier_sleep_before_fire`, `reset_past_sleep_before_fire` and `reset_future_sleep_after_fire`.
#[test]
fn a_sleep_that_is_reset_wakes_at_its_new_deadline_alone() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    // From 10 s to each of these, by a task that has polled it and does not again.
    for (seconds, name) in [(5, "earlier"), (20, "later"), (10, "the same"), (0, "now")] {
        let (count, before) = (Count::new(), clock.now());
        let mut sleep = sleep(10 * SECOND);
        assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
        sleep.reset(before + seconds * SECOND);
        assert_eq!(sleep.deadline(), Some(before + seconds * SECOND));
        rig.turn_until(&count, 1);
        assert_eq!(clock.now() - before, seconds * SECOND, "{name}");
        assert!(sleep.is_elapsed() && poll_sleep(&mut sleep, count.waker()).is_ready(), "{name}");
        assert_eq!(count.kept(), 0, "{name}");
    }
    assert_eq!(clock.now() - start, 35 * SECOND);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// C83: reset between fire and poll, and after it has ended.
#[test]
fn a_sleep_that_is_reset_after_it_has_fired_begins_anew() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let count = Count::new();
    let mut sleep = sleep(SECOND);
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    rig.turn_until(&count, 1);
    for wakes in 2..4 {
        // The first time it has fired and was not polled since, the second time it was.
        let deadline = clock.now() + SECOND;
        sleep.reset(deadline);
        assert!(!sleep.is_elapsed());
        assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
        rig.turn_until(&count, wakes);
        assert_eq!(clock.now(), deadline);
        assert!(poll_sleep(&mut sleep, count.waker()).is_ready());
    }
    // Never, and then in time, without a poll in between.
    sleep.reset(clock.now() + SECOND);
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    sleep.reset(clock.now() + 1000 * 365 * 24 * HOUR);
    assert_eq!(rig.reactor.next_deadline(), None);
    sleep.reset(clock.now() + SECOND);
    rig.turn_until(&count, 4);
}

/// C81, on a clock on which nothing else can have passed.
#[test]
fn a_sleep_of_no_time_is_over_at_once_and_one_of_a_nanosecond_is_not() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    for mut over in [sleep(Duration::ZERO), sleep_until(start), sleep_until(start - SECOND)] {
        assert!(poll_sleep(&mut over, Waker::noop()).is_ready());
    }
    assert_eq!(rig.reactor.next_deadline(), None);
    executor_of(&rig).block_on(sleep(Duration::from_nanos(1)));
    assert_eq!(clock.now() - start, Duration::from_nanos(1), "C82: exactly, and not a tick later");
}

/// C89. tokio has this in `time_timeout`.
#[test]
fn the_value_of_a_timeout_wins_if_both_are_due_in_the_same_turn() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let executor = executor_of(&rig);
    let value = async {
        sleep(SECOND).await;
        7
    };
    assert_eq!(executor.block_on(timeout(SECOND, value)), Ok(7));
    let late = async { sleep(SECOND + Duration::from_nanos(1)).await };
    assert!(executor.block_on(timeout(SECOND, late)).is_err());
}

/// A thousand sleeps that end within 10 ms, and how many turns wake them.
fn turns_for_a_thousand_sleeps(slack: Duration) -> usize {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (start, count) = (clock.now(), Count::new());
    let mut sleeps: Vec<_> = (0..1000_u32)
        .map(|number| sleep(SECOND + number * 10 * Duration::from_micros(1)).with_slack(slack))
        .collect();
    for sleep in &mut sleeps {
        assert!(poll_sleep(sleep, count.waker()).is_pending());
    }
    let mut turns = 0;
    while count.wakes() < sleeps.len() {
        let woken = rig.reactor.turn(None).unwrap().woken;
        assert!(woken > 0, "a turn for nothing");
        turns += 1;
        let late = |sleep: &reactor::Sleep| clock.now() > sleep.deadline().unwrap() + slack;
        sleeps.iter_mut().for_each(|sleep| {
            let ended = poll_sleep(sleep, count.waker()).is_ready();
            assert!(!ended || sleep.is_elapsed(), "slack makes none early");
            assert!(ended || !late(sleep), "nor later than it allows");
        });
    }
    assert!(clock.now() - start <= SECOND + 10 * MILLISECOND + slack);
    turns
}

/// go#53824 shows what precision costs where timers cannot share a wake.
#[test]
fn sleeps_share_their_wakes_as_far_as_their_slack_goes() {
    assert_eq!(turns_for_a_thousand_sleeps(Duration::ZERO), 1000);
    for slack in [MILLISECOND / 10, MILLISECOND, 10 * MILLISECOND] {
        let turns = turns_for_a_thousand_sleeps(slack);
        // The moments that are round enough are half a slack apart at least.
        let at_most = 2 * (10 * MILLISECOND).as_nanos() / slack.as_nanos() + 2;
        assert!(turns as u128 <= at_most, "{turns} turns with a slack of {slack:?}");
    }
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

/// An embedder compares the deadline with the clock's own time.
#[test]
fn a_stepped_executor_tells_the_deadline_in_the_clocks_time() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let executor = executor_of(&rig);
    clock.advance(HOUR);
    executor.spawn(sleep(2 * HOUR)).detach();
    assert_eq!(executor.run_until_stalled().live, 1);
    let left = executor.next_deadline().unwrap() - clock.now();
    // An hour had been granted before the task began: whether it passed before or after is the first turn's business.
    assert!(left == HOUR || left == 2 * HOUR, "{left:?}");
    clock.advance(left);
    assert_eq!(executor.run_until_stalled().live, 0);
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

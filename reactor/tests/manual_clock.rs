//! A clock that goes as far as the test says: C88.

mod support;

use std::sync::mpsc;
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use executor::yield_now;
use reactor::{Reactor, VirtualClock, now, sleep};

use support::Rig;
use support::clock::{HOUR, MILLISECOND, SECOND, Trace, executor_of};
use support::timers::{armed_long, poll_sleep};
use support::wakers::Count;

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

/// The clock need not move for it, and nobody will move it.
#[test]
fn a_sleep_that_is_reset_to_the_present_ends_in_a_turn_that_does_not_wait() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let count = Count::new();
    let mut sleep = armed_long(count.waker());
    sleep.reset(clock.now());
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert!(poll_sleep(&mut sleep, count.waker()).is_ready());
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

/// So many tasks that the executor lets the reactor look while some of them are still to run.
#[test]
fn an_advance_waits_until_the_tasks_of_a_deadline_have_done_what_they_can() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
    for _ in 0..100 {
        let trace = trace.clone();
        let task = async move {
            sleep(5 * MILLISECOND).await;
            for _ in 0..2 {
                yield_now().await;
            }
            trace.note("done");
        };
        executor.spawn(task).detach();
    }
    executor.spawn(sleep(7 * MILLISECOND)).detach();
    clock.advance(10 * MILLISECOND);
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(trace.take(), [("done", 5); 100]);
    assert_eq!(clock.now() - trace.start, 10 * MILLISECOND);
}

/// A loop that takes one step at a time sees the same, and comes to the end of the advance.
#[test]
fn an_advance_takes_effect_in_ticks_that_find_nothing_ready() {
    let clock = VirtualClock::manual();
    let rig = Rig::with_clock(&clock);
    let (executor, trace) = (executor_of(&rig), Trace::new(&clock));
    let task = {
        let trace = trace.clone();
        async move {
            sleep(5 * MILLISECOND).await;
            for _ in 0..3 {
                yield_now().await;
            }
            trace.note("done");
        }
    };
    executor.spawn(task).detach();
    executor.spawn(sleep(7 * MILLISECOND)).detach();
    clock.advance(10 * MILLISECOND);
    for _ in 0..10 {
        let _ = executor.tick();
    }
    assert_eq!(trace.take(), [("done", 5)]);
    assert_eq!(clock.now() - trace.start, 10 * MILLISECOND);
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
    assert_eq!(left, HOUR, "one of the two has passed in the last turn");
    clock.advance(left);
    assert_eq!(executor.run_until_stalled().live, 0);
}

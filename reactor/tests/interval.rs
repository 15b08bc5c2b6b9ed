//! Ticks, and what becomes of those that nobody waited for in time.

mod support;

use std::panic::catch_unwind;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use executor::Executor;
use reactor::MissedTickBehavior::{Burst, Delay, Skip};
use reactor::{Interval, MissedTickBehavior, VirtualClock, interval, interval_at, now, sleep, timeout};

use support::wakers::Count;
use support::{Rig, SharedPark, run};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Runs on an automatic clock what makes a list of times, and returns them as milliseconds since the start.
fn millis<F: Future<Output = Vec<Instant>>>(ticks: impl FnOnce() -> F) -> Vec<u128> {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let start = clock.now();
    let times = Executor::with_park(SharedPark(Rc::clone(&rig.reactor))).block_on(ticks());
    times.into_iter().map(|time| (time - start).as_millis()).collect()
}

/// Ticks every 10 ms; the task is busy from the second tick, at 10 ms, for as long as it is told. When the ticks come.
fn ticks_around(busy: u32, behavior: MissedTickBehavior) -> Vec<u128> {
    millis(|| async move {
        let mut interval = interval(10 * MILLISECOND);
        interval.set_missed_tick_behavior(behavior);
        assert_eq!(interval.missed_tick_behavior(), behavior);
        let mut times = Vec::new();
        for number in 0..7 {
            interval.tick().await;
            times.push(now());
            if number == 1 {
                sleep(busy * MILLISECOND).await;
            }
        }
        times
    })
}

/// tokio has these as `burst`, `delay` and `skip` in `time_interval`.
#[test]
fn after_missed_ticks_it_bursts_delays_or_skips() {
    assert_eq!(ticks_around(25, Burst), [0, 10, 35, 35, 40, 50, 60]);
    assert_eq!(ticks_around(25, Delay), [0, 10, 35, 45, 55, 65, 75]);
    assert_eq!(ticks_around(25, Skip), [0, 10, 35, 40, 50, 60, 70]);
    assert_eq!(MissedTickBehavior::default(), Burst);
}

#[test]
fn exactly_one_period_too_late_is_late_and_skips_to_the_next() {
    assert_eq!(ticks_around(20, Burst), [0, 10, 30, 30, 40, 50, 60]);
    assert_eq!(ticks_around(20, Delay), [0, 10, 30, 40, 50, 60, 70]);
    assert_eq!(ticks_around(20, Skip), [0, 10, 30, 40, 50, 60, 70]);
}

/// A timer that is rounded up and a thread that is busy shall not slow it down.
#[test]
fn a_tick_that_is_a_little_late_does_not_move_those_that_follow() {
    for behavior in [Burst, Delay, Skip] {
        assert_eq!(ticks_around(14, behavior), [0, 10, 24, 30, 40, 50, 60], "{behavior:?}");
    }
    assert_eq!(ticks_around(15, Delay), [0, 10, 25, 35, 45, 55, 65], "5 ms are not a little");
    assert_eq!(ticks_around(15, Skip), [0, 10, 25, 30, 40, 50, 60]);
}

#[test]
fn nothing_is_missed_by_a_task_that_is_in_time() {
    for behavior in [Burst, Delay, Skip] {
        assert_eq!(ticks_around(9, behavior), [0, 10, 20, 30, 40, 50, 60], "{behavior:?}");
    }
}

#[test]
fn a_tick_says_when_it_was_due_and_not_when_it_came() {
    let due = millis(|| async {
        let mut interval = interval(10 * MILLISECOND);
        let mut times = vec![interval.tick().await];
        sleep(25 * MILLISECOND).await;
        for _ in 0..3 {
            times.push(interval.tick().await);
        }
        times
    });
    assert_eq!(due, [0, 10, 20, 30]);
}

#[test]
fn an_interval_at_a_later_time_begins_then() {
    let due = millis(|| async {
        let mut interval = interval_at(now() + 7 * MILLISECOND, 10 * MILLISECOND);
        assert_eq!(interval.period(), 10 * MILLISECOND);
        [interval.tick().await, interval.tick().await, interval.tick().await].into()
    });
    assert_eq!(due, [7, 17, 27]);
}

/// tokio has these as `reset` and `reset_at`.
#[test]
fn a_reset_counts_from_now_or_from_where_it_is_told() {
    let due = millis(|| async {
        let mut interval = interval(10 * MILLISECOND);
        let mut times = vec![interval.tick().await, interval.tick().await];
        sleep(4 * MILLISECOND).await;
        interval.reset();
        times.extend([interval.tick().await, interval.tick().await]);
        interval.reset_at(now() + MILLISECOND);
        times.extend([interval.tick().await, interval.tick().await]);
        times
    });
    assert_eq!(due, [0, 10, 24, 34, 35, 45]);
}

#[test]
fn a_tick_that_is_given_up_is_not_lost() {
    let due = millis(|| async {
        let mut interval = interval(10 * MILLISECOND);
        interval.tick().await;
        for _ in 0..3 {
            assert!(timeout(3 * MILLISECOND, interval.tick()).await.is_err());
        }
        vec![interval.tick().await, now()]
    });
    assert_eq!(due, [10, 10]);
}

#[test]
fn a_tick_wakes_the_task_that_polled_it_last() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let (first, last) = (Count::new(), Count::new());
    let poll = |interval: &mut Interval, waker: &Waker| interval.poll_tick(&mut Context::from_waker(waker));
    let mut interval = interval(MILLISECOND);
    assert!(poll(&mut interval, first.waker()).is_ready());
    assert!(poll(&mut interval, first.waker()).is_pending());
    assert!(poll(&mut interval, last.waker()).is_pending());
    rig.turn_until(&last, 1);
    assert!(poll(&mut interval, last.waker()).is_ready());
    assert_eq!((first.wakes(), first.kept(), last.wakes(), last.kept()), (0, 0, 1, 0));
}

/// tokio has the first as `interval_zero_duration`, and the second as `interval_doesnt_panic_max_duration_when_polling`.
#[test]
fn a_period_of_zero_panics_and_says_why_and_one_without_end_ticks_once() {
    let panic = catch_unwind(|| interval(Duration::ZERO)).unwrap_err();
    let message = panic.downcast_ref::<&str>().unwrap();
    assert!(message.contains("must be longer than zero"), "{message}");

    for behavior in [Burst, Delay, Skip] {
        let due = millis(|| async move {
            let mut interval = interval(Duration::MAX);
            interval.set_missed_tick_behavior(behavior);
            let first = interval.tick().await;
            assert!(timeout(1000 * MILLISECOND, interval.tick()).await.is_err());
            interval.reset();
            assert!(timeout(1000 * MILLISECOND, interval.tick()).await.is_err());
            vec![first, now()]
        });
        assert_eq!(due, [0, 2000]);
    }
}

/// On the system's clock nothing but this is certain.
#[test]
fn no_tick_is_early() {
    run(async {
        let start = Instant::now();
        let mut interval = interval(MILLISECOND / 3);
        for number in 0..10 {
            let due = interval.tick().await;
            assert!(Instant::now() >= due && due >= start + number * (MILLISECOND / 3));
        }
    });
}

/// Nobody has looked at the clock since the start has passed.
#[test]
fn an_interval_whose_start_has_passed_ticks_at_its_first_poll() {
    let _rig = Rig::new();
    let start = Instant::now() + Duration::from_millis(20);
    while Instant::now() < start {}
    let mut interval = interval_at(start, Duration::from_secs(1));
    assert!(interval.poll_tick(&mut Context::from_waker(Waker::noop())).is_ready());
}

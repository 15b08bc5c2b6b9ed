//! Timers: when they are set, when they fire, and what they leave behind.

mod support;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use executor::Park;
use reactor::{VirtualClock, sleep, sleep_until};

use support::timers::{LONG, armed, armed_for, armed_long, poll_sleep};
use support::wakers::{Count, on_wake};
use support::{Rig, run};

/// polling has this as `below_ms` and `above_ms`, tokio as `sub_ms_delayed_sleep`.
#[test]
fn a_sleep_never_ends_early() {
    run(async {
        for micros in [1, 300, 999, 1000, 1001, 2500, 10_000] {
            let duration = Duration::from_micros(micros);
            let start = Instant::now();
            sleep(duration).await;
            assert!(start.elapsed() >= duration, "{duration:?}");
        }
    });
}

/// A wake that comes early would not end the sleep, but cost a poll. These turns do not wait, so
/// nothing but the timer itself keeps it from firing.
#[test]
fn a_timer_never_wakes_early() {
    let rig = Rig::new();
    for _ in 0..5 {
        let count = Count::new();
        let _sleep = armed(count.waker());
        let deadline = rig.reactor.next_deadline().unwrap();
        while count.wakes() == 0 {
            let _ = rig.look();
        }
        assert!(Instant::now() >= deadline);
    }
}

/// tokio has this as `immediate_sleep`.
#[test]
fn a_sleep_of_zero_is_over_at_its_first_poll_without_a_timer() {
    let rig = Rig::new();
    let count = Count::new();
    assert!(poll_sleep(&mut sleep(Duration::ZERO), count.waker()).is_ready());
    assert_eq!(rig.reactor.next_deadline(), None);
    assert_eq!(count.kept(), 0);
}

#[test]
fn a_sleep_that_is_first_polled_just_after_its_deadline_is_over_without_a_timer() {
    let rig = Rig::new();
    let mut sleep = sleep(Duration::from_micros(1));
    let deadline = Instant::now() + Duration::from_micros(1);
    while Instant::now() < deadline {}
    assert!(poll_sleep(&mut sleep, Count::new().waker()).is_ready());
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// A deadline that has passed before the sleep was made or changed is seen at once, however long ago that was and however
/// long nobody has looked at the clock.
#[test]
fn a_deadline_that_has_passed_when_it_is_set_needs_no_timer() {
    let rig = Rig::new();
    for ago in [Duration::ZERO, Duration::from_micros(1), Duration::from_millis(3)] {
        let deadline = Instant::now();
        while deadline.elapsed() < ago {}
        assert!(poll_sleep(&mut sleep_until(deadline), Waker::noop()).is_ready(), "{ago:?}");
        let mut reset = sleep(LONG);
        reset.reset(deadline);
        assert!(reset.is_elapsed() && poll_sleep(&mut reset, Waker::noop()).is_ready(), "{ago:?}");
        assert_eq!(rig.reactor.next_deadline(), None);
    }
}

#[test]
fn a_sleep_sets_its_timer_at_the_first_poll_and_takes_it_along_when_it_is_dropped() {
    let rig = Rig::new();
    let count = Count::new();
    let mut sleep = sleep(LONG);
    assert_eq!(rig.reactor.next_deadline(), None);
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    assert!(rig.reactor.next_deadline().is_some());
    assert_eq!(count.kept(), 1);

    drop(sleep);
    assert_eq!(rig.reactor.next_deadline(), None);
    assert_eq!((count.kept(), count.wakes()), (0, 0));
}

#[test]
fn the_next_deadline_is_the_earliest_of_the_timers_that_are_left() {
    let rig = Rig::new();
    let [early, late] = [(); 2].map(|()| armed_long(Waker::noop()));
    let deadline = rig.reactor.next_deadline().unwrap();
    drop(early);
    assert!(rig.reactor.next_deadline().unwrap() >= deadline);
    drop(late);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// Their beginning counts, not their first poll, which comes in the reverse order here.
#[test]
fn sleeps_of_the_same_length_end_in_the_order_in_which_they_began() {
    let rig = Rig::new();
    let order = Rc::new(RefCell::new(Vec::new()));
    let wakers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|number| {
        let order = Rc::clone(&order);
        on_wake(move || order.borrow_mut().push(number))
    });
    let sleeps = armed_for(&wakers);
    while order.borrow().len() < sleeps.len() {
        let _ = rig.reactor.turn(None).unwrap();
    }
    assert!(order.borrow().is_sorted(), "{order:?}");
}

#[test]
fn a_timer_fires_once_and_wakes_the_task_that_polled_it_last() {
    let rig = Rig::with_clock(&VirtualClock::auto());
    let (first, last) = (Count::new(), Count::new());
    let mut sleep = sleep(LONG);
    let polls = [&first, &last].map(|count| poll_sleep(&mut sleep, count.waker()));
    assert_eq!(polls, [Poll::Pending; 2]);
    assert_eq!((first.kept(), last.kept()), (0, 1));
    rig.turn_until(&last, 1);
    assert!(poll_sleep(&mut sleep, last.waker()).is_ready());
    let _ = rig.look();
    assert_eq!((first.wakes(), last.wakes()), (0, 1));
}

/// tokio has this as `greater_than_max` and `no_out_of_bounds_close_to_max`.
#[test]
fn a_sleep_that_is_too_long_for_any_clock_waits_without_a_panic() {
    let rig = Rig::new();
    let count = Count::new();
    let seconds = [u64::MAX, u64::MAX / 2, i64::MAX as u64 - 1_000_000_000, u64::MAX / 4];
    let mut sleeps: Vec<_> = seconds.map(Duration::from_secs).map(sleep).into();
    sleeps.push(sleep(Duration::MAX));
    for sleep in &mut sleeps {
        assert!(poll_sleep(sleep, count.waker()).is_pending());
    }
    rig.reactor.unparker().wake();
    for timeout in [None, Some(Duration::ZERO)] {
        assert_eq!(rig.reactor.turn(timeout).unwrap().woken, 0);
    }
    assert_eq!(count.wakes(), 0);
    for sleep in &mut sleeps {
        assert!(poll_sleep(sleep, count.waker()).is_pending());
    }
}

#[test]
fn a_turn_that_may_take_longer_than_any_clock_knows_ends_when_there_is_something() {
    let rig = Rig::new();
    rig.reactor.unparker().wake();
    assert_eq!(rig.reactor.turn(Some(Duration::MAX)).unwrap().woken, 0);
}

/// tokio has this as `drop_from_wake`.
#[test]
fn a_timer_may_be_dropped_by_the_wake_of_another_timer_of_the_same_turn() {
    let rig = Rig::with_clock(&VirtualClock::auto());
    let sleeps = Rc::new(RefCell::new(Vec::new()));
    let wakes = Rc::new(Cell::new(0));
    let wakers = [(); 10].map(|()| {
        let (dropped, wakes) = (Rc::clone(&sleeps), Rc::clone(&wakes));
        on_wake(move || {
            wakes.set(wakes.get() + 1);
            drop(dropped.take());
        })
    });
    *sleeps.borrow_mut() = armed_for(&wakers);
    while wakes.get() == 0 {
        let _ = rig.reactor.turn(None).unwrap();
    }
    assert!(sleeps.borrow().is_empty());
    assert_eq!(rig.reactor.next_deadline(), None);
}

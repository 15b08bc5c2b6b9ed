//! When timers fire, and in which order, on a clock that makes their moments exact.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use reactor::{VirtualClock, sleep, sleep_until, timeout};

use support::Rig;
use support::clock::{HOUR, MILLISECOND, SECOND, executor_of};
use support::timers::poll_sleep;
use support::wakers::{Count, on_wake};

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

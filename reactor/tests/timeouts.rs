//! Limits on how long to wait.

mod support;

use std::future::{Future, pending, ready};
use std::io;
use std::task::Poll;
use std::time::Duration;

use reactor::{VirtualClock, now, sleep, timeout, timeout_at};

use support::timers::LONG;
use support::wakers::Count;
use support::{Rig, run};

/// tokio has this in `time_timeout`.
#[test]
fn the_value_wins_if_the_time_has_passed_as_well() {
    let rig = Rig::with_clock(&VirtualClock::auto());
    assert_eq!(rig.drive(timeout(Duration::ZERO, ready(7))), Ok(7));

    // Both deadlines are over when one wake has the future polled again.
    let count = Count::new();
    let mut late = Box::pin(timeout(LONG, sleep(LONG)));
    assert!(late.as_mut().poll(&mut count.context()).is_pending());
    rig.turn_until(&count, 2);
    assert_eq!(late.as_mut().poll(&mut count.context()), Poll::Ready(Ok(())));
}

#[test]
fn a_limit_that_has_passed_is_an_error_which_an_io_error_calls_timed_out() {
    let elapsed = run(async { timeout(Duration::from_millis(1), pending::<()>()).await }).unwrap_err();
    assert_eq!(elapsed, run(timeout(Duration::ZERO, pending::<()>())).unwrap_err());
    let error = io::Error::from(elapsed);
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), elapsed.to_string());
}

#[test]
fn a_timeout_whose_future_is_ready_at_once_sets_no_timer() {
    let rig = Rig::new();
    assert_eq!(rig.drive(timeout(LONG, async { rig.reactor.next_deadline() })), Ok(None));
    assert_eq!(rig.reactor.next_deadline(), None);
}

#[test]
fn a_timeout_that_is_dropped_cancels_its_timer_and_its_future() {
    let rig = Rig::new();
    let count = Count::new();
    let mut limited = Box::pin(timeout(LONG, sleep(LONG)));
    assert!(limited.as_mut().poll(&mut count.context()).is_pending());
    assert_eq!(count.kept(), 2);
    drop(limited);
    assert_eq!(count.kept(), 0);
    assert_eq!(rig.reactor.next_deadline(), None);
}

#[test]
fn a_deadline_can_be_shared_by_the_steps_of_something() {
    let clock = VirtualClock::auto();
    let rig = Rig::with_clock(&clock);
    let deadline = now() + LONG;
    assert_eq!(rig.drive(timeout_at(deadline, sleep(LONG / 2))), Ok(()));
    assert!(rig.drive(timeout_at(deadline, sleep(LONG))).is_err());
    assert_eq!(clock.now(), deadline);
    assert!(rig.drive(timeout_at(deadline, pending::<()>())).is_err(), "it has passed");
    assert_eq!(rig.drive(timeout_at(deadline, ready(7))), Ok(7));
}

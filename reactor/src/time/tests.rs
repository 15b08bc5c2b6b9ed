//! What cannot be brought about from outside.

use std::task::Waker;
use std::time::{Duration, Instant};

use super::{NEVER, Time, after, nanos_of};

const HOUR: Duration = Duration::from_secs(3600);

/// C87. Some systems' monotonic clocks are not (tokio#3619).
#[test]
fn a_clock_that_goes_backwards_is_taken_to_stand_still() {
    let time = Time::new(None);
    let later = Instant::now() + HOUR;
    time.seen.set(later);
    assert_eq!(time.now(), later, "it said so, and now it says less");

    // Timers are set and fire all the same.
    let mut woken = Vec::new();
    let key = time.timers().insert(time.nanos(later), Waker::noop().clone());
    let wait = time.plan(None, || false);
    assert_eq!(wait.timeout, Some(Duration::ZERO));
    time.pass(wait, true, &mut woken);
    assert_eq!(woken.len(), 1);
    assert!(time.timers().waker(key).is_none());
}

#[test]
fn a_time_before_the_epoch_is_the_epoch_and_one_too_far_after_it_is_never() {
    let time = Time::new(None);
    assert_eq!(time.nanos(time.epoch - HOUR), 0);
    assert_eq!(time.nanos(time.epoch + HOUR), 3600 * 1_000_000_000);
    let centuries = Duration::from_secs(600 * 365 * 24 * 3600);
    assert_eq!(time.epoch.checked_add(centuries).map(|far| time.nanos(far)), Some(NEVER));
    assert_eq!([Duration::MAX, Duration::from_nanos(NEVER), centuries].map(nanos_of), [NEVER; 3]);
    assert_eq!(after(time.epoch, 5), Some(time.epoch + Duration::from_nanos(5)));
}

use std::iter;
use std::time::{Duration, Instant};

use super::{Cadence, POLLS_PER_LOOK};

/// How many polls there are until the next look.
fn polls_until_look(cadence: &Cadence) -> usize {
    iter::repeat_with(|| cadence.polled()).take_while(|()| !cadence.is_due()).count() + 1
}

/// The numbers of polls between looks, where each poll takes this long.
fn intervals(cadence: &Cadence, start: Instant, poll: Duration, looks: usize) -> (Vec<usize>, Instant) {
    let mut now = start;
    let intervals = iter::repeat_with(|| {
        let polls = polls_until_look(cadence);
        now += poll * u32::try_from(polls).unwrap();
        cadence.looked(Some(now));
        polls
    });
    (intervals.take(looks).collect(), now)
}

#[test]
fn quick_polls_are_interrupted_after_61_of_them() {
    let (polls, _) = intervals(&Cadence::new(), Instant::now(), Duration::from_nanos(20), 5);
    assert_eq!(polls, [POLLS_PER_LOOK; 5]);
}

#[test]
fn slow_polls_are_interrupted_more_often_until_each_is() {
    let (polls, _) = intervals(&Cadence::new(), Instant::now(), Duration::from_millis(1), 9);
    assert_eq!(polls, [61, 61, 30, 15, 7, 3, 1, 1, 1]);
}

#[test]
fn the_interval_grows_again_when_polls_are_quick_again() {
    let cadence = Cadence::new();
    let (_, now) = intervals(&cadence, Instant::now(), Duration::from_millis(1), 9);
    let (polls, _) = intervals(&cadence, now, Duration::from_nanos(20), 9);
    assert_eq!(polls, [1, 2, 4, 8, 16, 32, 61, 61, 61]);
}

#[test]
fn the_interval_grows_no_further_when_twice_as_many_polls_may_take_too_long() {
    let cadence = Cadence::new();
    let (_, now) = intervals(&cadence, Instant::now(), Duration::from_millis(1), 9);
    let (polls, _) = intervals(&cadence, now, Duration::from_micros(10), 5);
    assert_eq!(polls, [1, 2, 4, 4, 4]);
}

#[test]
fn an_interval_that_takes_about_as_long_as_it_may_stays() {
    let (polls, _) = intervals(&Cadence::new(), Instant::now(), Duration::from_micros(1), 4);
    assert_eq!(polls, [61; 4]);
}

#[test]
fn the_time_that_the_executor_slept_counts_for_nothing() {
    let cadence = Cadence::new();
    let now = Instant::now();
    cadence.looked(Some(now));
    cadence.rested();
    cadence.looked(Some(now + Duration::from_secs(1)));
    assert_eq!(polls_until_look(&cadence), POLLS_PER_LOOK);
}

#[test]
fn without_a_clock_polls_are_counted_and_nothing_else() {
    let cadence = Cadence::new();
    for _ in 0..3 {
        assert_eq!(polls_until_look(&cadence), POLLS_PER_LOOK);
        cadence.looked(None);
    }
}

#[test]
fn the_count_of_polls_may_come_to_its_end_and_begin_again() {
    let cadence = Cadence::new();
    cadence.polls.set(usize::MAX - POLLS_PER_LOOK - 10);
    cadence.rested();
    for _ in 0..3 {
        assert_eq!(polls_until_look(&cadence), POLLS_PER_LOOK);
        cadence.looked(None);
    }
}

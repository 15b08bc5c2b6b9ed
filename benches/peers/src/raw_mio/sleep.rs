//! Timers.

use std::time::{Duration, Instant};

use rounds::process::cpu_time;

use super::Loop;
use super::wheel::Wheel;
use crate::workloads::Took;
use crate::workloads::reactor::{LONG, SHORT, deadlines};

pub fn make_and_drop(times: usize) -> Took {
    let mut wheel = Wheel::new(Instant::now());
    let start = Instant::now();
    for number in 0..times {
        // A loop looks at the clock once in a while, and not for each timer.
        let timer = wheel.insert(start + LONG + Duration::from_millis((number % 1_000) as u64), ());
        wheel.remove(timer);
    }
    let took = Took { time: start.elapsed(), operations: times };
    assert_eq!(wheel.next_deadline(), None, "all were removed");
    took
}

pub fn fire(sleeps: usize, quiet: Duration) -> Took {
    let mut events = Loop::new();
    let before = cpu_time();
    let start = Instant::now();
    let mut wheel = Wheel::new(start);
    for left in deadlines(sleeps, quiet) {
        wheel.insert(start + left, ());
    }
    let mut fired = 0;
    while let Some(deadline) = wheel.next_deadline() {
        events.wait(Some(deadline.saturating_duration_since(Instant::now()))).for_each(drop);
        wheel.fire(Instant::now(), |()| fired += 1);
    }
    assert_eq!(fired, sleeps, "some were lost");
    Took { time: cpu_time() - before, operations: sleeps }
}

pub fn lateness(times: usize) -> Took {
    let mut events = Loop::new();
    let mut late = Vec::with_capacity(times);
    for _ in 0..times {
        let deadline = Instant::now() + SHORT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            events.wait(Some(left)).for_each(drop);
        }
        late.push(deadline.elapsed());
    }
    late.sort_unstable();
    Took { time: late[times / 2], operations: 1 }
}

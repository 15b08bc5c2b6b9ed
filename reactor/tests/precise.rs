//! Timers that end on time, to the microsecond. With the feature `precise`, on Linux.

#![cfg(all(feature = "precise", target_os = "linux"))]

mod support;

use std::time::{Duration, Instant};

use reactor::{Reactor, sleep};

use support::timers::armed_long;
use support::wakers::Count;
use support::{Rig, child, run};

/// The fastest of many tries says what the timer can do, however busy the machine is otherwise: without the feature each
/// is rounded up to the next millisecond, and none can be that fast.
#[test]
fn a_sleep_of_a_fraction_of_a_millisecond_is_not_rounded_up() {
    for micros in [200, 1300] {
        let duration = Duration::from_micros(micros);
        let tries = (0..200).map(|_| {
            let start = Instant::now();
            run(sleep(duration));
            start.elapsed()
        });
        let best = tries.min().expect("there are some");
        assert!(best >= duration);
        assert!(best.as_micros() < u128::from(micros.next_multiple_of(1000)), "{best:?} for {duration:?}");
    }
}

/// The kernel's timer is set for the earlier one first, and anew for the later one, which it must not forget.
#[test]
fn sleeps_of_all_lengths_end_and_none_early() {
    run(async {
        for micros in [900, 100, 1500, 1000, 250, 2000, 1] {
            let duration = Duration::from_micros(micros);
            let start = Instant::now();
            sleep(duration).await;
            assert!(start.elapsed() >= duration, "{duration:?}");
        }
    });
}

/// An expiry that belongs to a timer which is gone ends a turn, and nothing else.
#[test]
fn the_kernels_timer_for_a_cancelled_sleep_is_no_event() {
    let rig = Rig::new();
    let count = Count::new();
    let _long = armed_long(count.waker());
    // It has the kernel's timer set for the sleep that is dropped then.
    let short = support::timers::armed(count.waker());
    let _ = rig.reactor.turn(Some(Duration::from_micros(1))).unwrap();
    drop(short);
    let deadline = Instant::now() + Duration::from_millis(5);
    while Instant::now() < deadline {
        assert_eq!(rig.reactor.turn(Some(Duration::from_micros(300))).unwrap().events, 0);
    }
    assert!(count.wakes() <= 1, "the long one has not fired");
}

/// Its descriptor goes with it.
#[test]
fn a_reactor_leaves_no_descriptor_behind() {
    const NAME: &str = "a_reactor_leaves_no_descriptor_behind";
    if child::is_child(NAME) {
        let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open();
        let reactor = Reactor::new().unwrap();
        assert!(open() > before);
        drop(reactor);
        assert_eq!(open(), before);
        return;
    }
    child::assert_passed(&child::command(NAME, &[]).output().unwrap());
}

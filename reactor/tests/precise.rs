//! Timers that end on time, to the microsecond. With the feature `precise`, on Linux.

#![cfg(all(feature = "precise", target_os = "linux"))]

mod support;

use std::time::{Duration, Instant};

use executor::Park;
use reactor::{Reactor, sleep};

use support::timers::{armed, armed_long};
use support::wakers::Count;
use support::{Rig, child, run, watchdog};

/// Tried until it is: on a busy machine it may take a few. Without the feature each is rounded up, and none ever is.
#[test]
fn a_sleep_of_a_fraction_of_a_millisecond_is_not_rounded_up() {
    for micros in [200, 1300] {
        let (_watchdog, duration) = (watchdog(), Duration::from_micros(micros));
        let took = || {
            let start = Instant::now();
            reactor::block_on(sleep(duration)).unwrap();
            start.elapsed()
        };
        let rounded_up = Duration::from_micros(micros.next_multiple_of(1000));
        while took() >= rounded_up {}
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
    let short = armed(count.waker());
    rig.reactor.unparker().wake();
    assert_eq!(rig.reactor.turn(None).unwrap().events, 0);
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

//! A wait that the system interrupts.
#![cfg(target_os = "linux")]

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reactor::{Reactor, sleep};

use support::child::{assert_passed, command, is_child};
use support::watchdog;

/// Stopping a process and letting it go on interrupts `epoll_wait`, which nothing restarts (polling
/// has this as `concurrent_interruption`).
#[test]
fn an_interrupted_turn_ends_early_and_is_no_error() {
    const NAME: &str = "an_interrupted_turn_ends_early_and_is_no_error";
    if !is_child(NAME) {
        return interrupt_until_it_passes(NAME);
    }
    let _watchdog = watchdog();
    let reactor = Reactor::new().unwrap();
    let turn = reactor.turn(None).unwrap();
    assert_eq!((turn.events, turn.woken), (0, 0));
}

#[test]
fn a_sleep_that_is_interrupted_ends_all_the_same_and_not_early() {
    const NAME: &str = "a_sleep_that_is_interrupted_ends_all_the_same_and_not_early";
    if !is_child(NAME) {
        return interrupt_until_it_passes(NAME);
    }
    let duration = Duration::from_millis(100);
    let start = Instant::now();
    support::run(sleep(duration));
    assert!(start.elapsed() >= duration);
}

/// Runs the test in a process of its own, and interrupts that again and again until it has passed.
fn interrupt_until_it_passes(test: &str) {
    let mut child = command(test, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let process = child.id().to_string();
    while child.try_wait().unwrap().is_none() {
        let script = "kill -STOP \"$1\" && kill -CONT \"$1\"";
        let shell = Command::new("sh").args(["-c", script, "sh", &process]).stderr(Stdio::null()).status();
        shell.expect("every system has a shell");
    }
    assert_passed(&child.wait_with_output().unwrap());
}

//! How many system calls a round trip of 64 bytes takes, both ends on our one thread: what the kernel must do
//! anyway, and hardly a call more.

use std::env;
use std::process::{Command, Stdio};

/// With one connection: a wait, a read and a write for each end.
const MOST_WITH_ONE: f64 = 6.05;
/// With fifty, one wait is enough for many of them. A round trip is two reads and two writes.
const MOST_WITH_FIFTY: f64 = 4.15;
/// With a thousand, the waits are next to nothing.
const MOST_WITH_A_THOUSAND: f64 = 4.05;

#[test]
fn a_round_trip_takes_no_more_system_calls_than_reading_writing_and_waiting() {
    if !strace_works() {
        // Where all must be checked it is a failure.
        assert!(env::var_os("CI").is_none(), "there is no strace here that works");
        eprintln!("skipped: there is no strace here that works");
        return;
    }
    let output = { Command::new(env!("CARGO_BIN_EXE_onethread-peers")) }
        .args(["--syscalls", "--of", "onethread"])
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let row = table.lines().find_map(|line| line.strip_prefix("| onethread |"));
    let cells = row.unwrap_or_else(|| panic!("no row of ours: {table}")).split('|');
    let counts: Vec<f64> = cells.filter_map(|cell| cell.trim().parse().ok()).collect();
    let [one, fifty, thousand] = counts[..] else { panic!("three figures were expected: {table}") };
    // Two reads and two writes there must be: with fewer the counting would be wrong.
    assert!((4.0..=MOST_WITH_ONE).contains(&one), "{table}");
    assert!((4.0..=MOST_WITH_FIFTY).contains(&fifty), "{table}");
    assert!((4.0..=MOST_WITH_A_THOUSAND).contains(&thousand), "{table}");
}

fn strace_works() -> bool {
    let status = Command::new("strace").args(["-c", "true"]).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

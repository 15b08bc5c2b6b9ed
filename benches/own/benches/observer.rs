//! What an observer costs, and so what its absence saves: `cargo bench -p onethread-benches --bench observer`.
//!
//! The executor with a no-op observer and the one without take turns, so that whatever else the machine does
//! meanwhile hits both alike; the difference is the median of those of the rounds.

mod workloads;

use std::time::Instant;

use executor::{Event, Executor};

use crate::workloads::{WORKLOADS, Workload};

const ROUNDS: usize = 101;

fn main() {
    // `cargo test --benches` wants to know only whether it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    println!("ns per operation, median of {rounds} rounds");
    println!("{:30} {:>12} {:>14} {:>12}", "", "no observer", "no-op observer", "difference");
    for workload in WORKLOADS {
        compare(workload, rounds);
    }
}

fn compare(workload: Workload, rounds: usize) {
    let without = Executor::new();
    let with = Executor::builder().observer(|_: &Event<'_>| {}).build();
    time(workload, &without);
    time(workload, &with);
    let (mut absent, mut present, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        // Neither always comes second.
        let (one, two) = if round % 2 == 0 {
            let one = time(workload, &without);
            (one, time(workload, &with))
        } else {
            let two = time(workload, &with);
            (time(workload, &without), two)
        };
        absent.push(one);
        present.push(two);
        ratio.push(two / one);
    }
    let difference = (median(ratio) - 1.0) * 100.0;
    println!("{:30} {:12.1} {:14.1} {difference:+10.1} %", workload.name, median(absent), median(present));
}

/// Nanoseconds for each operation.
fn time(workload: Workload, executor: &Executor) -> f64 {
    let start = Instant::now();
    (workload.run)(executor);
    let took = start.elapsed();
    took.as_secs_f64() * 1e9 / workload.operations as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

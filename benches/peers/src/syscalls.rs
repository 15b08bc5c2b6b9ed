//! How many system calls a round trip takes: counted by strace, not measured by a clock.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::process;
use std::time::Duration;

use rounds::measuring::{Measuring, Task};

use crate::runtimes;
use crate::workloads::{Kind, REACTOR, Scale, Workload, reactor};

/// Everything takes many times as long under strace.
const LIMIT: Duration = Duration::from_secs(60);

/// A table of system calls for each round trip: of the runtimes named in `of`, or of all if there are none.
pub fn table(of: &[String]) -> String {
    let mut table = String::from(
        "| system calls for each round trip | 1 connection | 50 connections | 1000 connections |\n|---|---:|---:|---:|\n",
    );
    let wanted = |name: &&str| of.is_empty() || of.iter().any(|each| each == name);
    for name in runtimes::names(&REACTOR).filter(wanted) {
        let cell = |workload| {
            per_round_trip(name, workload)
                .map_or_else(|reason| format!("n/a: {reason}"), |count| format!("{count:.2}"))
        };
        writeln!(table, "| {name} | {} | {} | {} |", cell("echo-1"), cell("echo-50"), cell("echo-1000"))
            .expect("a string takes everything");
    }
    table
}

/// Counts those of a small and of a large sample. What both do, such as to connect, is not in the difference.
fn per_round_trip(runtime: &str, workload: &str) -> Result<f64, String> {
    let workload = Workload::find(workload).ok_or("there is no such workload")?;
    let Kind::Reactor(kind @ reactor::Kind::Echo(connections)) = workload.kind else {
        return Err("it has no round trips".into());
    };
    let round_trips = |scale| (kind.amount(scale) * connections) as f64;
    let (few, many) = (count(runtime, workload, Scale::Quick)?, count(runtime, workload, Scale::Full)?);
    Ok((many - few) / (round_trips(Scale::Full) - round_trips(Scale::Quick)))
}

/// How many calls a process makes, with all its threads, that takes one sample.
fn count(runtime: &str, workload: &Workload, scale: Scale) -> Result<f64, String> {
    let summary = env::temp_dir().join(format!("onethread-peers-{}.strace", process::id()));
    let strace = ["strace", "-f", "-c", "-o", summary.to_str().ok_or("the temporary directory has no name")?];
    let task = Task { contestant: runtime, workload: &workload.measured, scale, arguments: &[] };
    let mut measuring = Measuring::start_under(&strace, task, LIMIT)?;
    measuring.sample(LIMIT)?;
    measuring.finish(LIMIT)?;
    let text = fs::read_to_string(&summary).map_err(|error| error.to_string())?;
    // It is of no use any more, and lies where such files are cleared away.
    let _ = fs::remove_file(&summary);
    total(&text).ok_or_else(|| format!("strace said {text:?}"))
}

/// The last line of strace's summary: `100.00    0.012345           1     12345        67 total`.
fn total(summary: &str) -> Option<f64> {
    let line = summary.lines().find(|line| line.ends_with(" total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

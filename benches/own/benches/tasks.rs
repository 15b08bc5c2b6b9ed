//! What the executor's operations cost: `cargo bench -p onethread-benches --bench tasks`.

mod workloads;

use std::fmt;

use divan::Bencher;
use divan::counter::ItemsCount;
use executor::Executor;

use crate::workloads::{WORKLOADS, Workload};

fn main() {
    divan::main();
}

/// The time is that of all operations of a run; the throughput that of one.
#[divan::bench(args = WORKLOADS)]
fn tasks(bencher: Bencher<'_, '_>, workload: Workload) {
    let executor = Executor::new();
    bencher.counter(ItemsCount::new(workload.operations)).bench_local(|| (workload.run)(&executor));
}

/// An executor made for one future.
#[divan::bench]
fn block_on_with_an_executor_of_its_own() -> i32 {
    executor::block_on(async { divan::black_box(42) })
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

//! What waiting for several futures costs: `cargo bench -p onethread-benches --bench combinators`.

use divan::Bencher;
use executor::{Executor, JoinSet, join, join_all, spawn, yield_now};

fn main() {
    divan::main();
}

/// How many futures there are.
const COUNTS: [usize; 4] = [1, 10, 100, 1_000];

/// In one task, each under a waker of its own.
#[divan::bench(args = COUNTS)]
fn join_all_of(bencher: Bencher<'_, '_>, count: usize) {
    run(bencher, || async move {
        join_all((0..count).map(|_| yield_now())).await;
    });
}

/// As tasks, whose handles are awaited one after the other.
#[divan::bench(args = COUNTS)]
fn spawn_and_await(bencher: Bencher<'_, '_>, count: usize) {
    run(bencher, || async move {
        let handles: Vec<_> = (0..count).map(|_| spawn(yield_now())).collect();
        for handle in handles {
            handle.await.expect("it does not panic");
        }
    });
}

/// As tasks of a set.
#[divan::bench(args = COUNTS)]
fn join_set_of(bencher: Bencher<'_, '_>, count: usize) {
    run(bencher, || async move {
        let mut set = JoinSet::new();
        for _ in 0..count {
            set.spawn(yield_now());
        }
        while let Some(done) = set.join_next().await {
            done.expect("it does not panic");
        }
    });
}

/// Two futures, in one task and without any allocation.
#[divan::bench]
fn join_of_two(bencher: Bencher<'_, '_>) {
    run(bencher, || async {
        join(yield_now(), yield_now()).await;
    });
}

fn run<F: Future<Output = ()>>(bencher: Bencher<'_, '_>, future: impl Fn() -> F) {
    let executor = Executor::new();
    bencher.bench_local(|| executor.block_on(future()));
}

//! What timers cost: `cargo bench -p onethread-benches --bench timers`.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use executor::Executor;
use reactor::{Reactor, Sleep, sleep, timeout};

/// Sleeps in one run of a benchmark.
const SLEEPS: usize = 10_000;

/// Longer than any benchmark takes.
const LONG: Duration = Duration::from_secs(3600);

fn main() {
    divan::main();
}

/// What a sleep cannot cost less than.
#[divan::bench]
fn a_look_at_the_clock() -> Instant {
    Instant::now()
}

/// As a request does it that has a time limit and meets it, in a task.
#[divan::bench]
fn create_poll_and_drop(bencher: Bencher<'_, '_>) {
    let (executor, _entered) = executor();
    bencher.counter(ItemsCount::new(SLEEPS)).bench_local(|| {
        executor.block_on(std::future::poll_fn(|cx| {
            for _ in 0..SLEEPS {
                let sleep = pin!(black_box(sleep(LONG)));
                assert!(sleep.poll(cx).is_pending());
            }
            Poll::Ready(())
        }));
    });
}

/// The same among a million others.
#[divan::bench]
fn create_poll_and_drop_among_a_million(bencher: Bencher<'_, '_>) {
    let (executor, _entered) = executor();
    let others = set(1_000_000, LONG);
    bencher.counter(ItemsCount::new(SLEEPS)).bench_local(|| {
        executor.block_on(std::future::poll_fn(|cx| {
            for _ in 0..SLEEPS {
                let sleep = pin!(black_box(sleep(LONG)));
                assert!(sleep.poll(cx).is_pending());
            }
            Poll::Ready(())
        }));
    });
    drop(others);
}

/// A time limit on what is ready at once.
#[divan::bench]
fn timeout_of_something_that_is_ready(bencher: Bencher<'_, '_>) {
    let (executor, _entered) = executor();
    bencher.counter(ItemsCount::new(SLEEPS)).bench_local(|| {
        executor.block_on(async {
            for number in 0..SLEEPS {
                assert!(timeout(LONG, std::future::ready(number)).await.is_ok());
            }
        });
    });
}

/// A time limit that is moved on with each piece that comes.
#[divan::bench]
fn reset(bencher: Bencher<'_, '_>) {
    let (_executor, _entered) = executor();
    let mut sleeps = set(1, LONG);
    bencher.counter(ItemsCount::new(SLEEPS)).bench_local(|| {
        let deadline = reactor::now() + LONG;
        for _ in 0..SLEEPS {
            sleeps[0].reset(black_box(deadline));
        }
    });
}

/// Tasks that sleep and all wake, spread over 100 ms: CPU for spawn, sleep, wake and end of each, if the 100 ms are
/// less than that takes.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 5)]
fn sleep_in_tasks_over_a_hundred_ms(bencher: Bencher<'_, '_>, tasks: u64) {
    let (executor, _entered) = executor();
    bencher.counter(ItemsCount::new(tasks)).bench_local(|| {
        for number in 0..tasks {
            // In no order.
            let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 100_000_000;
            executor.spawn(sleep(Duration::from_nanos(scattered))).detach();
        }
        executor.block_on(sleep(Duration::from_millis(100)));
        while executor.run_until_stalled().live > 0 {}
    });
}

fn executor() -> (Executor, reactor::Entered) {
    let reactor = Reactor::new().expect("the system has descriptors for a reactor");
    let entered = reactor.handle().enter();
    (Executor::with_park(reactor), entered)
}

/// Sleeps that have set their timers, for a waker that does nothing.
fn set(count: usize, duration: Duration) -> Vec<Sleep> {
    let mut context = Context::from_waker(Waker::noop());
    let mut sleeps: Vec<_> = (0..count).map(|_| sleep(duration)).collect();
    for sleep in &mut sleeps {
        assert!(Pin::new(sleep).poll(&mut context).is_pending());
    }
    sleeps
}

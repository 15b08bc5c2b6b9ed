//! Timers.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use rounds::process::cpu_time;

use super::Took;
use super::latch::Latch;
use crate::net::Net;
use crate::runtime::yield_by_wake;

/// A sleep that does not end while it is measured. They differ by up to a second, in milliseconds.
pub const LONG: Duration = Duration::from_secs(1);
/// How many sleeps one poll of a task makes: fewer than tokio lets a task poll before it says "pending" to all
/// of them, whatever they are.
const BATCH: usize = 100;
/// All sleeps of a sample end within this time.
const SPREAD: Duration = Duration::from_millis(100);
/// How many deadlines are computed from one look at the clock.
const CLOCK_EVERY: usize = 1_000;
/// The class of sleep whose lateness is measured.
pub const SHORT: Duration = Duration::from_millis(1);

/// Sleeps that are polled once and dropped, as the timeout of an operation that is quick enough.
pub fn make_and_drop<N: Net>(runtime: &'static N, times: usize) -> Took {
    runtime.block_on(async move {
        let done = Latch::new(1);
        let dropped = Rc::clone(&done);
        let start = Instant::now();
        runtime.spawn_detached(async move {
            for batch in 0..times / BATCH {
                make_and_drop_some::<N>(batch * BATCH).await;
                yield_by_wake().await;
            }
            dropped.arrive();
        });
        done.wait().await;
        Took { time: start.elapsed(), operations: times / BATCH * BATCH }
    })
}

async fn make_and_drop_some<N: Net>(first: usize) {
    poll_fn(|cx| {
        for number in first..first + BATCH {
            let sleep = pin!(N::sleep(LONG + Duration::from_millis((number % 1_000) as u64)));
            assert!(sleep.poll(cx).is_pending(), "it ended before its time");
        }
        Poll::Ready(())
    })
    .await;
}

/// A great many tasks sleep, all until about the same time; what they cost the processor from the first one
/// spawned to the last one ended.
pub fn fire<N: Net>(runtime: &'static N, sleeps: usize, quiet: Duration) -> Took {
    runtime.block_on(async move {
        let done = Latch::new(sleeps);
        let before = cpu_time();
        for left in deadlines(sleeps, quiet) {
            let done = Rc::clone(&done);
            let sleep = N::sleep(left);
            runtime.spawn_detached(async move {
                sleep.await;
                done.arrive();
            });
        }
        done.wait().await;
        Took { time: cpu_time() - before, operations: sleeps }
    })
}

/// How long each of a number of sleeps is to last so that all end within [`SPREAD`], after a time of `quiet` in
/// which they are all begun. Their order is not the one in which they end.
pub fn deadlines(sleeps: usize, quiet: Duration) -> impl Iterator<Item = Duration> {
    let start = Instant::now();
    let mut passed = Duration::ZERO;
    (0..sleeps).map(move |number| {
        if number % CLOCK_EVERY == 0 {
            passed = start.elapsed();
        }
        // A stride that shares no factor with the steps visits them all.
        let step = (number * 7_919 % 10_000) as u32;
        (quiet + SPREAD * step / 10_000).saturating_sub(passed)
    })
}

/// One sleep after the other, and how late the one in the middle ends, were they put in order.
pub fn lateness<N: Net>(runtime: &'static N, times: usize) -> Took {
    runtime.block_on(async move {
        let mut late = Vec::with_capacity(times);
        for _ in 0..times {
            let start = Instant::now();
            N::sleep(SHORT).await;
            late.push(start.elapsed().saturating_sub(SHORT));
        }
        late.sort_unstable();
        Took { time: late[times / 2], operations: 1 }
    })
}

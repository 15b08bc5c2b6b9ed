//! Going to the end of the queue.

use std::future::Future;
use std::time::Instant;

use super::Took;
use super::latch::Latch;
use crate::runtime::{Runtime, yield_by_wake};

/// Each of a number of tasks wakes itself and is pending, again and again.
pub fn by_wake<R: Runtime>(runtime: &'static R, tasks: usize, times: usize) -> Took {
    runtime.block_on(async move {
        let latch = Latch::new(tasks);
        for _ in 0..tasks {
            let latch = latch.clone();
            runtime.spawn_detached(async move {
                repeat(yield_by_wake, times).await;
                latch.arrive();
            });
        }
        let start = Instant::now();
        latch.wait().await;
        Took { time: start.elapsed(), operations: tasks * times }
    })
}

/// One task yields in the way its runtime recommends, while the runtime's driver is set up.
pub fn by_runtime<R: Runtime>(runtime: &'static R, times: usize) -> Took {
    runtime.block_on(async move {
        let latch = Latch::new(1);
        let done = latch.clone();
        runtime.spawn_detached(async move {
            repeat(|| runtime.yield_now(), times).await;
            done.arrive();
        });
        let start = Instant::now();
        latch.wait().await;
        Took { time: start.elapsed(), operations: times }
    })
}

async fn repeat<F: Future<Output = ()>>(future: impl Fn() -> F, times: usize) {
    for _ in 0..times {
        future().await;
    }
}

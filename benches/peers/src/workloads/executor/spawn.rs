//! Adding tasks.

use std::time::Instant;

use super::Took;
use super::latch::Latch;
use crate::runtime::{Runtime, yield_by_wake};

/// How many tasks are spawned before the next ones.
const BATCH: usize = 100;

/// Spawns tasks that end at their first poll, 100 at a time: memory that was just freed serves the next ones.
pub fn hot<R: Runtime>(runtime: &'static R, batches: usize) -> Took {
    runtime.block_on(async move {
        let latch = Latch::new(0);
        let start = Instant::now();
        for _ in 0..batches {
            latch.expect(BATCH);
            for _ in 0..BATCH {
                let latch = latch.clone();
                runtime.spawn_detached(async move { latch.arrive() });
            }
            latch.wait().await;
        }
        Took { time: start.elapsed(), operations: batches * BATCH }
    })
}

/// Spawns many tasks, of which none ends before the last one is there; then awaits them all.
pub fn many<R: Runtime>(runtime: &'static R, tasks: usize) -> Took {
    runtime.block_on(async move {
        let mut handles = Vec::with_capacity(tasks);
        let start = Instant::now();
        for _ in 0..tasks {
            handles.push(runtime.spawn(yield_by_wake()));
        }
        for handle in handles {
            handle.await;
        }
        Took { time: start.elapsed(), operations: tasks }
    })
}

/// Spawns a task and awaits its output, again and again.
pub fn join<R: Runtime>(runtime: &'static R, times: usize) -> Took {
    runtime.block_on(async move {
        let mut sum = 0;
        let start = Instant::now();
        for number in 0..times {
            sum += runtime.spawn(async move { number }).await;
        }
        let took = Took { time: start.elapsed(), operations: times };
        assert_eq!(sum, times * (times - 1) / 2, "a task's output is wrong");
        took
    })
}

//! How much memory a task takes.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use rounds::process::resident;

use super::latch::Latch;
use crate::runtime::Runtime;

/// A future of 64 bytes that was polled once and never ends.
struct Parked {
    latch: Rc<Latch>,
    /// What a task has to remember.
    state: [u64; 7],
}

const _: () = assert!(size_of::<Parked>() == 64);

impl Future for Parked {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.state[0] += 1;
        self.latch.arrive();
        Poll::Pending
    }
}

/// Spawns tasks that then wait for ever, and says how many bytes the process has grown by for each.
pub fn parked<R: Runtime>(runtime: &'static R, tasks: usize) -> Result<f64, String> {
    runtime.block_on(async move {
        let latch = Latch::new(tasks);
        let before = resident()?;
        for _ in 0..tasks {
            runtime.spawn_detached(Parked { latch: latch.clone(), state: [0; 7] });
        }
        latch.wait().await;
        let after = resident()?;
        Ok((after - before) as f64 / tasks as f64)
    })
}

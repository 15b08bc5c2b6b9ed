//! How much memory what waits takes: in this process, not in the kernel.

use std::rc::Rc;
use std::time::Duration;

use super::latch::Latch;
use rounds::process::resident;

use super::pairs;
use crate::net::{Net, Stream};

/// Bytes of the buffer that the server's end of an idle connection reads into.
const ROOM: usize = 64;
/// Longer than it takes to measure.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// Makes connections at whose accepted ends a task waits to read, which never ends; says how many bytes the
/// process has grown by for each. The other end is merely kept.
pub fn idle_connections<N: Net>(runtime: &'static N, count: usize) -> Result<f64, String> {
    runtime.block_on(async move {
        // What there is one of for the first connection is not what each of them takes.
        let first = pairs::connect::<N>(1).await;
        let before = resident()?;
        let mut clients = Vec::with_capacity(count);
        let polled = Latch::new(count);
        for (client, mut server) in pairs::connect::<N>(count).await {
            clients.push(client);
            let polled = Rc::clone(&polled);
            runtime.spawn_detached(async move {
                polled.arrive();
                let end = server.read(vec![0; ROOM]).await;
                unreachable!("nobody writes or closes: {:?}", end.map(|(count, _)| count));
            });
        }
        // The last task to arrive has been polled to the end when this one has its turn.
        polled.wait().await;
        let after = resident()?;
        drop(first);
        // They are kept until the process ends.
        std::mem::forget(clients);
        Ok((after - before) as f64 / count as f64)
    })
}

/// Spawns tasks that sleep, and says how many bytes the process has grown by for each.
pub fn parked_timers<N: Net>(runtime: &'static N, tasks: usize) -> Result<f64, String> {
    runtime.block_on(async move {
        let polled = Latch::new(tasks);
        let before = resident()?;
        for _ in 0..tasks {
            let polled = Rc::clone(&polled);
            runtime.spawn_detached(async move {
                polled.arrive();
                N::sleep(FOR_EVER).await;
            });
        }
        polled.wait().await;
        let after = resident()?;
        Ok((after - before) as f64 / tasks as f64)
    })
}

//! Short connections.

use std::rc::Rc;
use std::time::Instant;

use super::Took;
use super::latch::Latch;
use crate::net::{Net, Stream};

/// One connection after the other: the server accepts it, sends a byte and closes, the client reads to the end.
///
/// The server closes first, so it is the server's port where the kernel remembers the connection for a minute
/// (TIME_WAIT). Otherwise the clients would run out of ports.
pub fn again_and_again<N: Net>(runtime: &'static N, times: usize) -> Took {
    runtime.block_on(async move {
        let (listener, address) = N::listen().await.expect("a port of loopback is free");
        let done = Latch::new(2);
        let (served, asked) = (Rc::clone(&done), Rc::clone(&done));
        let start = Instant::now();
        runtime.spawn_detached(async move {
            let mut byte = vec![7];
            for _ in 0..times {
                let mut stream = N::accept(&listener).await.expect("the client connects");
                byte = stream.write_all(byte).await.expect("the client is there");
            }
            served.arrive();
        });
        runtime.spawn_detached(async move {
            let mut buffer = vec![0; 16];
            for _ in 0..times {
                let mut stream = N::connect(address).await.expect("the server accepts");
                let mut total = 0;
                loop {
                    let (count, filled) = stream.read(buffer).await.expect("the server ends properly");
                    buffer = filled;
                    total += count;
                    if count == 0 {
                        break;
                    }
                }
                assert_eq!(total, 1, "it was to be one byte");
            }
            asked.arrive();
        });
        done.wait().await;
        Took { time: start.elapsed(), operations: times }
    })
}

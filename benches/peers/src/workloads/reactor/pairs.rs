//! Connections, by both their ends.

use crate::net::Net;

/// Makes a number of connections: of each the end that connected, then the end that was accepted.
pub async fn connect<N: Net>(count: usize) -> Vec<(N::Stream, N::Stream)> {
    let (listener, address) = N::listen().await.expect("a port of loopback is free");
    let mut pairs = Vec::with_capacity(count);
    for _ in 0..count {
        // The kernel completes a connection before it is accepted.
        let client = N::connect(address).await.expect("there is somebody who listens");
        let server = N::accept(&listener).await.expect("a connection waits to be accepted");
        pairs.push((client, server));
    }
    pairs
}

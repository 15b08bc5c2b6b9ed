//! hyper's server and client need no thread but the one that awaits them, and no runtime of tokio.
//!
//! A program of its own, without libtest, which has threads itself.

mod support;

use std::fs;
use std::io;
use std::time::Duration;

use support::http::{Server, Version, post_all};

fn main() -> io::Result<()> {
    support::watchdog();
    assert_eq!(threads()?, 1, "this test starts none");
    let seen = reactor::block_on(several_requests())??;
    assert_eq!(seen, [1, 1], "while connected, and when all were answered");
    assert_eq!(threads()?, 1, "none is left behind");
    println!("hyper_keeps_to_one_thread ... ok");
    Ok(())
}

/// Counts the threads on the way.
async fn several_requests() -> io::Result<[usize; 2]> {
    let server = Server::start(Version::Http1, 4, Duration::from_secs(30));
    let mut clients = Vec::new();
    for _ in 0..4 {
        clients.push(server.connect(Version::Http1).await);
    }
    let connected = threads()?;
    post_all(clients).await;
    assert!(tokio::runtime::Handle::try_current().is_err(), "somebody has entered a runtime of tokio");
    Ok([connected, threads()?])
}

fn threads() -> io::Result<usize> {
    Ok(fs::read_dir("/proc/self/task")?.count())
}

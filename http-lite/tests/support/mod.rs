//! What the suites of the client share. Not every one of them uses all of it.
#![allow(dead_code, reason = "each suite uses a part of this")]

pub(crate) mod script;
pub(crate) mod server;

use std::future::Future;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use executor::Executor;
use reactor::{Reactor, VirtualClock};

/// How long a test may take: far more than it does on any machine that works.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a test on a thread of its own, so that one that hangs fails.
pub(crate) fn watched(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let thread = thread::spawn(move || {
        test();
        // Nobody listens any more if it took too long.
        let _ = done.send(());
    });
    match ended.recv_timeout(PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it did not come to an end within {PATIENCE:?}"),
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// Runs a future on a reactor of its own, watched.
pub(crate) fn run<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    watched(move || reactor::block_on(test()).unwrap());
}

/// Runs a future by a clock that goes on by itself whenever nothing else can happen, watched.
pub(crate) fn run_by_clock<F: Future<Output = ()>>(test: impl FnOnce(VirtualClock) -> F + Send + 'static) {
    watched(move || {
        let clock = VirtualClock::auto();
        let reactor = Reactor::with_clock(&clock).unwrap();
        let _entered = reactor.handle().enter();
        Executor::with_park(reactor).block_on(test(clock));
    });
}

//! A test that hangs says nothing. These say what did not happen.

use std::future::Future;
use std::panic;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives it up: long even for a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Awaits the future that `make` makes, on a thread, an executor and a reactor of its own.
///
/// # Panics
///
/// If it panics, or is not ready when [`PATIENCE`] is over. Its thread is left behind then, until
/// libtest ends the process; what the test owns outside of `make` is dropped as ever.
pub fn block_on<T: Send + 'static, F: Future<Output = T>>(make: impl FnOnce() -> F + Send + 'static) -> T {
    watched(|| reactor::block_on(make()).expect("this system has what a reactor needs"))
}

/// Runs `work` on a thread of its own.
///
/// # Panics
///
/// As [`block_on`] does.
pub fn watched<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        // Nobody listens any more if it took too long.
        let _ = sender.send(work());
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(output) => output,
        Err(RecvTimeoutError::Timeout) => panic!("it did not come to an end within {PATIENCE:?}"),
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panicked) => panic::resume_unwind(panicked),
            Ok(()) => unreachable!("a thread that does not panic sends its output"),
        },
    }
}

/// Asks again and again until there is an answer.
///
/// # Panics
///
/// If there is none when [`PATIENCE`] is over: `what` was waited for in vain.
pub fn poll_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

//! Executor and reactor in one call.

use std::future::Future;
use std::io;

use executor::Executor;

use crate::Reactor;

/// Runs `future` to its end on this thread, on an [`Executor`] and a [`Reactor`] made for it. Tasks
/// that it [spawned](executor::spawn) and did not await are dropped then.
///
/// # Errors
///
/// If the system refuses what a reactor needs; see [`Reactor::new`]. The future was not polled
/// then.
///
/// # Panics
///
/// If the future panics, or a task that has no handle to report it.
///
/// # Examples
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// assert_eq!(reactor::block_on(async { 6 * 7 })?, 42);
/// # Ok(())
/// # }
/// ```
pub fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    let reactor = Reactor::new()?;
    // Left after the executor was dropped, so that what its tasks do when they are dropped finds the
    // reactor.
    let _entered = reactor.handle().enter();
    Ok(Executor::with_park(reactor).block_on(future))
}

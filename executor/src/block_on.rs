//! Running one future to its end.

use std::future::Future;

use crate::Executor;

/// Runs `future` to its end on this thread, on an [`Executor`] made for it. Tasks that it
/// [spawned](crate::spawn) and did not await are dropped then.
///
/// It may be called inside a task of another executor; that one stands still meanwhile.
///
/// # Panics
///
/// If the future panics, or a task that has no handle to report it.
///
/// # Examples
///
/// ```
/// assert_eq!(executor::block_on(async { 6 * 7 }), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    Executor::new().block_on(future)
}

//! What a panic carries, and panics that nobody is to hear of.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic carries.
pub(crate) type Panic = Box<dyn Any + Send>;

/// Runs foreign code whose panic nobody is to hear of. What that panic carries is dropped; if that panics in turn, what
/// the second one carries is leaked, since this has to end somewhere.
pub(crate) fn contain(code: impl FnOnce()) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(code)) else { return };
    let _ = catch_unwind(AssertUnwindSafe(|| drop(panic))).map_err(mem::forget);
}

//! Waking, which runs foreign code: what it may do to those who wake.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Waker;
use std::thread;

/// What a panic was about.
type Payload = Box<dyn Any + Send>;

/// Wakes all of them, even if a waker, which may be anybody's code, panics. The first panic goes on
/// afterwards; not where another one is under way, which would end the process.
pub(crate) fn wake_all(wakers: &mut Vec<Waker>) {
    let mut first = None;
    for waker in wakers.drain(..) {
        match (wake(waker), &first) {
            (Ok(()), _) => {}
            (Err(payload), None) => first = Some(payload),
            (Err(payload), Some(_)) => discard(payload),
        }
    }
    match first {
        Some(payload) if thread::panicking() => discard(payload),
        Some(payload) => resume_unwind(payload),
        None => {}
    }
}

/// Wakes somebody else than the caller, who has nothing to do with it if the waker panics.
pub(crate) fn wake_other(waker: Waker) {
    if let Err(payload) = wake(waker) {
        discard(payload);
    }
}

fn wake(waker: Waker) -> Result<(), Payload> {
    catch_unwind(AssertUnwindSafe(|| waker.wake()))
}

/// Drops what a panic was about, which may panic in turn. What that panic is about is not even dropped, or there might
/// be no end to it.
fn discard(payload: Payload) {
    if let Err(worse) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(worse);
    }
}

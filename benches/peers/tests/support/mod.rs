//! What the suites share.

#![allow(dead_code, reason = "each suite uses a part of this")]

pub mod http;
pub mod hyper_rt;

/// Seconds after which a test hangs for good.
const PATIENCE: u32 = 60;

/// Has the system end the process, by a signal, if this is not called again in time: a lost wake is a failure
/// then, and not a hang. Without a thread, since threads are counted here.
pub fn watchdog() {
    // SAFETY: it takes a number and touches no memory of ours.
    unsafe { libc::alarm(PATIENCE) };
}

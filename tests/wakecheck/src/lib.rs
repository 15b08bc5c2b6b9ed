//! Tests whether futures and executors keep the contract of poll and wake.
//!
//! A future that is pending owes its task a wake. A test that polls by hand does not notice when it
//! never comes, since the test polls again anyway; the program then hangs. The tools of this crate
//! notice.
//!
//! ```
//! use std::future;
//! use std::sync::mpsc::channel;
//! use std::task::Poll;
//! use wakecheck::{Violation, assert_pending, assert_woken, task, waker_contract};
//!
//! // `task::spawn` polls a future only when a task would: at first, and after a wake.
//! let mut yielded = false;
//! let mut task = task::spawn(future::poll_fn(|cx| {
//!     if yielded {
//!         return Poll::Ready("done");
//!     }
//!     yielded = true;
//!     cx.waker().wake_by_ref();
//!     Poll::Pending
//! }));
//! assert_pending!(task.poll());
//! assert_woken!(task);
//! assert_eq!(task.poll(), Poll::Ready("done"));
//!
//! // `waker_contract` tries what a task may do to a future, and names the rule that it breaks.
//! let forgetful = || {
//!     let (sender, receiver) = channel();
//!     let future = future::poll_fn(move |_| receiver.try_recv().map_or(Poll::Pending, Poll::Ready));
//!     (future, move || sender.send("event").unwrap())
//! };
//! assert_eq!(waker_contract(forgetful).check(), Err(Violation::LostWakeup));
//! ```
//!
//! - [`WakerProbe`]: a waker that counts its wakes and its clones.
//! - [`task::spawn`]: one future, polled by hand as a task would poll it.
//! - [`task::run`]: one future to its end, or a panic where a task would wait for ever.
//! - [`waker_contract`]: the whole contract in one call.
//! - [`io`]: a stream that does what a test tells it to, for code over the traits of `futures_io`.
//! - `Recorder` (feature `executor`, on by default): all that an executor of `onethread-executor`
//!   does, as lines of text, to be compared whole.
//!
//! # What it is not
//!
//! It runs no tasks and finds no data race: an executor does the one, a model checker such as loom
//! the other.

#![forbid(unsafe_code)]

mod waker;
pub mod task;
mod contract;
pub mod io;
#[cfg(feature = "executor")]
mod recorder;

pub use self::contract::{Violation, WakerContract, waker_contract};
#[cfg(feature = "executor")]
pub use self::recorder::Recorder;
pub use self::waker::WakerProbe;

#[cfg(all(doctest, feature = "executor"))]
#[doc = include_str!("../README.md")]
struct Readme;

//! A waker-based executor for one OS thread, without `unsafe`.
//!
//! It owns tasks and polls those that were woken. It starts no thread, has no global that must be
//! set up, and knows no I/O: how it sleeps is up to a [`Park`], of which [`ThreadPark`] is the
//! simplest.
//!
//! ```
//! use executor::{Executor, join, yield_now};
//!
//! let executor = Executor::new();
//! let hello = executor.spawn(async {
//!     yield_now().await;
//!     "hello"
//! });
//! let (hello, world) = executor.block_on(async { join!(hello, async { "world" }) });
//! assert_eq!((hello.unwrap(), world), ("hello", "world"));
//! ```
//!
//! # The whole idea
//!
//! A future is a value that can be *polled*: it either gives its output, or says that it is pending
//! and keeps the [`Waker`] that it was polled with. Who has something for it wakes that waker; here
//! that means one thing only: the task's id goes to the end of a queue. The executor takes the ids
//! that are queued, polls each of those tasks once, and begins anew. When the queue is empty it
//! sleeps until somebody wakes something.
//!
//! ```text
//!              Core::spawn
//!                   │
//!                   v     Core::poll                   ready or panicked: Core::complete
//!       ┌───────> queued ───────────> polling ─────────────────────────> finished
//!       │           ^ │                │   │                                │
//!       │           │ │ current::wake, │   │ pending: Slot::check_in        │ Core::claim
//!       │           └─┼── meanwhile ───┘   v                                v
//!       │             │                 waiting                   JoinHandle's output
//!       │             │                    │
//!       └─────────────┼────────────────────┘
//!    current::wake    │   (this thread) or TaskWaker::post (any other), then Core::deliver
//!                     v
//!                   dropped: Core::cancel, if Core::abort came before
//! ```
//!
//! Two arrows would go from everywhere: when the executor is dropped, `Core::shut_down` drops what is queued or waits;
//! and a result that nobody will ask for is dropped by `Core::finish` or, once its handle is gone, by `Core::detach`.
//!
//! In the code, a flag of `TaskWaker` says whether a task is queued, and `slot::Phase` the rest; `Aborted` and
//! `PollingAborted` are those that will be dropped.
//!
//! - One wake, one poll: however often a task is woken before its poll, it gets one; and without a
//!   wake it gets none. A wake from elsewhere counts from when the executor learns of it, once a round.
//! - Nobody starves: what is woken during a round waits for the next one, also the future of
//!   [`block_on()`], also what other threads wake. After 61 polls at the latest (and the end of the
//!   round then) the driver is asked for sockets and timers that are due; after fewer, if they take
//!   long.
//! - A waker holds a key, never the future: it may be woken and dropped on any thread, at any time,
//!   even when the executor is long gone.
//!
//! # What it is not
//!
//! It does not use a second core, and a task that blocks the thread blocks all of them. Channels
//! and locks are other crates' work: those that are made for any executor run here.
//!
//! [`Waker`]: std::task::Waker

#![forbid(unsafe_code)]

mod executor;
mod builder;
mod core;
mod round;
mod rest;
mod tasks;
mod slot;
mod vacancies;
mod task;
mod spares;
mod batch;
mod run_queue;
mod waker;
mod current;
mod mailbox;
mod park;
mod cadence;
mod sync;
mod spawner;
mod send_spawner;
mod join_handle;
mod joiner;
mod abort_handle;
mod join_error;
mod panic;
mod join_set;
mod observer;
mod watch;
mod order;
mod stats;
mod block_on;
mod yield_now;
mod maybe_done;
mod join;
mod try_join;
mod woken;
mod join_all;
mod select;

pub use self::abort_handle::AbortHandle;
pub use self::block_on::block_on;
pub use self::builder::{Builder, UnhandledPanic};
pub use self::executor::{Executor, Progress};
pub use self::join::{Join, join};
pub use self::join_all::{JoinAll, join_all};
pub use self::join_error::JoinError;
pub use self::join_handle::{AbortOnDrop, JoinHandle};
pub use self::join_set::JoinSet;
#[doc(hidden)]
pub use self::maybe_done::MaybeDone;
pub use self::observer::{Event, Observer, WakeSource};
pub use self::order::Order;
pub use self::park::{Park, ThreadPark};
pub use self::select::{Either, Select, race, select};
pub use self::send_spawner::SendSpawner;
pub use self::spawner::{Spawner, spawn};
pub use self::stats::{Stats, TaskStats};
pub use self::task::TaskId;
pub use self::try_join::{TryJoin, try_join};
pub use self::yield_now::{YieldNow, yield_now};
#[doc(no_inline)]
pub use futures_task::SpawnError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

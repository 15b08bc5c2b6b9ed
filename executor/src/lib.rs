//! A waker-based executor for one OS thread, without `unsafe`.
mod block_on;
mod core;
mod current;
mod executor;
mod join;
mod join_all;
mod join_error;
mod join_handle;
mod mailbox;
mod maybe_done;
mod park;
mod run_queue;
mod select;
mod spawner;
mod task;
mod tasks;
mod waker;
mod yield_now;

pub use self::block_on::block_on;
pub use self::executor::{Executor, Progress};
pub use self::join::{Join, join};
pub use self::join_all::{JoinAll, join_all};
pub use self::join_error::JoinError;
pub use self::join_handle::JoinHandle;
#[doc(hidden)]
pub use self::maybe_done::MaybeDone;
pub use self::park::{Park, ThreadPark};
pub use self::select::{Either, Select, race, select};
pub use self::spawner::{Spawner, spawn};
pub use self::task::TaskId;
pub use self::yield_now::{YieldNow, yield_now};

//! The runtimes that are compared, each in terms of [`Runtime`](crate::runtime::Runtime).

mod compio;
mod embassy;
mod glommio;
mod local_pool;
mod monoio;
mod ours;
mod smol;
mod tokio_current_thread;
mod tokio_local_set;
mod uring;

use crate::child;
use crate::runtime::Runtime;
use crate::workloads::{Scale, Workload};

/// Who the others are measured by, unless a workload says otherwise.
pub const TOKIO: &str = tokio_current_thread::TokioCurrentThread::NAME;
/// Who sets the mark where the task is woken by another thread.
pub const SMOL: &str = smol::Smol::NAME;
/// Whom the goals are for.
pub const OURS: &str = ours::Ours::NAME;

type Serve = fn(&'static Workload, Scale);

/// Every runtime: its name, and what a child process does that measures it.
const RUNTIMES: [(&str, Serve); 9] = [
    entry::<ours::Ours>(),
    entry::<tokio_current_thread::TokioCurrentThread>(),
    entry::<tokio_local_set::TokioLocalSet>(),
    entry::<smol::Smol>(),
    entry::<local_pool::FuturesLocalPool>(),
    entry::<monoio::Monoio>(),
    entry::<compio::Compio>(),
    entry::<glommio::Glommio>(),
    entry::<embassy::Embassy>(),
];

const fn entry<R: Runtime>() -> (&'static str, Serve) {
    (R::NAME, child::serve::<R>)
}

/// The names of all runtimes, in the order of the tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    RUNTIMES.iter().map(|(name, _)| *name)
}

/// What a child process does that measures the runtime of this name.
pub fn find(name: &str) -> Option<Serve> {
    RUNTIMES.iter().find(|(each, _)| *each == name).map(|(_, serve)| *serve)
}

//! Who is compared: the runtimes, each in terms of [`Runtime`] and, if it has sockets and timers, of [`Net`]; and
//! loops written by hand.

mod bare;
mod bare_net;
mod compio;
mod embassy;
mod glommio;
mod local_pool;
mod monoio;
mod ours;
mod smol;
mod tokio_current_thread;
mod tokio_local_set;
mod tokio_net;
mod uring;

use rounds::child::Sampler;

use crate::net::Net;
use crate::raw_mio;
use crate::runtime::{Needs, Runtime};
use crate::workloads::{EXECUTOR, Group, Kind, Scale, executor, reactor};

/// Who the others are measured by, unless a workload says otherwise.
pub const TOKIO: &str = tokio_current_thread::TokioCurrentThread::NAME;
/// Who sets the mark where the task is woken by another thread.
pub const SMOL: &str = smol::Smol::NAME;
/// Sets up what takes samples of this kind, or says why it cannot.
type MakeSampler<K> = fn(K, Scale) -> Result<Sampler, String>;

/// Who takes part, and in what.
struct Contestant {
    name: &'static str,
    executor: Option<MakeSampler<executor::Kind>>,
    reactor: Option<MakeSampler<reactor::Kind>>,
}

const CONTESTANTS: [Contestant; 11] = [
    with_sockets::<ours::Ours>(),
    with_sockets::<tokio_current_thread::TokioCurrentThread>(),
    with_sockets::<tokio_local_set::TokioLocalSet>(),
    with_sockets::<smol::Smol>(),
    without_sockets::<local_pool::FuturesLocalPool>(),
    with_sockets::<monoio::Monoio>(),
    with_sockets::<compio::Compio>(),
    with_sockets::<glommio::Glommio>(),
    without_sockets::<embassy::Embassy>(),
    Contestant { name: bare::Bare::NAME, executor: Some(bare_sampler), reactor: Some(bare_net_sampler) },
    Contestant { name: raw_mio::NAME, executor: None, reactor: Some(raw_mio::sampler) },
];

const fn without_sockets<R: Runtime>() -> Contestant {
    Contestant { name: R::NAME, executor: Some(executor_sampler::<R>), reactor: None }
}

const fn with_sockets<N: Net>() -> Contestant {
    Contestant { reactor: Some(reactor_sampler::<N>), ..without_sockets::<N>() }
}

fn executor_sampler<R: Runtime>(kind: executor::Kind, scale: Scale) -> Result<Sampler, String> {
    let runtime = never_dropped(R::new(kind.needs())?);
    Ok(Box::new(move || executor::sample(kind, runtime, scale)))
}

fn bare_sampler(kind: executor::Kind, scale: Scale) -> Result<Sampler, String> {
    match kind {
        executor::Kind::RemoteOne | executor::Kind::RemoteMany => Err("no other thread can wake it".into()),
        executor::Kind::YieldNow => Err("it does not look at its driver while a task is ready".into()),
        kind => executor_sampler::<bare::Bare>(kind, scale),
    }
}

fn bare_net_sampler(kind: reactor::Kind, scale: Scale) -> Result<Sampler, String> {
    match kind {
        reactor::Kind::TimerMemory => Err("its wheel reaches some seconds ahead".into()),
        kind => reactor_sampler::<bare::Bare>(kind, scale),
    }
}

fn reactor_sampler<N: Net>(kind: reactor::Kind, scale: Scale) -> Result<Sampler, String> {
    let runtime = never_dropped(N::new(Needs { driver: true, dynamic_tasks: true })?);
    Ok(Box::new(move || reactor::sample(kind, runtime, scale)))
}

/// Tasks are left in a runtime, and how it is dropped is not measured here.
fn never_dropped<R>(runtime: R) -> &'static R {
    Box::leak(Box::new(runtime))
}

/// The names of all who take part in a group of workloads, in the order of the tables.
pub fn names(group: &'static Group) -> impl Iterator<Item = &'static str> {
    let takes_part = move |contestant: &&Contestant| {
        if *group == EXECUTOR { contestant.executor.is_some() } else { contestant.reactor.is_some() }
    };
    CONTESTANTS.iter().filter(takes_part).map(|contestant| contestant.name)
}

/// What takes samples of this kind of whoever has this name.
///
/// # Errors
///
/// If they cannot take part; says why.
pub fn sampler(name: &str, kind: Kind, scale: Scale) -> Result<Sampler, String> {
    let contestant = CONTESTANTS.iter().find(|contestant| contestant.name == name);
    let contestant = contestant.ok_or("nobody has this name")?;
    match kind {
        Kind::Executor(kind) => contestant.executor.ok_or("it runs no tasks")?(kind, scale),
        Kind::Reactor(kind) => {
            kind.make_room(scale)?;
            contestant.reactor.ok_or("it has no sockets and timers")?(kind, scale)
        }
    }
}

//! The executor's workloads: tasks and wakes, written for any [`Runtime`].

mod block_on;
mod memory;
mod remote;
mod spawn;
mod wake;
mod yields;

use super::{Scale, Took, Workload, latch};
use crate::runtime::{Needs, Runtime};
use crate::runtimes::SMOL;

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    SpawnHot,
    SpawnMany,
    SpawnJoin,
    YieldMany,
    YieldOne,
    YieldNow,
    PingPong,
    WakeParked,
    RemoteOne,
    RemoteMany,
    BlockOn,
    Memory,
}

pub static WORKLOADS: [Workload; 12] = [
    workload(Kind::SpawnHot, "spawn-hot", "spawn detached, 100 at a time", 0.18),
    workload(Kind::SpawnMany, "spawn-many", "spawn, 1 M alive at once", 0.28),
    workload(Kind::SpawnJoin, "spawn-join", "spawn one and await it", 0.17),
    workload(Kind::YieldMany, "yield-1000", "yield by wake_by_ref, 1000 tasks", 0.20),
    workload(Kind::YieldOne, "yield-1", "yield by wake_by_ref, one task", 0.25),
    workload(Kind::YieldNow, "yield-now", "the runtime's yield_now, one task, with I/O driver", 0.10),
    workload(Kind::PingPong, "ping-pong", "ping-pong of two tasks, round trip", 0.45),
    workload(Kind::WakeParked, "wake-parked", "wake 10,000 parked tasks, each", 0.40),
    workload(Kind::RemoteOne, "remote-1", "another thread wakes one task, each", 0.85),
    // 15 ns where smol takes 13.
    workload(Kind::RemoteMany, "remote-1000", "another thread wakes 1000 tasks, each", 15.0 / 13.0).by(SMOL),
    workload(Kind::BlockOn, "block-on", "block_on(ready) on an existing executor", 0.10),
    workload(Kind::Memory, "memory", "resident bytes of a parked task of 64 B", 0.60).in_bytes(),
];

const fn workload(kind: Kind, name: &'static str, title: &'static str, goal: f64) -> Workload {
    Workload::new(super::Kind::Executor(kind), name, title, goal)
}

impl Kind {
    /// What a runtime must have for it.
    pub fn needs(self) -> Needs {
        let dynamic_tasks = matches!(
            self,
            // `block_on` too: where tasks are static, each future of a `block_on` is one more.
            Kind::SpawnHot | Kind::SpawnMany | Kind::SpawnJoin | Kind::BlockOn | Kind::Memory
        );
        Needs { driver: matches!(self, Kind::YieldNow), dynamic_tasks }
    }
}

/// Does it once, and says what one operation took, in the workload's unit.
///
/// # Errors
///
/// If the system does not tell what is to be measured.
pub fn sample<R: Runtime>(kind: Kind, runtime: &'static R, scale: Scale) -> Result<f64, String> {
    let took = match kind {
        Kind::SpawnHot => spawn::hot(runtime, scale.pick(200, 2_000)),
        Kind::SpawnMany => spawn::many(runtime, scale.pick(100_000, 1_000_000)),
        Kind::SpawnJoin => spawn::join(runtime, scale.pick(20_000, 200_000)),
        Kind::YieldMany => yields::by_wake(runtime, 1_000, scale.pick(50, 300)),
        Kind::YieldOne => yields::by_wake(runtime, 1, scale.pick(50_000, 300_000)),
        Kind::YieldNow => yields::by_runtime(runtime, scale.pick(20_000, 100_000)),
        Kind::PingPong => wake::ping_pong(runtime, scale.pick(20_000, 200_000)),
        Kind::WakeParked => wake::parked(runtime, 10_000, scale.pick(5, 20)),
        Kind::RemoteOne => remote::flood(runtime, 1, scale.pick(200_000, 1_000_000)),
        Kind::RemoteMany => remote::flood(runtime, 1_000, scale.pick(200_000, 1_000_000)),
        Kind::BlockOn => block_on::ready(runtime, scale.pick(20_000, 200_000)),
        Kind::Memory => return memory::parked(runtime, scale.pick(200_000, 1_000_000)),
    };
    Ok(took.per_operation())
}

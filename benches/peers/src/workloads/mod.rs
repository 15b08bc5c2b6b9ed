//! What is measured: every workload is written once, for any [`Runtime`].

mod block_on;
mod latch;
mod memory;
mod remote;
mod spawn;
mod wake;
mod yields;

use std::time::Duration;

use crate::runtime::{Needs, Runtime};
use crate::runtimes::{SMOL, TOKIO};

/// How much work one sample is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Enough to see that everything works.
    Quick,
    /// Enough for figures that are published.
    Full,
}

impl Scale {
    fn pick(self, quick: usize, full: usize) -> usize {
        match self {
            Scale::Quick => quick,
            Scale::Full => full,
        }
    }
}

/// What is measured, and what it is compared with.
#[derive(Debug)]
pub struct Workload {
    /// Its name on the command line and in files.
    pub name: &'static str,
    /// Its name in tables.
    pub title: &'static str,
    pub unit: Unit,
    pub needs: Needs,
    /// Whose figure is 1.
    pub baseline: &'static str,
    /// The ratio to the baseline that this project wants to reach.
    pub goal: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds for each operation.
    Nanoseconds,
    /// Resident bytes for each task. A process is measured once, since what an allocator keeps for later
    /// would hide what the next round takes.
    Bytes,
}

impl Unit {
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Nanoseconds => "ns",
            Unit::Bytes => "B",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
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

const NOTHING: Needs = Needs { driver: false, dynamic_tasks: false };
// Also for `block_on` again and again: where tasks are static, each future of a `block_on` is one more.
const TASKS: Needs = Needs { dynamic_tasks: true, ..NOTHING };
const DRIVER: Needs = Needs { driver: true, ..NOTHING };

/// Every workload, in the order of the tables.
pub static WORKLOADS: [Workload; 12] = [
    workload(Kind::SpawnHot, "spawn-hot", "spawn detached, 100 at a time", TASKS, 0.18),
    workload(Kind::SpawnMany, "spawn-many", "spawn, 1 M alive at once", TASKS, 0.28),
    workload(Kind::SpawnJoin, "spawn-join", "spawn one and await it", TASKS, 0.17),
    workload(Kind::YieldMany, "yield-1000", "yield by wake_by_ref, 1000 tasks", NOTHING, 0.20),
    workload(Kind::YieldOne, "yield-1", "yield by wake_by_ref, one task", NOTHING, 0.25),
    workload(Kind::YieldNow, "yield-now", "the runtime's yield_now, one task, with I/O driver", DRIVER, 0.10),
    workload(Kind::PingPong, "ping-pong", "ping-pong of two tasks, round trip", NOTHING, 0.45),
    workload(Kind::WakeParked, "wake-parked", "wake 10,000 parked tasks, each", NOTHING, 0.40),
    workload(Kind::RemoteOne, "remote-1", "another thread wakes one task, each", NOTHING, 0.85),
    Workload {
        // 15 ns where smol takes 13.
        baseline: SMOL,
        ..workload(
            Kind::RemoteMany,
            "remote-1000",
            "another thread wakes 1000 tasks, each",
            NOTHING,
            15.0 / 13.0,
        )
    },
    workload(Kind::BlockOn, "block-on", "block_on(ready) on an existing executor", TASKS, 0.10),
    Workload {
        unit: Unit::Bytes,
        ..workload(Kind::Memory, "memory", "resident bytes of a parked task of 64 B", TASKS, 0.60)
    },
];

const fn workload(kind: Kind, name: &'static str, title: &'static str, needs: Needs, goal: f64) -> Workload {
    Workload { name, title, unit: Unit::Nanoseconds, needs, baseline: TOKIO, goal, kind }
}

impl Workload {
    pub fn find(name: &str) -> Option<&'static Workload> {
        WORKLOADS.iter().find(|workload| workload.name == name)
    }

    /// Runs it once, and says what one operation took, in its unit.
    ///
    /// # Errors
    ///
    /// If the system does not tell what is to be measured.
    pub fn sample<R: Runtime>(&self, runtime: &'static R, scale: Scale) -> Result<f64, String> {
        let took = match self.kind {
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
}

/// What the measured part of a sample took.
#[derive(Clone, Copy, Debug)]
struct Took {
    time: Duration,
    operations: usize,
}

impl Took {
    fn per_operation(self) -> f64 {
        self.time.as_nanos() as f64 / self.operations as f64
    }
}

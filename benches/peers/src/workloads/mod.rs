//! What is measured: every workload is written once, for any runtime that can do it.

pub mod executor;
pub mod reactor;
mod latch;

use std::time::Duration;

pub use rounds::workload::{Group, Scale, Unit};

use crate::raw_mio;
use crate::runtimes::TOKIO;

/// What is measured, what it is compared with, and what is done.
#[derive(Debug)]
pub struct Workload {
    pub measured: rounds::workload::Workload,
    pub kind: Kind,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Executor(executor::Kind),
    Reactor(reactor::Kind),
}

pub static EXECUTOR: Group = Group { name: "executor", floor: None };
/// Without a runtime one cannot get much below the loops written by hand.
pub static REACTOR: Group = Group { name: "reactor", floor: Some(raw_mio::NAME) };
pub static GROUPS: [&Group; 2] = [&EXECUTOR, &REACTOR];

/// Every workload, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Workload> {
    executor::WORKLOADS.iter().chain(&reactor::WORKLOADS)
}

impl Workload {
    pub fn find(name: &str) -> Option<&'static Workload> {
        all().find(|workload| workload.measured.name == name)
    }

    const fn new(kind: Kind, name: &'static str, title: &'static str, goal: f64) -> Workload {
        let group = match kind {
            Kind::Executor(_) => &EXECUTOR,
            Kind::Reactor(_) => &REACTOR,
        };
        let (unit, baseline) = (Unit::Nanoseconds, TOKIO);
        Workload { measured: rounds::workload::Workload { group, name, title, unit, baseline, goal }, kind }
    }

    /// The same, but compared with this one.
    const fn by(mut self, baseline: &'static str) -> Workload {
        self.measured.baseline = baseline;
        self
    }

    /// The same, but measured in bytes.
    const fn in_bytes(mut self) -> Workload {
        self.measured.unit = Unit::Bytes;
        self
    }
}

/// What the measured part of a sample took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    pub time: Duration,
    pub operations: usize,
}

impl Took {
    /// In nanoseconds.
    pub fn per_operation(self) -> f64 {
        self.time.as_nanos() as f64 / self.operations as f64
    }
}

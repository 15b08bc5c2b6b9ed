//! What is measured: every workload is written once, for any runtime that can do it.

pub mod executor;
pub mod reactor;
mod latch;
mod resident;

use std::time::Duration;

use crate::runtimes::TOKIO;

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
    /// Whose figure is 1.
    pub baseline: &'static str,
    /// The ratio to the baseline that this project wants to reach.
    pub goal: f64,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds for each operation.
    Nanoseconds,
    /// Resident bytes for each of many things alike. A process is measured once, since what an allocator keeps
    /// for later would hide what the next round takes.
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

/// What is done.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Executor(executor::Kind),
    Reactor(reactor::Kind),
}

/// A part of the tables: who takes part is another question in each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Executor,
    Reactor,
}

impl Group {
    pub const ALL: [Group; 2] = [Group::Executor, Group::Reactor];

    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Group::Executor => "executor",
            Group::Reactor => "reactor",
        }
    }

    pub fn find(name: &str) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// Every workload, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Workload> {
    executor::WORKLOADS.iter().chain(&reactor::WORKLOADS)
}

impl Workload {
    pub fn find(name: &str) -> Option<&'static Workload> {
        all().find(|workload| workload.name == name)
    }

    pub fn group(&self) -> Group {
        match self.kind {
            Kind::Executor(_) => Group::Executor,
            Kind::Reactor(_) => Group::Reactor,
        }
    }

    const fn new(kind: Kind, name: &'static str, title: &'static str, goal: f64) -> Workload {
        Workload { name, title, unit: Unit::Nanoseconds, baseline: TOKIO, goal, kind }
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

//! What is measured, and what it is compared with.

/// How much work one sample is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Enough to see that everything works.
    Quick,
    /// Enough for figures that are published.
    Full,
}

impl Scale {
    pub fn pick(self, quick: usize, full: usize) -> usize {
        match self {
            Scale::Quick => quick,
            Scale::Full => full,
        }
    }
}

/// A line of the goals, and a table.
#[derive(Debug)]
pub struct Workload {
    pub group: &'static Group,
    /// Its name on the command line and in files.
    pub name: &'static str,
    /// Its name in tables.
    pub title: &'static str,
    pub unit: Unit,
    /// Whose figure is 1.
    pub baseline: &'static str,
    /// The ratio to the baseline that this project wants to reach.
    pub goal: f64,
}

/// A part of the tables: who takes part is another question in each.
#[derive(PartialEq, Eq, Debug)]
pub struct Group {
    /// Its name on the command line and in files.
    pub name: &'static str,
    /// Who does without what the others are compared in: how far one can get at all.
    pub floor: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds for each operation.
    Nanoseconds,
    /// Resident bytes for each of many things alike.
    Bytes,
    /// The most mebibytes that were ever resident.
    Mebibytes,
}

impl Unit {
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Nanoseconds => "ns",
            Unit::Bytes => "B",
            Unit::Mebibytes => "MiB",
        }
    }

    /// Whether it is memory. Such a process is measured once, since what an allocator keeps for later would hide what
    /// the next round takes.
    pub fn is_memory(self) -> bool {
        matches!(self, Unit::Bytes | Unit::Mebibytes)
    }
}

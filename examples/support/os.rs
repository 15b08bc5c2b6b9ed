//! What the operating system counts of this process, where it has `/proc`.

use std::fmt;
use std::fs;

/// A number that not every system tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Count(pub Option<u64>);

/// The OS threads of this process, now.
pub fn threads() -> Count {
    Count(field("/proc/self/status", "Threads:"))
}

/// How often the calling thread has given up its core so far, or lost it.
pub fn context_switches() -> Count {
    let of = |kind| field("/proc/thread-self/status", kind);
    let (voluntary, involuntary) = (of("voluntary_ctxt_switches:"), of("nonvoluntary_ctxt_switches:"));
    Count(voluntary.zip(involuntary).map(|(voluntary, involuntary)| voluntary + involuntary))
}

fn field(path: &str, name: &str) -> Option<u64> {
    let status = fs::read_to_string(path).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}

impl Count {
    /// Both together, if both are known.
    pub fn plus(self, other: Count) -> Count {
        Count(self.0.zip(other.0).map(|(one, other)| one + other))
    }

    /// What has come on top of `earlier`.
    pub fn since(self, earlier: Count) -> Count {
        Count(self.0.zip(earlier.0).map(|(now, earlier)| now.saturating_sub(earlier)))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(count) => count.fmt(f),
            None => f.pad("n/a"),
        }
    }
}

//! The reactor's workloads: sockets and timers, written for any [`Net`]. Where there are connections, both ends
//! are tasks of the same one thread.

mod bulk;
mod connect;
mod echo;
mod memory;
mod pairs;
mod sleep;

pub use self::bulk::CHUNK;
pub use self::echo::{MESSAGE, ROOM};
pub use self::sleep::{LONG, SHORT, deadlines};

use std::time::Duration;

use super::{Scale, Took, Workload, latch};
use crate::net::Net;

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// With so many connections.
    Echo(usize),
    Bulk,
    Connect,
    SleepDrop,
    SleepFire,
    SleepLate,
    ConnectionMemory,
    TimerMemory,
}

pub static WORKLOADS: [Workload; 10] = [
    workload(Kind::Echo(1), "echo-1", "TCP echo of 64 B, 1 connection, round trip", 0.87),
    workload(Kind::Echo(50), "echo-50", "TCP echo of 64 B, 50 connections, round trip", 0.92),
    workload(Kind::Echo(1_000), "echo-1000", "TCP echo of 64 B, 1000 connections, round trip", 0.94),
    workload(Kind::Bulk, "bulk", "1 GiB over TCP in chunks of 64 KiB, each KiB", 0.35),
    workload(Kind::Connect, "connect", "connect, 1 byte, close", 0.95),
    workload(Kind::SleepDrop, "sleep-drop", "sleep: make, poll once, drop", 0.15),
    workload(Kind::SleepFire, "sleep-fire", "1 M sleeps end within 100 ms, CPU time each", 0.60),
    // In a run with timers that are more precise than epoll's timeout (see `Cargo.toml`) the goal is 100 us.
    workload(Kind::SleepLate, "sleep-late", "how late a sleep of 1 ms ends, median", 1.00),
    workload(Kind::ConnectionMemory, "connection-memory", "resident bytes of an idle connection", 0.60)
        .in_bytes(),
    workload(Kind::TimerMemory, "timer-memory", "resident bytes of a task that sleeps", 0.50).in_bytes(),
];

const fn workload(kind: Kind, name: &'static str, title: &'static str, goal: f64) -> Workload {
    Workload::new(super::Kind::Reactor(kind), name, title, goal)
}

/// How long all is quiet before a great many sleeps end: time enough to begin them all.
const QUIET: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(1_500)];

/// Files that are open for other reasons than connections.
const OTHER_FILES: usize = 64;

impl Kind {
    /// How many round trips, chunks, connections, sleeps or tasks a sample is.
    pub fn amount(self, scale: Scale) -> usize {
        match self {
            Kind::Echo(connections) => scale.pick(2_000, 20_000) / connections,
            Kind::Bulk => scale.pick(64 << 20, 1 << 30) / CHUNK,
            Kind::Connect => scale.pick(200, 2_000),
            Kind::SleepDrop => scale.pick(20_000, 200_000),
            Kind::SleepFire => scale.pick(50_000, 1_000_000),
            Kind::SleepLate => scale.pick(20, 100),
            Kind::ConnectionMemory => scale.pick(1_000, 4_000),
            Kind::TimerMemory => scale.pick(100_000, 1_000_000),
        }
    }

    /// How long a sample of [`Kind::SleepFire`] is quiet before the first one ends.
    pub fn quiet(scale: Scale) -> Duration {
        QUIET[scale.pick(0, 1)]
    }

    /// Sees to it that enough files can be open: a connection has two ends.
    ///
    /// # Errors
    ///
    /// If the system does not allow that many.
    pub fn make_room(self, scale: Scale) -> Result<(), String> {
        let connections = match self {
            Kind::Echo(connections) => connections,
            Kind::ConnectionMemory => self.amount(scale),
            _ => 1,
        };
        let needed = (2 * connections + OTHER_FILES) as u64;
        match rlimit::increase_nofile_limit(needed) {
            Ok(allowed) if allowed >= needed => Ok(()),
            Ok(allowed) => Err(format!("{needed} files must be open, {allowed} are allowed")),
            Err(error) => Err(format!("{needed} files must be open: {error}")),
        }
    }
}

/// Does it once, and says what one operation took, in the workload's unit.
///
/// # Errors
///
/// If the system does not tell what is to be measured.
pub fn sample<N: Net>(kind: Kind, runtime: &'static N, scale: Scale) -> Result<f64, String> {
    let amount = kind.amount(scale);
    let took = match kind {
        Kind::Echo(connections) => echo::round_trips(runtime, connections, amount),
        Kind::Bulk => bulk::transfer(runtime, amount),
        Kind::Connect => connect::again_and_again(runtime, amount),
        Kind::SleepDrop => sleep::make_and_drop(runtime, amount),
        Kind::SleepFire => sleep::fire(runtime, amount, Kind::quiet(scale)),
        Kind::SleepLate => sleep::lateness(runtime, amount),
        Kind::ConnectionMemory => return memory::idle_connections(runtime, amount),
        Kind::TimerMemory => return memory::parked_timers(runtime, amount),
    };
    Ok(took.per_operation())
}

//! Networks that are slow, stop, break and lie, between two good programs: the right result or
//! the right error, nothing lost, and no busy loop.

#[path = "../support/mod.rs"]
mod support;

mod faults;

mod downloads;

mod reuse;

#[cfg(target_os = "linux")]
mod namespaces;

#[cfg(target_os = "linux")]
mod accepting;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A port of the system's choice.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

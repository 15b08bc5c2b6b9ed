//! What the suites need and none is about.

#![allow(dead_code, unreachable_pub, reason = "each suite takes from this what it needs")]

#[path = "../../reactor/tests/support/child.rs"]
pub(crate) mod child;
#[cfg(unix)]
pub mod apache;
#[cfg(unix)]
pub mod caddy;
pub mod example;
pub mod fault_proxy;
pub mod fault_script;
#[cfg(unix)]
pub mod haproxy;
#[cfg(unix)]
pub mod httpbin;
pub mod meter;
#[cfg(target_os = "linux")]
pub mod network;
pub mod nginx;
pub mod process;
pub mod procfs;
pub mod random;
pub mod refusing;
pub mod server;
pub mod silent;
pub mod supervised;
pub mod temp_dir;
pub mod watchdog;

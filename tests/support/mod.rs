//! What the suites need and none is about.

#![allow(dead_code, unreachable_pub, reason = "each suite takes from this what it needs")]

pub mod example;
pub mod nginx;
pub mod process;
pub mod procfs;
pub mod random;
pub mod refusing;
pub mod server;
pub mod temp_dir;
pub mod watchdog;

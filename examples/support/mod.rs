//! What the downloading examples need and none is about.

#![allow(dead_code, unreachable_pub, reason = "each example takes from this what it needs")]

pub mod download;
pub mod local_sites;
pub mod os;
pub mod report;

//! Measures contestants side by side: each in a process of its own, in rounds, and reports medians of the ratios of the
//! same round.
//!
//! The files, in reading order: [`workload`] is what is measured, [`process`] what of, [`child`] is the process that measures,
//! [`measuring`] is that process as its parent sees it, [`session`] has everybody measured in turn, [`results`] is what
//! follows, [`report`] and [`plot`] tell it. What the operations are, the programs know that use this.

pub mod workload;
pub mod process;
pub mod child;
pub mod measuring;
pub mod session;
pub mod results;
pub mod report;
pub mod plot;

/// Whom the goals are for.
pub const OURS: &str = "onethread";

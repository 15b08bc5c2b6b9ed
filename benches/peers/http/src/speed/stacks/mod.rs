//! Who is measured. A body is read piece by piece, as its client hands it out, counted and let go.

mod hyper_conn;
mod hyper_util;
mod libcurl;
mod ours;
mod raw_mio;
mod reqwest;
mod ureq;

use super::plan::Job;
use crate::clients::{HYPER, HYPER_UTIL, LIBCURL, REQWEST, UREQ};

/// The loop written by hand.
pub const RAW_MIO: &str = "raw mio + httparse";

/// Fetches, and keeps its connections for the next time.
pub trait Stack {
    /// Does a job, and says how many bytes all bodies had.
    ///
    /// # Errors
    ///
    /// If it cannot be done; says why.
    fn fetch(&self, job: &Job) -> Result<usize, String>;
}

/// Sets a stack up.
pub type Make = fn(&Job) -> Result<Box<dyn Stack>, String>;

const STACKS: [(&str, Make); 7] = [
    (rounds::OURS, ours::make),
    (RAW_MIO, raw_mio::make),
    (HYPER, hyper_conn::make),
    (HYPER_UTIL, hyper_util::make),
    (REQWEST, reqwest::make),
    (UREQ, ureq::make),
    (LIBCURL, libcurl::make),
];

/// In the order of the tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    STACKS.iter().map(|(name, _)| *name)
}

pub fn find(name: &str) -> Option<Make> {
    STACKS.iter().find(|(each, _)| *each == name).map(|(_, make)| *make)
}

/// What went wrong, for people.
fn told(error: impl ToString) -> String {
    error.to_string()
}

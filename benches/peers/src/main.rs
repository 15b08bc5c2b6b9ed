//! The same workloads on this project's executor and on its peers, side by side.
//!
//! `README.md` says what is measured, how, and what it does not show. The files, in reading order:
//! [`runtime`] and [`net`] are what a runtime must be able to do, `runtimes/` has one file for each, `raw_mio/` does
//! without one, `workloads/` is what is measured, [`syscalls`] counts. The package `rounds` next door measures and reports.

mod args;
mod runtime;
mod net;
mod runtimes;
mod raw_mio;
mod workloads;
mod syscalls;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use rounds::session::Entry;
use rounds::{child, plot, report, session};

use crate::args::Args;
use crate::workloads::{GROUPS, Workload};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("onethread-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match args::parse()? {
        Args::Help => println!("{}", args::HELP),
        Args::List => {
            for Workload { measured, .. } in workloads::all() {
                println!("{:17} {}", measured.name, measured.title);
            }
        }
        Args::Child { runtime, workload, scale } => {
            child::serve(|| runtimes::sampler(&runtime, workload.kind, scale));
        }
        Args::Syscalls { of } => print!("{}", syscalls::table(&of)),
        Args::Run { workloads, of, scale, csv, svg } => {
            let entries: Vec<_> = workloads.iter().map(|workload| entry(workload, &of)).collect();
            let results = session::run(&entries, scale, &[]);
            let mut tables = String::new();
            report::markdown(&mut tables, &GROUPS, &results)?;
            print!("{tables}");
            if let Some(path) = csv {
                let mut text = String::new();
                report::csv(&mut text, &results)?;
                fs::write(path, text)?;
            }
            if let Some(path) = svg {
                let mut text = String::new();
                plot::svg(&mut text, &results)?;
                fs::write(path, text)?;
            }
        }
    }
    Ok(())
}

/// A workload at the runtimes named in `of`, or at all if there are none.
fn entry(workload: &'static Workload, of: &[String]) -> Entry {
    let wanted = |name: &&str| of.is_empty() || of.iter().any(|each| each == name);
    let contestants = runtimes::names(workload.measured.group).filter(wanted).collect();
    Entry { workload: &workload.measured, contestants }
}

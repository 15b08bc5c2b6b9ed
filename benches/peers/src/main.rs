//! The same workloads on this project's executor and on its peers, side by side.
//!
//! `README.md` says what is measured, how, and what it does not show. The files, in reading order:
//! [`runtime`] and [`net`] are what a runtime must be able to do, `runtimes/` has one file for each, `raw_mio/` does
//! without one, `workloads/` is what is measured, [`child`] measures, [`session`] has it measured in rounds,
//! [`syscalls`] counts, and the rest reports.

mod args;
mod runtime;
mod net;
mod runtimes;
mod raw_mio;
mod workloads;
mod child;
mod measuring;
mod session;
mod syscalls;
mod results;
mod report;
mod plot;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use crate::args::Args;
use crate::workloads::Workload;

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
            for Workload { name, title, .. } in workloads::all() {
                println!("{name:17} {title}");
            }
        }
        Args::Child { runtime, workload, scale } => child::serve(&runtime, workload, scale),
        Args::Syscalls { of } => print!("{}", syscalls::table(&of)),
        Args::Run { workloads, of, scale, csv, svg } => {
            let results = session::run(&workloads, &of, scale);
            let mut tables = String::new();
            report::markdown(&mut tables, &results)?;
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

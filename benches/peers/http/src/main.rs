//! This project's HTTP client and others, side by side: how strict they are, whether an idle connection can poison
//! them, how fast they are.
//!
//! The README in the folder above says what is asked and measured, and how. The files, in reading order: `clients/` has
//! one for each client, [`peer`] runs them in processes, `strictness/` and [`poisoning`] ask them, `speed/` measures those of
//! them that are fast.

mod args;
mod clients;
mod peer;
mod strictness;
mod poisoning;
mod speed;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use crate::args::Args;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers-http: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match args::parse()? {
        Args::Help => println!("{}", args::HELP),
        Args::Strictness { of, only, csv } => strictness::run(&of, only.as_deref(), csv.as_deref())?,
        Args::Poisoning { of } => poisoning::run(&of)?,
        Args::Speed { workloads, of, scale, csv, svg } => {
            let tables = speed::run(&workloads, &of, scale)?;
            print!("{}", tables.markdown);
            csv.map_or(Ok(()), |path| fs::write(path, tables.csv))?;
            svg.map_or(Ok(()), |path| fs::write(path, tables.svg))?;
        }
        Args::Instructions { workloads, of, profiles } => {
            print!("{}", speed::instructions(&workloads, &of, profiles.as_deref())?);
        }
        Args::Child { stack, workload, scale, servers } => speed::measure(&stack, workload, scale, &servers),
        Args::Serve => speed::serve_slowly()?,
        Args::Answer(name) => clients::serve(&name),
    }
    Ok(())
}

//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::runtimes;
use crate::workloads::{self, GROUPS, Scale, Workload};

pub const HELP: &str = "\
The same workloads on this project's executor and reactor and on their peers.

usage: onethread-peers [options]

  --quick          less work and fewer rounds: under two minutes instead of under twenty
  --group GROUP    the workloads of the executor, or those of the reactor
  --only WORKLOAD  this workload; may be given more than once
  --of RUNTIME     this runtime, as it is called in the tables; may be given more than once
  --csv FILE       also write the figures to FILE
  --svg FILE       also draw them
  --syscalls       measure nothing, but count the system calls of an echo, under strace
  --list           name the workloads
  --help           this";

/// What to do.
pub enum Args {
    Help,
    List,
    /// Count the system calls of a round trip.
    Syscalls {
        of: Vec<String>,
    },
    /// Measure, and report.
    Run {
        workloads: Vec<&'static Workload>,
        /// Whom to measure; empty for all.
        of: Vec<String>,
        scale: Scale,
        csv: Option<PathBuf>,
        svg: Option<PathBuf>,
    },
    /// Be a process that measures one runtime; the program starts itself so.
    Child {
        runtime: String,
        workload: &'static Workload,
        scale: Scale,
    },
}

/// Reads the command line.
///
/// # Errors
///
/// If it cannot be understood.
pub fn parse() -> Result<Args, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut scale, mut only, mut of, mut syscalls) = (Scale::Full, Vec::new(), Vec::new(), false);
    let (mut child, mut csv, mut svg) = (None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => scale = Scale::Quick,
            Long("group") => only.extend(group(&parser.value()?.string()?)?),
            Long("only") => only.push(workload(&parser.value()?.string()?)?),
            Long("of") => of.push(runtime(parser.value()?.string()?)?),
            Long("csv") => csv = Some(parser.value()?.into()),
            Long("svg") => svg = Some(parser.value()?.into()),
            Long("child") => child = Some(parser.value()?.string()?),
            Long("syscalls") => syscalls = true,
            Long("list") => return Ok(Args::List),
            Long("help") => return Ok(Args::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    if let Some(runtime) = child {
        let workload = only.pop().ok_or("a child needs a workload")?;
        return Ok(Args::Child { runtime, workload, scale });
    }
    if syscalls {
        return Ok(Args::Syscalls { of });
    }
    let workloads = if only.is_empty() { workloads::all().collect() } else { only };
    Ok(Args::Run { workloads, of, scale, csv, svg })
}

fn workload(name: &str) -> Result<&'static Workload, lexopt::Error> {
    Workload::find(name).ok_or_else(|| format!("there is no workload {name:?}; --list names them").into())
}

fn group(name: &str) -> Result<impl Iterator<Item = &'static Workload>, lexopt::Error> {
    let group = GROUPS
        .into_iter()
        .find(|group| group.name == name)
        .ok_or_else(|| format!("there is no group {name:?}; see --help"))?;
    Ok(workloads::all().filter(move |workload| workload.measured.group == group))
}

fn runtime(name: String) -> Result<String, lexopt::Error> {
    let known = GROUPS.into_iter().flat_map(runtimes::names).any(|each| each == name);
    if known { Ok(name) } else { Err(format!("there is no runtime {name:?}; the tables name them").into()) }
}

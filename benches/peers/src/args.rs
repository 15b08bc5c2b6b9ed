//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::workloads::{Scale, WORKLOADS, Workload};

pub const HELP: &str = "\
The same workloads on this project's executor and on its peers.

usage: onethread-peers [options]

  --quick          less work and fewer rounds: under a minute instead of under ten
  --only WORKLOAD  this workload; may be given more than once
  --csv FILE       also write the figures to FILE
  --svg FILE       also draw them
  --list           name the workloads
  --help           this";

/// What to do.
pub enum Args {
    Help,
    List,
    /// Measure, and report.
    Run {
        workloads: Vec<&'static Workload>,
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
    let (mut scale, mut only, mut child, mut csv, mut svg) = (Scale::Full, Vec::new(), None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => scale = Scale::Quick,
            Long("only") => only.push(workload(&parser.value()?.string()?)?),
            Long("csv") => csv = Some(parser.value()?.into()),
            Long("svg") => svg = Some(parser.value()?.into()),
            Long("child") => child = Some(parser.value()?.string()?),
            Long("list") => return Ok(Args::List),
            Long("help") => return Ok(Args::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    if let Some(runtime) = child {
        let workload = only.pop().ok_or("a child needs a workload")?;
        return Ok(Args::Child { runtime, workload, scale });
    }
    let workloads = if only.is_empty() { WORKLOADS.iter().collect() } else { only };
    Ok(Args::Run { workloads, scale, csv, svg })
}

fn workload(name: &str) -> Result<&'static Workload, lexopt::Error> {
    Workload::find(name).ok_or_else(|| format!("there is no workload {name:?}; --list names them").into())
}

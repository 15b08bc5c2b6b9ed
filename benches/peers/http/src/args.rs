//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;
use rounds::workload::Scale;

use crate::clients;
use crate::peer;
use crate::speed::{self, WORKLOADS, Workload};

pub const HELP: &str = "\
This project's HTTP client and others, side by side.

usage: peers-http strictness [--of CLIENT]... [--only CASE] [--csv FILE]
       peers-http poisoning [--of CLIENT]...
       peers-http speed [--quick] [--of CLIENT]... [--only WORKLOAD]... [--csv FILE] [--svg FILE]
       peers-http instructions [--of CLIENT]... [--only WORKLOAD]... [--profiles FOLDER]

  strictness       which responses they accept and refuse; fails if ours is wrong in any
  poisoning        who takes a response that came while a connection was idle for the answer to the next request; fails
                   if ours does
  speed            what they take of processor and memory; nginx must be installed
  instructions     how many instructions they take; valgrind must be installed, too

  --of CLIENT      this one, as it is called in the tables; may be given more than once
  --only NAME      this case, or this workload (get-1, get-50, large, slow-1000, many-64), which may be given more than once
  --quick          less work and fewer rounds
  --csv FILE       also write every verdict, or the figures, to FILE
  --svg FILE       also draw the figures
  --profiles FOLDER  keep what valgrind writes
  --help           this";

/// What to do.
pub enum Args {
    Help,
    Strictness {
        of: Vec<String>,
        only: Option<String>,
        csv: Option<PathBuf>,
    },
    Poisoning {
        of: Vec<String>,
    },
    /// Measure, and report.
    Speed {
        workloads: Vec<&'static Workload>,
        of: Vec<String>,
        scale: Scale,
        csv: Option<PathBuf>,
        svg: Option<PathBuf>,
    },
    Instructions {
        workloads: Vec<&'static Workload>,
        of: Vec<String>,
        profiles: Option<PathBuf>,
    },
    /// Be a process that measures one client; the program starts itself so.
    Child {
        stack: String,
        workload: &'static Workload,
        scale: Scale,
        servers: Vec<String>,
    },
    /// Be the server that takes its time.
    Serve,
    /// Be one of the clients that the others ask; the program starts itself so.
    Answer(String),
}

/// Reads the command line.
///
/// # Errors
///
/// If it cannot be understood.
pub fn parse() -> Result<Args, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut of, mut only, mut scale) = (None, Vec::new(), Vec::new(), Scale::Full);
    let (mut child, mut servers, mut csv, mut svg, mut profiles) = (None, Vec::new(), None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) if command.is_none() => command = Some(value.string()?),
            Value(value) if command.as_deref() == Some("answer") => of.push(known(value.string()?)?),
            Long("of") => of.push(known(parser.value()?.string()?)?),
            Long("only") => only.push(parser.value()?.string()?),
            Long("quick") => scale = Scale::Quick,
            Long("child") => child = Some(parser.value()?.string()?),
            Long("server") => servers.push(parser.value()?.string()?),
            Long("svg") => svg = Some(parser.value()?.into()),
            Long("profiles") => profiles = Some(parser.value()?.into()),
            Long("csv") => csv = Some(parser.value()?.into()),
            Long("help") => return Ok(Args::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    if let Some(stack) = child {
        let workload = workloads(&only)?.pop().ok_or("a child needs a workload")?;
        return Ok(Args::Child { stack, workload, scale, servers });
    }
    match command.as_deref() {
        Some("strictness") => Ok(Args::Strictness { of, only: only.pop(), csv }),
        Some("poisoning") => Ok(Args::Poisoning { of }),
        Some("speed") => Ok(Args::Speed { workloads: workloads(&only)?, of, scale, csv, svg }),
        Some("instructions") => Ok(Args::Instructions { workloads: workloads(&only)?, of, profiles }),
        Some("serve") => Ok(Args::Serve),
        Some("answer") => Ok(Args::Answer(of.pop().ok_or("who is to answer?")?)),
        _ => Err("what is to be done? See --help".into()),
    }
}

/// Those of these names, or all.
fn workloads(names: &[String]) -> Result<Vec<&'static Workload>, lexopt::Error> {
    if names.is_empty() {
        return Ok(WORKLOADS.iter().collect());
    }
    let find = |name: &String| {
        Workload::find(name).ok_or_else(|| format!("there is no workload {name:?}; see --help").into())
    };
    names.iter().map(find).collect()
}

fn known(name: String) -> Result<String, lexopt::Error> {
    let known = speed::names().chain(clients::names()).any(|each| each == name)
        || peer::all().iter().any(|peer| peer.name == name);
    if known { Ok(name) } else { Err(format!("there is no client {name:?}; the tables name them").into()) }
}

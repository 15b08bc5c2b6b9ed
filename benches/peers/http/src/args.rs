//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

pub const HELP: &str = "\
This project's HTTP client and others, side by side.

usage: peers-http strictness [--of CLIENT]... [--only CASE] [--csv FILE]
       peers-http poisoning [--of CLIENT]...

  strictness       which responses they accept and refuse; fails if ours is wrong in any
  poisoning        who takes a response that came while a connection was idle for the answer to the next request; fails
                   if ours does

  --of CLIENT      this one, as it is called in the tables; may be given more than once
  --only NAME      this case
  --csv FILE       also write every verdict to FILE
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
    let (mut command, mut of, mut only, mut csv) = (None, Vec::new(), Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) if command.is_none() => command = Some(value.string()?),
            Value(value) if command.as_deref() == Some("answer") => of.push(value.string()?),
            Long("of") => of.push(parser.value()?.string()?),
            Long("only") => only.push(parser.value()?.string()?),
            Long("csv") => csv = Some(parser.value()?.into()),
            Long("help") => return Ok(Args::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    match command.as_deref() {
        Some("strictness") => Ok(Args::Strictness { of, only: only.pop(), csv }),
        Some("poisoning") => Ok(Args::Poisoning { of }),
        Some("answer") => Ok(Args::Answer(of.pop().ok_or("who is to answer?")?)),
        _ => Err("what is to be done? See --help".into()),
    }
}

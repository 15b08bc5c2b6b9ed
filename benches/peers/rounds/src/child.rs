//! The process that measures one contestant at one workload: a sample whenever it is asked for one.
//!
//! The parent writes a line for each sample it wants, and reads a line for each; see [`Answer`].

use std::fmt;
use std::io::{self, BufRead, Write};
use std::panic::{self, PanicHookInfo};
use std::process;

/// Takes a sample.
pub type Sampler = Box<dyn Fn() -> Result<f64, String>>;

/// The line by which the parent asks for a sample.
pub const ASK: &str = "sample";

/// How many characters of a panic's message are told.
const MESSAGE_LENGTH: usize = 70;

/// What a child says: one `Ready` or `Unable`, then a `Sample` for each line it is sent.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// The contestant is set up.
    Ready,
    /// It cannot take part, for this reason.
    Unable(String),
    /// What one operation took, in the workload's unit.
    Sample(f64),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Ready => write!(f, "ready"),
            Answer::Unable(reason) => write!(f, "unable {reason}"),
            Answer::Sample(value) => write!(f, "sample {value}"),
        }
    }
}

impl Answer {
    /// What such a line says; `None` if it is not one of a child's.
    pub fn parse(line: &str) -> Option<Answer> {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("ready", "") => Some(Answer::Ready),
            ("unable", reason) => Some(Answer::Unable(reason.to_owned())),
            ("sample", value) => value.parse().ok().map(Answer::Sample),
            _ => None,
        }
    }
}

/// Answers until the parent closes the pipe, by a sampler that this makes, or by the reason why there is none.
pub fn serve(make: impl FnOnce() -> Result<Sampler, String>) {
    // Also of a panic in a thread that wakes, which would leave the others waiting.
    panic::set_hook(Box::new(|panic| {
        say(&Answer::Unable(format!("it panicked: {}", gist(panic))));
        process::exit(1);
    }));
    let sampler = match make() {
        Ok(sampler) => sampler,
        Err(reason) => return say(&Answer::Unable(reason)),
    };
    say(&Answer::Ready);
    for line in io::stdin().lock().lines() {
        if line.is_ok_and(|line| line == ASK) {
            say(&sampler().map_or_else(Answer::Unable, Answer::Sample));
        }
    }
}

/// The beginning of a panic's message: it has to fit a table.
fn gist(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text =
        payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    let line = text.and_then(|text| text.lines().next()).unwrap_or("no message");
    line.chars().filter(|character| *character != '|').take(MESSAGE_LENGTH).collect()
}

fn say(answer: &Answer) {
    let mut stdout = io::stdout().lock();
    // A parent that is gone wants to hear nothing.
    let _ = writeln!(stdout, "{answer}").and_then(|()| stdout.flush());
}

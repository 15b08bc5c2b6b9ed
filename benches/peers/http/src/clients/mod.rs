//! The clients that are written in Rust, each as a thing that asks once and waits for the whole answer.
//!
//! Between two questions nothing of a client runs, unless it has a thread of its own: an asynchronous one is only
//! polled while it asks. That is how a program with one thread treats its connections while it computes.

mod attohttpc;
mod hyper_conn;
mod hyper_util;
mod libcurl;
mod minreq;
mod ours;
mod reqwest;
mod ureq;

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::thread;
use std::time::Duration;

pub use rounds::OURS;

/// Who is measured by.
pub const HYPER: &str = "hyper client::conn";
pub const HYPER_UTIL: &str = "hyper-util";
pub const REQWEST: &str = "reqwest";
pub const UREQ: &str = "ureq";
pub const LIBCURL: &str = "libcurl";

/// How many characters of an error are told.
const LONGEST_REASON: usize = 200;

/// Asks, and keeps connections for the next time if it is one that does.
pub trait Client {
    /// Sends a request without a body and reads the answer to its end.
    ///
    /// # Errors
    ///
    /// If there was no answer, or no whole one.
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>>;
}

/// What a request got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Who there is, and how to make a fresh one.
type Make = fn() -> Box<dyn Client>;

const CLIENTS: [(&str, Make); 8] = [
    (OURS, || Box::new(ours::Ours::new())),
    (HYPER, || Box::new(hyper_conn::HyperConn::new())),
    (HYPER_UTIL, || Box::new(hyper_util::HyperUtil::new())),
    (REQWEST, || Box::new(reqwest::Reqwest::new())),
    (UREQ, || Box::new(ureq::Ureq::new())),
    (LIBCURL, || Box::new(libcurl::Libcurl::new())),
    ("attohttpc", || Box::new(attohttpc::Attohttpc)),
    ("minreq", || Box::new(minreq::Minreq)),
];

pub fn names() -> impl Iterator<Item = &'static str> {
    CLIENTS.iter().map(|(name, _)| *name)
}

/// A fresh client of this name.
pub fn make(name: &str) -> Option<Box<dyn Client>> {
    CLIENTS.iter().find(|(each, _)| *each == name).map(|(_, make)| make())
}

/// Answers questions on standard input until there are no more, as [`crate::peer`] says.
pub fn serve(name: &str) {
    let mut stdout = io::stdout().lock();
    let mut say = |line: &str| writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    if make(name).is_none() {
        // A parent that is gone wants to hear nothing.
        let _ = say("unable nobody has this name");
        return;
    }
    let _ = say("ready");
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let mut words = line.split(' ');
        let method = words.next().unwrap_or("GET");
        // A fresh one for each question, so that no connection of another one is left.
        let Some(mut client) = make(name) else { return };
        let mut answers = Vec::new();
        for word in words {
            match word.parse() {
                Ok(milliseconds) => thread::sleep(Duration::from_millis(milliseconds)),
                Err(_) => answers.push(told(client.ask(method, word))),
            }
        }
        if say(&answers.join("\t")).is_err() {
            return;
        }
    }
}

fn told(answer: Result<Answer, Box<dyn Error>>) -> String {
    match answer {
        Ok(answer) => format!("answered {answer}"),
        Err(error) => {
            let mut reason = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                reason = format!("{reason}: {error}");
                source = error.source();
            }
            let reason: String = reason.chars().map(plain).take(LONGEST_REASON).collect();
            format!("refused {reason}")
        }
    }
}

/// Keeps a line a line.
fn plain(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.status)?;
        self.body.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Answer {
    /// What `Display` has written.
    pub fn parse(text: &str) -> Option<Answer> {
        let (status, hex) = text.split_once(' ')?;
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let body = hex.as_bytes().chunks(2).map(byte).collect::<Option<_>>()?;
        Some(Answer { status: status.parse().ok()?, body })
    }
}

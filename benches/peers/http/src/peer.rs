//! A client in a process of its own, which is asked a question a line and answers a line.
//!
//! A question is a method and what one and the same client has to do with it, in turn: a URL is asked, and a number is a
//! pause of so many milliseconds in which the client computes, as it were: nothing of it runs that needs the thread. The
//! answer is, for each URL, `answered STATUS HEX` or `refused REASON`, with a tab between two. The first line of a
//! process is `ready`, or `unable REASON`.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::{self, Answer};

/// How long a server keeps a connection for a client that has got all it will get. Who answers only after that has
/// waited in vain.
pub const HOLD: Duration = Duration::from_secs(2);

/// How long a question may take: a client that gave up waiting has done so by then.
const PATIENCE: Duration = HOLD.saturating_mul(3);

/// How long a process may take to start.
const START: Duration = Duration::from_secs(20);

/// Who is asked.
#[derive(Clone, Copy)]
pub struct Peer {
    pub name: &'static str,
    /// Whether it can pause between two requests.
    pub pauses: bool,
    program: Program,
}

#[derive(Clone, Copy)]
enum Program {
    /// This program again.
    Own,
    /// One of the modules in `scripts/answer.py`.
    Python(&'static str),
    /// One of the modules in `scripts/answer.mjs`.
    Node(&'static str),
    /// The `curl` of the machine.
    Curl,
}

/// What became of a question.
#[derive(Clone, Debug)]
pub enum Reply {
    /// What each request got.
    Said(Vec<Result<Answer, String>>),
    /// It waited for what did not come, and answered or gave up only when the server closed the connection.
    Late,
    /// It did not answer at all.
    Hung,
    /// Its process ended.
    Died,
}

/// Everybody, in the order of the tables.
pub fn all() -> Vec<Peer> {
    let others = [
        ("curl", Program::Curl),
        ("h11", Program::Python("h11")),
        ("http.client", Program::Python("http.client")),
        ("urllib3", Program::Python("urllib3")),
        ("aiohttp", Program::Python("aiohttp")),
        ("node http", Program::Node("http")),
        ("node fetch (undici)", Program::Node("fetch")),
    ];
    let own = clients::names().map(|name| Peer { name, pauses: true, program: Program::Own });
    own.chain(others.map(|(name, program)| Peer { name, pauses: !matches!(program, Program::Curl), program }))
        .collect()
}

/// A running client.
pub struct Asked {
    peer: Peer,
    process: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

impl Asked {
    /// Starts the process.
    ///
    /// # Errors
    ///
    /// If this client is not to be had here; says why.
    pub fn start(peer: Peer) -> Result<Asked, String> {
        let mut command = peer.command()?;
        // No proxy must come between.
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().map_err(|error| format!("{error}"))?;
        let questions = process.stdin.take().expect("the pipe was asked for");
        let output = BufReader::new(process.stdout.take().expect("the pipe was asked for"));
        let (sender, answers) = channel();
        // Only a thread can wait for a line and for a time at once. It ends with the process.
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let asked = Asked { peer, process, questions, answers };
        match asked.answers.recv_timeout(START) {
            Ok(line) if line == "ready" => Ok(asked),
            Ok(line) => Err(line.strip_prefix("unable ").unwrap_or("it said nonsense").to_owned()),
            Err(_) => Err("it does not start".into()),
        }
    }

    /// Asks, and starts the process anew if that was the end of it.
    ///
    /// # Errors
    ///
    /// If it cannot be started anew.
    pub fn ask(&mut self, method: &str, words: &[String]) -> Result<Reply, String> {
        let start = Instant::now();
        let question = format!("{method} {}\n", words.join(" "));
        // If the process has died, the answer says so.
        let _ = self.questions.write_all(question.as_bytes());
        let reply = match self.answers.recv_timeout(PATIENCE) {
            Ok(_) if start.elapsed() >= HOLD.mul_f64(0.9) => return Ok(Reply::Late),
            Ok(line) => return Ok(Reply::Said(line.split('\t').map(parse).collect())),
            Err(RecvTimeoutError::Timeout) => Reply::Hung,
            Err(RecvTimeoutError::Disconnected) => Reply::Died,
        };
        *self = Asked::start(self.peer)?;
        Ok(reply)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Peer {
    fn command(self) -> Result<Command, String> {
        let interpreter = |variable, usual| env::var_os(variable).unwrap_or_else(|| OsString::from(usual));
        let with = |program: OsString, script: Option<PathBuf>, argument: &str| {
            let mut command = Command::new(program);
            command.args(script).arg(argument);
            command
        };
        Ok(match self.program {
            Program::Own => {
                let own = env::current_exe().map_err(|error| error.to_string())?;
                let mut command = with(own.into(), None, "answer");
                command.arg(self.name);
                command
            }
            Program::Python(module) => {
                with(interpreter("PYTHON", "python3"), Some(script("answer.py")), module)
            }
            Program::Node(module) => with(interpreter("NODE", "node"), Some(script("answer.mjs")), module),
            Program::Curl => with("bash".into(), Some(script("answer_curl")), "curl"),
        })
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name)
}

/// What one request got.
fn parse(field: &str) -> Result<Answer, String> {
    let nonsense = || format!("it said {field:?}");
    match field.split_once(' ').unwrap_or((field, "")) {
        ("answered", rest) => Answer::parse(rest).ok_or_else(nonsense),
        ("refused", reason) => Err(reason.to_owned()),
        _ => Err(nonsense()),
    }
}

//! A child process, as the parent sees it: asked for samples, with a limit to its time.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::child::{ASK, Answer};
use crate::workload::{Scale, Workload};

/// What to measure, as the command line of this very program says it.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    pub contestant: &'a str,
    pub workload: &'a Workload,
    pub scale: Scale,
    /// What else the process has to be told.
    pub arguments: &'a [String],
}

/// A process that measures one contestant at one workload. It is killed when this is dropped.
pub struct Measuring {
    process: Child,
    /// Until there are no more questions.
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Measuring {
    /// Starts the process and waits until its contestant is set up.
    ///
    /// # Errors
    ///
    /// If the contestant cannot take part; says why.
    pub fn start(task: Task<'_>, limit: Duration) -> Result<Self, String> {
        Self::start_under(&[], task, limit)
    }

    /// As [`start`](Measuring::start), under another program: its name and arguments.
    ///
    /// # Errors
    ///
    /// If the other program cannot be started, or if the contestant cannot take part; says why.
    pub fn start_under(wrapper: &[&str], task: Task<'_>, limit: Duration) -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let mut command = match wrapper {
            [] => Command::new(program),
            [wrapper, arguments @ ..] => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(program);
                command
            }
        };
        command.args(["--child", task.contestant, "--only", task.workload.name]);
        command.args((task.scale == Scale::Quick).then_some("--quick")).args(task.arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| error.to_string())?;
        let questions = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("the pipe was asked for"));
        let (sender, answers) = channel();
        // Only a thread can wait for a line and for a time at once. It ends with the process.
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut measuring = Measuring { process, questions, answers };
        match measuring.answer(limit)? {
            Answer::Ready => Ok(measuring),
            Answer::Unable(reason) => Err(reason),
            Answer::Sample(_) => Err("it gave a sample before it was asked".into()),
        }
    }

    /// One sample.
    ///
    /// # Errors
    ///
    /// If there is none; says why.
    pub fn sample(&mut self, limit: Duration) -> Result<f64, String> {
        // If the process has died, the answer says so.
        let _ = self.questions.as_mut().map(|questions| writeln!(questions, "{ASK}"));
        match self.answer(limit)? {
            Answer::Sample(value) => Ok(value),
            Answer::Unable(reason) => Err(reason),
            Answer::Ready => Err("it began anew".into()),
        }
    }

    /// Has the process end by itself, once no questions are left.
    ///
    /// # Errors
    ///
    /// If it does not, or not well; says why.
    pub fn finish(mut self, limit: Duration) -> Result<(), String> {
        self.questions = None;
        match self.answers.recv_timeout(limit) {
            Ok(line) => return Err(format!("it said {line:?}")),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("it did not end within {} s", limit.as_secs()));
            }
            Err(RecvTimeoutError::Disconnected) => {}
        }
        let status = self.process.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("it died: {status}")) }
    }

    fn answer(&mut self, limit: Duration) -> Result<Answer, String> {
        match self.answers.recv_timeout(limit) {
            Ok(line) => Answer::parse(&line).ok_or(format!("it said {line:?}")),
            Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {} s", limit.as_secs())),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.process.wait().map_err(|error| error.to_string())?;
                Err(format!("it died: {status}"))
            }
        }
    }
}

impl Drop for Measuring {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

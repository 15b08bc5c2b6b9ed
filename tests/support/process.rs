//! A child process that does not outlive its test.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::watchdog::{PATIENCE, poll_until};

/// A running child. Dropping it kills it.
pub struct Process {
    /// The command line, for messages.
    name: String,
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// What a child has said, and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Fails, with all that the child had to say, unless its one test has run and passed.
    #[track_caller]
    pub fn assert_passed(&self) {
        let passed = self.code == Some(0) && self.stdout.contains("1 passed");
        assert!(passed, "the child failed: {:?}\n{}\n{}", self.code, self.stdout, self.stderr);
    }
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let stdout = read(child.stdout.take().expect("it is piped"));
        let stderr = read(child.stderr.take().expect("it is piped"));
        Process { name, child, stdout, stderr }
    }

    /// Starts it and waits for its end.
    pub fn run(command: &mut Command) -> Finished {
        Self::start(command).finish(PATIENCE)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without a chance to clean up.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
    }

    /// Waits until it has ended, and everybody to whom it has lent its output.
    ///
    /// # Panics
    ///
    /// If that takes longer than `patience`.
    pub fn finish(mut self, patience: Duration) -> Finished {
        let all = |output: &Receiver<String>| {
            output
                .recv_timeout(patience)
                .unwrap_or_else(|_| panic!("{} did not end within {patience:?}", self.name))
        };
        let (stdout, stderr) = (all(&self.stdout), all(&self.stderr));
        let status = poll_until(&format!("{} closed its output and did not end", self.name), || {
            self.child.try_wait().expect("a child can be waited for")
        });
        Finished { code: status.code(), stdout, stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads on a thread of its own, so that a child that says much is never held up.
fn read(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.read_to_end(&mut bytes);
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if let Err(error) = read {
            text.push_str(&format!("[cannot be read further: {error}]"));
        }
        // Nobody listens any more if the test was quicker.
        let _ = sender.send(text);
    });
    receiver
}

//! What an executor does, line by line.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use executor::{Event, Observer, TaskId, WakeSource};

const LOOK: &str = "look";
const UNPARK: &str = "unpark";

/// Writes down all that an executor does, so that a test can compare it whole. Clones share what they
/// recorded: give one to the builder and ask the other. Each executor needs its own, since ids are its own.
///
/// | line | what happened |
/// |---|---|
/// | `spawn a` | the task `a` was added |
/// | `poll a`, then `pending a` or `done a` | it was polled; `done` also after a panic |
/// | `drop a` | its future was dropped, since it was done |
/// | `cancel a` | its future was dropped, since it was aborted or the executor dropped |
/// | `wake a by b` | `b`, `itself`, `the driver` or `elsewhere` woke it |
/// | `wake a by b, once more` | and it was going to be polled anyway |
/// | `park`, `park for 5ms` | the executor sleeps |
/// | `look` | it asks the driver without sleeping |
/// | `unpark` | the driver has returned |
///
/// A look in which nothing happens is left out: how often there is one says nothing about a program.
///
/// A task is called by its name, the future of a `block_on` by `block_on`, and one without a name by
/// a number: the first task that the executor spawned is `1`, the second, with a name or without,
/// would be `2`.
///
/// # Examples
///
/// ```
/// use executor::{Executor, yield_now};
/// use wakecheck::Recorder;
///
/// let recorder = Recorder::new();
/// let executor = Executor::builder().observer(recorder.clone()).build();
/// executor.spawn_named("a", yield_now()).detach();
/// executor.spawn_named("b", async {}).detach();
/// let _ = executor.tick();
/// let _ = executor.tick();
/// assert_eq!(
///     recorder.take(),
///     [
///         "spawn a", "spawn b", //
///         "poll a", "wake a by itself", "pending a", "poll b", "done b", "drop b", //
///         "poll a", "done a", "drop a",
///     ]
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    shared: Rc<RefCell<Recording>>,
}

#[derive(Debug, Default)]
struct Recording {
    lines: Vec<String>,
    names: HashMap<TaskId, String>,
}

impl Recorder {
    /// Nothing was recorded yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line of the test's own, in its place among the others.
    pub fn note(&self, line: impl Into<String>) {
        self.shared.borrow_mut().lines.push(line.into());
    }

    /// What was recorded since this was last called.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut self.shared.borrow_mut().lines)
    }
}

impl Observer for Recorder {
    fn event(&mut self, event: &Event<'_>) {
        let recording = &mut *self.shared.borrow_mut();
        let line = recording.line(event);
        if line == UNPARK && recording.lines.last().is_some_and(|last| last == LOOK) {
            recording.lines.pop();
        } else {
            recording.lines.push(line);
        }
    }
}

impl Recording {
    fn line(&mut self, event: &Event<'_>) -> String {
        match *event {
            Event::Spawned { task, name, .. } => {
                let number = self.names.len() + 1;
                let name = name.map_or_else(|| number.to_string(), str::to_owned);
                self.names.insert(task, name);
                format!("spawn {}", self.name(task))
            }
            Event::PollStart { task } => format!("poll {}", self.name(task)),
            Event::PollEnd { task, ready: false } => format!("pending {}", self.name(task)),
            Event::PollEnd { task, ready: true } => format!("done {}", self.name(task)),
            Event::Woken { task, by, coalesced } => {
                let more = if coalesced { ", once more" } else { "" };
                format!("wake {} by {}{more}", self.name(task), self.source(by))
            }
            Event::Dropped { task, completed: true } => format!("drop {}", self.name(task)),
            Event::Dropped { task, completed: false } => format!("cancel {}", self.name(task)),
            Event::Park { timeout: None } => "park".to_owned(),
            Event::Park { timeout: Some(Duration::ZERO) } => LOOK.to_owned(),
            Event::Park { timeout: Some(timeout) } => format!("park for {timeout:?}"),
            Event::Unpark => UNPARK.to_owned(),
            // One that is newer than this crate is better recorded somehow than not at all.
            ref other => format!("{other:?}"),
        }
    }

    fn source(&self, by: WakeSource) -> &str {
        match by {
            WakeSource::Itself => "itself",
            WakeSource::Task(task) => self.name(task),
            WakeSource::Driver => "the driver",
            WakeSource::Elsewhere => "elsewhere",
            _ => "somebody",
        }
    }

    fn name(&self, task: TaskId) -> &str {
        self.names.get(&task).map_or("a task of before", String::as_str)
    }
}

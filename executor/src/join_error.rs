//! Why a task has no output.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::TaskId;
use crate::panic::Panic;

/// Why awaiting a [`JoinHandle`](crate::JoinHandle) gave no output: the task was cancelled or it
/// panicked.
///
/// It takes the room of one pointer, since every task has to have room for its output or for this.
pub struct JoinError(Box<Failure>);

struct Failure {
    /// The task, if it ever was one.
    id: Option<TaskId>,
    /// What the task was called.
    name: Option<Box<str>>,
    cause: Cause,
}

enum Cause {
    Cancelled,
    /// The mutex makes the payload, which is only `Send`, `Sync`, as error types are expected to
    /// be.
    Panic(Mutex<Panic>),
}

impl JoinError {
    pub(crate) fn cancelled(id: TaskId, name: Option<&str>) -> Self {
        Self::new(Some(id), name, Cause::Cancelled)
    }

    pub(crate) fn panicked(id: TaskId, name: Option<&str>, panic: Panic) -> Self {
        Self::new(Some(id), name, Cause::Panic(Mutex::new(panic)))
    }

    pub(crate) fn never_spawned() -> Self {
        Self::new(None, None, Cause::Cancelled)
    }

    fn new(id: Option<TaskId>, name: Option<&str>, cause: Cause) -> Self {
        JoinError(Box::new(Failure { id, name: name.map(Into::into), cause }))
    }

    /// The task that has no output; `None` if it was spawned on an executor that was gone, and so
    /// never became a task.
    #[must_use]
    pub fn id(&self) -> Option<TaskId> {
        self.0.id
    }

    /// The name that the task was spawned with.
    #[must_use]
    pub fn task_name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Whether the task was aborted, or its executor dropped.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.0.cause, Cause::Cancelled)
    }

    /// Whether the task panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self.0.cause, Cause::Panic(_))
    }

    /// What the task's panic carried, fit for [`std::panic::resume_unwind`].
    ///
    /// # Errors
    ///
    /// Gives the error back if the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.0.cause {
            Cause::Panic(panic) => Ok(panic.into_inner().unwrap_or_else(PoisonError::into_inner)),
            Cause::Cancelled => Err(self),
        }
    }

    /// What the task's panic carried, fit for [`std::panic::resume_unwind`].
    ///
    /// # Panics
    ///
    /// If the task did not panic; see [`is_panic`](JoinError::is_panic).
    #[must_use]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.try_into_panic().expect("into_panic is for a task that panicked")
    }

    /// The message of the panic, if it has one: most do.
    fn panic_message(&self) -> Option<String> {
        let Cause::Panic(panic) = &self.0.cause else {
            return None;
        };
        let panic = panic.lock().unwrap_or_else(PoisonError::into_inner);
        panic
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.id, &self.0.name) {
            (Some(id), None) => write!(f, "task {id} ")?,
            (Some(id), Some(name)) => write!(f, "task {id} ({name}) ")?,
            (None, _) => f.write_str("a task spawned on an executor that was gone ")?,
        }
        match (&self.0.cause, self.panic_message()) {
            (Cause::Cancelled, _) => f.write_str("was cancelled"),
            (Cause::Panic(_), None) => f.write_str("panicked"),
            (Cause::Panic(_), Some(message)) => write!(f, "panicked: {message}"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl Error for JoinError {}

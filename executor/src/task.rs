//! A spawned future, and what it leaves behind.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::JoinError;
use crate::join_error::Panic;

/// Names one task of one executor, once: an id is never given to a second task.
///
/// It is the number of the task's slot and that slot's generation, so a late wake for a finished
/// task meets a newer generation and is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId {
    /// Where in the executor's slots the task lives.
    pub(crate) index: u32,
    /// How many tasks lived in that slot before.
    pub(crate) generation: u32,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({self})")
    }
}

/// A task whose type is forgotten: what a slot holds. It is the one allocation that a spawn makes.
pub(crate) type BoxedTask = Pin<Box<dyn AnyTask>>;

/// What the executor and the handle ask of a task without knowing its type.
pub(crate) trait AnyTask {
    /// Polls the future; when it is ready, drops it and keeps its output.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops the future (or the output) in place and keeps `error` as the result.
    fn fail(self: Pin<&mut Self>, error: JoinError);

    /// Moves the result into `result`, which must be an `Option<Result<F::Output, JoinError>>`.
    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any);

    /// What the task was called when it was spawned.
    fn name(&self) -> Option<&str> {
        None
    }

    /// The payload of a panic that nobody has read, if that is how the task ended.
    fn take_panic(self: Pin<&mut Self>) -> Option<Panic>;
}

/// Boxes `future` as a task.
pub(crate) fn boxed<F>(future: F) -> BoxedTask
where
    F: Future + 'static,
{
    Box::pin(Task::Running { future })
}

/// Boxes `future` as a task with a name.
pub(crate) fn boxed_with_name<F>(future: F, name: Cow<'static, str>) -> BoxedTask
where
    F: Future + 'static,
{
    Box::pin(Named { task: Task::Running { future }, name })
}

pin_project! {
    /// A future until it is ready, then its result, then nothing, all in the same place.
    #[project = TaskProjection]
    #[project_replace = TaskReplaced]
    enum Task<F>
    where
        F: Future,
    {
        Running { #[pin] future: F },
        Done { result: Result<F::Output, JoinError> },
        Gone,
    }
}

impl<F> AnyTask for Task<F>
where
    F: Future + 'static,
{
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let TaskProjection::Running { future } = self.as_mut().project() else {
            unreachable!("a task is polled only until it is done");
        };
        let output = ready!(future.poll(cx));
        // Here the future is dropped: before anybody hears that the task is done.
        self.set(Task::Done { result: Ok(output) });
        Poll::Ready(())
    }

    fn fail(mut self: Pin<&mut Self>, error: JoinError) {
        self.set(Task::Done { result: Err(error) });
    }

    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any) {
        let result = result.downcast_mut().expect("a handle asks for the type that it spawned");
        if let TaskReplaced::Done { result: taken } = self.project_replace(Task::Gone) {
            *result = Some(taken);
        }
    }

    fn take_panic(mut self: Pin<&mut Self>) -> Option<Panic> {
        match self.as_mut().project() {
            TaskProjection::Done { result: Err(error) } if error.is_panic() => {}
            _ => return None,
        }
        match self.project_replace(Task::Gone) {
            TaskReplaced::Done { result: Err(error) } => error.try_into_panic().ok(),
            _ => None,
        }
    }
}

pin_project! {
    /// A task with a name. Those without one do not pay for it.
    struct Named<F>
    where
        F: Future,
    {
        #[pin]
        task: Task<F>,
        name: Cow<'static, str>,
    }
}

impl<F> AnyTask for Named<F>
where
    F: Future + 'static,
{
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().task.poll(cx)
    }

    fn fail(self: Pin<&mut Self>, error: JoinError) {
        self.project().task.fail(error);
    }

    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any) {
        self.project().task.take_result(result);
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn take_panic(self: Pin<&mut Self>) -> Option<Panic> {
        self.project().task.take_panic()
    }
}

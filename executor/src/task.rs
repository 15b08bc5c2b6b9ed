//! A spawned future, and what it leaves behind.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::JoinError;
use crate::join_error::Panic;
use crate::waker::{TaskWaker, waker_of};

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
    /// Polls the future under the task's waker; when it is ready, drops it and keeps its output.
    fn poll(self: Pin<&mut Self>) -> Poll<()>;

    /// The task's waker, until it is taken.
    fn waker(&self) -> Option<&TaskWaker>;

    /// Takes the waker out, for the next task to use.
    fn take_waker(self: Pin<&mut Self>) -> Option<Arc<TaskWaker>>;

    /// Drops the future (or the output) in place and keeps `error` as the result.
    fn fail(self: Pin<&mut Self>, error: JoinError);

    /// Moves the result into `result`, which must be an `Option<Result<F::Output, JoinError>>`.
    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any);

    /// The payload of a panic that nobody has read, if that is how the task ended.
    fn take_panic(self: Pin<&mut Self>) -> Option<Panic>;

    /// What the task was called when it was spawned.
    fn name(&self) -> Option<&str>;
}

/// Boxes `future` as the task that `waker` wakes.
pub(crate) fn boxed<F, N>(future: F, name: N, waker: Arc<TaskWaker>) -> BoxedTask
where
    F: Future + 'static,
    N: TaskName,
{
    Box::pin(Task { stage: Stage::Running { future }, waker: Some(waker), name })
}

/// What a task may be called. Those without a name have `()`, which takes no room.
pub(crate) trait TaskName: 'static {
    fn get(&self) -> Option<&str>;
}

impl TaskName for () {
    fn get(&self) -> Option<&str> {
        None
    }
}

impl TaskName for Cow<'static, str> {
    fn get(&self) -> Option<&str> {
        Some(self)
    }
}

pin_project! {
    struct Task<F, N>
    where
        F: Future,
    {
        #[pin]
        stage: Stage<F>,
        // There until the task is done.
        waker: Option<Arc<TaskWaker>>,
        name: N,
    }
}

pin_project! {
    /// A future until it is ready, then its result, then nothing, all in the same place.
    #[project = StageProjection]
    #[project_replace = StageReplaced]
    enum Stage<F>
    where
        F: Future,
    {
        Running { #[pin] future: F },
        Done { result: Result<F::Output, JoinError> },
        Gone,
    }
}

impl<F, N> AnyTask for Task<F, N>
where
    F: Future + 'static,
    N: TaskName,
{
    fn poll(self: Pin<&mut Self>) -> Poll<()> {
        let mut task = self.project();
        let (Some(waker), StageProjection::Running { future }) = (task.waker, task.stage.as_mut().project())
        else {
            unreachable!("a task is polled only until it is done");
        };
        waker.begin_poll();
        let output = ready!(future.poll(&mut Context::from_waker(&waker_of(waker))));
        // Here the future is dropped: before anybody hears that the task is done.
        task.stage.set(Stage::Done { result: Ok(output) });
        Poll::Ready(())
    }

    fn waker(&self) -> Option<&TaskWaker> {
        self.waker.as_deref()
    }

    fn take_waker(self: Pin<&mut Self>) -> Option<Arc<TaskWaker>> {
        self.project().waker.take()
    }

    fn fail(self: Pin<&mut Self>, error: JoinError) {
        self.project().stage.set(Stage::Done { result: Err(error) });
    }

    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any) {
        let result = result.downcast_mut().expect("a handle asks for the type that it spawned");
        if let StageReplaced::Done { result: taken } = self.project().stage.project_replace(Stage::Gone) {
            *result = Some(taken);
        }
    }

    fn take_panic(self: Pin<&mut Self>) -> Option<Panic> {
        let mut stage = self.project().stage;
        match stage.as_mut().project() {
            StageProjection::Done { result: Err(error) } if error.is_panic() => {}
            _ => return None,
        }
        match stage.project_replace(Stage::Gone) {
            StageReplaced::Done { result: Err(error) } => error.try_into_panic().ok(),
            _ => None,
        }
    }

    fn name(&self) -> Option<&str> {
        self.name.get()
    }
}

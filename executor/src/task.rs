//! A spawned future, and what it leaves behind.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::JoinError;
use crate::panic::Panic;

/// Names one task of one executor, once: an id is never given to a second task.
///
/// It is the number of the task's slot and that slot's generation, so a late wake for a finished
/// task meets a newer generation and is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(
    /// The slot in the upper half, the generation in the lower one: one number, since it is one when an atomic holds
    /// it, and since to write the halves and then read the whole makes a processor wait.
    u64,
);

impl TaskId {
    /// No task has this one, nor the next: no slot has that number.
    pub(crate) const NONE: TaskId = TaskId::new(u32::MAX, 0);

    /// Stands for a task that never was, when its handle has said so.
    pub(crate) const TAKEN: TaskId = TaskId::new(u32::MAX, 1);

    #[inline]
    pub(crate) const fn new(slot: u32, generation: u32) -> Self {
        TaskId((slot as u64) << 32 | generation as u64)
    }

    /// Where in the executor's slots the task lives.
    #[inline]
    pub(crate) const fn slot(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// How many tasks lived in that slot before.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it is the lower half")]
    pub(crate) const fn generation(self) -> u32 {
        self.0 as u32
    }

    /// The id as a number, for an atomic to hold.
    #[inline]
    pub(crate) const fn to_bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        TaskId(bits)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.slot(), self.generation())
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({self})")
    }
}

/// A task whose type is forgotten: what a slot holds. It is the one allocation that a spawn makes, if any.
pub(crate) type BoxedTask = Pin<Box<dyn AnyTask>>;

/// What the executor and the handle ask of a task without knowing its type.
pub(crate) trait AnyTask {
    /// Polls the future; when it is ready, drops it and keeps its output.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops the future (or the output) in place and keeps `error` as the result.
    fn fail(self: Pin<&mut Self>, error: JoinError);

    /// Moves the result into `result`, which must be an `Option<Result<F::Output, JoinError>>`.
    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any);

    /// Drops the result in place. Returns the payload of a panic that nobody has read, if that is how the task ended.
    fn clear(self: Pin<&mut Self>) -> Option<Panic>;

    /// Becomes another task, whose future and name are taken out of `parts` if they are of the same types as
    /// these: if it is an `Option<(F, N)>`.
    fn replace(self: Pin<&mut Self>, parts: &mut dyn Any);

    /// What the task was called when it was spawned.
    fn name(&self) -> Option<&str>;
}

/// Boxes `future` as a task: in the box of `spare`, if a task of the same type was in there.
pub(crate) fn boxed<F, N>(future: F, name: N, spare: Option<BoxedTask>) -> BoxedTask
where
    F: Future + 'static,
    N: TaskName,
{
    if let Some(mut spare) = spare {
        let mut parts = Some((future, name));
        spare.as_mut().replace(&mut parts);
        match parts {
            None => spare,
            Some((future, name)) => Box::pin(Task { stage: Stage::Running { future }, name }),
        }
    } else {
        Box::pin(Task { stage: Stage::Running { future }, name })
    }
}

/// What a task may be called. Those without a name have `()`, which takes no room. The default is what a box is left
/// with that waits for another task, and holds no memory.
pub(crate) trait TaskName: Default + 'static {
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
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut stage = self.project().stage;
        let StageProjection::Running { future } = stage.as_mut().project() else {
            unreachable!("a task is polled only until it is done");
        };
        let output = ready!(future.poll(cx));
        // Here the future is dropped: before anybody hears that the task is done.
        stage.set(Stage::Done { result: Ok(output) });
        Poll::Ready(())
    }

    fn fail(self: Pin<&mut Self>, error: JoinError) {
        self.project().stage.set(Stage::Done { result: Err(error) });
    }

    fn take_result(self: Pin<&mut Self>, result: &mut dyn Any) {
        let result = result.downcast_mut().expect("a handle asks for the type that it spawned");
        let task = self.project();
        *task.name = N::default();
        if let StageReplaced::Done { result: taken } = task.stage.project_replace(Stage::Gone) {
            *result = Some(taken);
        }
    }

    fn clear(self: Pin<&mut Self>) -> Option<Panic> {
        let task = self.project();
        *task.name = N::default();
        let mut stage = task.stage;
        match stage.as_mut().project() {
            StageProjection::Done { result: Err(error) } if error.is_panic() => {}
            _ => {
                stage.set(Stage::Gone);
                return None;
            }
        }
        match stage.project_replace(Stage::Gone) {
            StageReplaced::Done { result: Err(error) } => error.try_into_panic().ok(),
            _ => None,
        }
    }

    fn replace(self: Pin<&mut Self>, parts: &mut dyn Any) {
        if let Some((future, name)) = parts.downcast_mut::<Option<(F, N)>>().and_then(Option::take) {
            let mut task = self.project();
            *task.name = name;
            task.stage.set(Stage::Running { future });
        }
    }

    fn name(&self) -> Option<&str> {
        self.name.get()
    }
}

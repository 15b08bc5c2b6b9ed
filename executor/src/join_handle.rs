//! Awaiting, aborting and detaching a task.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::core::Core;
use crate::tasks::Join;
use crate::{AbortHandle, JoinError, TaskId};

/// Awaits a task's output.
///
/// Dropping the handle *detaches* the task: it goes on, and its output is dropped. To end a task
/// early, [`abort`](JoinHandle::abort) it.
///
/// # Cancel safety
///
/// Awaiting `&mut handle` in a `select` loses nothing: the output stays with the task until a poll
/// of the handle returns it.
///
/// # Examples
///
/// ```
/// let executor = executor::Executor::new();
/// let handle = executor.spawn(async { 6 * 7 });
/// assert_eq!(executor.block_on(handle).unwrap(), 42);
/// ```
#[must_use = "dropping a JoinHandle detaches its task; call `.detach()` to say that you mean it"]
pub struct JoinHandle<T> {
    task: Handle,
    /// The handle owns no `T`; it moves one out of the task.
    _output: PhantomData<fn() -> T>,
}

/// What the handle is attached to.
enum Handle {
    /// A task that is running, or done with its result not yet taken.
    Attached(Rc<Core>, TaskId),
    /// Nothing: the executor was gone when the task was spawned.
    Stillborn,
    /// Nothing more: the result was returned.
    Taken,
}

impl<T: 'static> JoinHandle<T> {
    /// Adds a task to an executor, and returns its handle.
    #[track_caller]
    pub(crate) fn spawn(core: &Rc<Core>, future: impl Future<Output = T> + 'static) -> Self {
        Self::new(core, core.spawn(future, (), Join::Held, Location::caller()))
    }

    /// The same for a task with a name.
    #[track_caller]
    pub(crate) fn spawn_named(
        core: &Rc<Core>,
        name: Cow<'static, str>,
        future: impl Future<Output = T> + 'static,
    ) -> Self {
        Self::new(core, core.spawn(future, name, Join::Held, Location::caller()))
    }

    fn new(core: &Rc<Core>, id: Option<TaskId>) -> Self {
        match id {
            Some(id) => JoinHandle { task: Handle::Attached(Rc::clone(core), id), _output: PhantomData },
            None => Self::stillborn(),
        }
    }

    /// The handle of a task that was spawned on an executor which is no more.
    pub(crate) fn stillborn() -> Self {
        JoinHandle { task: Handle::Stillborn, _output: PhantomData }
    }

    /// Ends the task: its future is dropped, on the executor's thread, in the next round.
    ///
    /// Awaiting the handle then gives an error for which [`JoinError::is_cancelled`] is true, after
    /// the future was dropped. A task that completes before that keeps its output.
    pub fn abort(&self) {
        if let Handle::Attached(core, id) = &self.task {
            core.abort(*id);
        }
    }

    /// The right to [`abort`](JoinHandle::abort) the task from anywhere, other threads included.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        match &self.task {
            Handle::Attached(core, id) => AbortHandle::new(Some(Arc::clone(core.mailbox())), Some(*id)),
            Handle::Stillborn | Handle::Taken => AbortHandle::new(None, None),
        }
    }

    /// A handle that aborts the task when it is dropped, instead of detaching it.
    pub fn abort_on_drop(self) -> AbortOnDrop<T> {
        AbortOnDrop { handle: self }
    }

    /// The task; `None` if it was spawned on an executor that was gone, or if its result was taken.
    #[must_use]
    pub fn id(&self) -> Option<TaskId> {
        match &self.task {
            Handle::Attached(_, id) => Some(*id),
            Handle::Stillborn | Handle::Taken => None,
        }
    }

    /// Whether the task is done, has panicked or was dropped.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        match &self.task {
            Handle::Attached(core, id) => core.is_finished(*id),
            Handle::Stillborn | Handle::Taken => true,
        }
    }

    /// Lets the task go on without anybody waiting for it. The same as dropping the handle, but
    /// says so.
    pub fn detach(self) {}
}

impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (core, id) = match &self.task {
            Handle::Attached(core, id) => (core, *id),
            Handle::Stillborn => {
                self.task = Handle::Taken;
                return Poll::Ready(Err(JoinError::never_spawned()));
            }
            Handle::Taken => panic!("a JoinHandle was polled again after it had returned the task's result"),
        };
        let Some(mut task) = core.claim(id, cx.waker()) else {
            return Poll::Pending;
        };
        let mut result = None;
        task.as_mut().take_result(&mut result);
        self.task = Handle::Taken;
        Poll::Ready(result.expect("a finished task holds its result until its handle takes it"))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Handle::Attached(core, id) = &self.task {
            core.detach(*id);
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("JoinHandle");
        match &self.task {
            Handle::Attached(_, id) => tuple.field(id).finish(),
            Handle::Stillborn | Handle::Taken => tuple.finish_non_exhaustive(),
        }
    }
}

/// A [`JoinHandle`] that aborts its task when it is dropped.
///
/// # Cancel safety
///
/// Dropping it is what aborts: a `select` that it loses ends the task.
///
/// # Examples
///
/// ```
/// let executor = executor::Executor::new();
/// let task = executor.spawn(std::future::pending::<()>()).abort_on_drop();
/// drop(task);
/// assert_eq!(executor.run_until_stalled().live, 0);
/// ```
#[derive(Debug)]
#[must_use = "dropping it aborts the task"]
pub struct AbortOnDrop<T: 'static> {
    handle: JoinHandle<T>,
}

impl<T: 'static> AbortOnDrop<T> {
    /// The handle, which detaches when it is dropped.
    pub fn into_inner(mut self) -> JoinHandle<T> {
        std::mem::replace(&mut self.handle, JoinHandle::stillborn())
    }

    /// The handle.
    pub fn get_ref(&self) -> &JoinHandle<T> {
        &self.handle
    }
}

impl<T: 'static> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.handle).poll(cx)
    }
}

impl<T: 'static> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

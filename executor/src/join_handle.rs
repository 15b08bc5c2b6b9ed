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
use crate::slot::Join;
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
    /// The executor, while there is a task whose result was not taken. (Two words, so that a handle is passed in two
    /// registers and not by way of memory.)
    core: Option<Rc<Core>>,
    /// That task; `TaskId::NONE` if the executor was gone when it was to be spawned.
    id: TaskId,
    /// The handle owns no `T`; it moves one out of the task.
    _output: PhantomData<fn() -> T>,
}

impl<T: 'static> JoinHandle<T> {
    /// Adds a task to an executor, and returns its handle.
    #[track_caller]
    pub(crate) fn spawn(core: Rc<Core>, future: impl Future<Output = T> + 'static) -> Self {
        let id = core.spawn(future, (), Join::Held, Location::caller());
        Self::new(core, id)
    }

    /// The same for a task with a name.
    #[track_caller]
    pub(crate) fn spawn_named(
        core: Rc<Core>,
        name: Cow<'static, str>,
        future: impl Future<Output = T> + 'static,
    ) -> Self {
        let id = core.spawn(future, name, Join::Held, Location::caller());
        Self::new(core, id)
    }

    fn new(core: Rc<Core>, id: Option<TaskId>) -> Self {
        match id {
            Some(id) => JoinHandle { core: Some(core), id, _output: PhantomData },
            None => Self::stillborn(),
        }
    }

    /// The handle of a task that was spawned on an executor which is no more.
    pub(crate) fn stillborn() -> Self {
        JoinHandle { core: None, id: TaskId::NONE, _output: PhantomData }
    }

    /// Ends the task: its future is dropped, on the executor's thread, when its turn comes.
    ///
    /// Awaiting the handle then gives an error for which [`JoinError::is_cancelled`] is true, after
    /// the future was dropped. A task that completes before that keeps its output.
    pub fn abort(&self) {
        if let Some(core) = &self.core {
            core.abort(self.id);
        }
    }

    /// The right to [`abort`](JoinHandle::abort) the task from anywhere, other threads included.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle::new(self.core.as_ref().map(|core| Arc::clone(core.mailbox())), self.id())
    }

    /// A handle that aborts the task when it is dropped, instead of detaching it.
    pub fn abort_on_drop(self) -> AbortOnDrop<T> {
        AbortOnDrop { handle: self }
    }

    /// The task; `None` if it was spawned on an executor that was gone, or if its result was taken.
    #[must_use]
    pub fn id(&self) -> Option<TaskId> {
        self.core.is_some().then_some(self.id)
    }

    /// Whether the task is done, has panicked or was dropped.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.core.as_ref().is_none_or(|core| core.is_finished(self.id))
    }

    /// Lets the task go on without anybody waiting for it. The same as dropping the handle, but
    /// says so.
    pub fn detach(self) {}
}

impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(core) = &self.core else {
            return Poll::Ready(Err(self.without_task()));
        };
        let Some(mut task) = core.claim(self.id, cx.waker()) else {
            return Poll::Pending;
        };
        let mut result = None;
        task.as_mut().take_result(&mut result);
        core.recycle(task);
        self.core = None;
        Poll::Ready(result.expect("a finished task holds its result until its handle takes it"))
    }
}

impl<T> JoinHandle<T> {
    /// The result of a task that never was, once.
    #[cold]
    fn without_task(&mut self) -> JoinError {
        assert!(
            self.id == TaskId::NONE,
            "a JoinHandle was polled again after it had returned the task's result"
        );
        self.id = TaskId::TAKEN;
        JoinError::never_spawned()
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Some(core) = &self.core {
            core.detach(self.id);
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("JoinHandle");
        match &self.core {
            Some(_) => tuple.field(&self.id).finish(),
            None => tuple.finish_non_exhaustive(),
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

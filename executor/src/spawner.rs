//! The right to add tasks.

use std::borrow::Cow;
use std::future::Future;
use std::rc::Weak;

use futures_task::{LocalFutureObj, LocalSpawn, SpawnError};

use crate::JoinHandle;
use crate::core::Core;
use crate::current;

/// Adds tasks to an executor of this thread. It can be cloned into tasks, and does not keep the
/// executor alive.
///
/// # Examples
///
/// ```
/// let executor = executor::Executor::new();
/// let spawner = executor.spawner();
/// let answer = executor.block_on(async move {
///     let question = spawner.spawn(async { 6 * 7 });
///     question.await
/// });
/// assert_eq!(answer.unwrap(), 42);
/// ```
#[derive(Clone, Debug)]
pub struct Spawner {
    core: Weak<Core>,
}

impl Spawner {
    pub(crate) fn new(core: Weak<Core>) -> Self {
        Spawner { core }
    }

    /// Adds a task. If the executor is gone, the future is dropped and awaiting the handle says
    /// that the task was cancelled.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        match self.core.upgrade() {
            Some(core) => JoinHandle::spawn(core, future),
            None => JoinHandle::stillborn(),
        }
    }

    /// Adds a task with a name, which its [`JoinError`](crate::JoinError) and
    /// [`Event::Spawned`](crate::Event::Spawned) tell.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<Cow<'static, str>>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        match self.core.upgrade() {
            Some(core) => JoinHandle::spawn_named(core, name.into(), future),
            None => JoinHandle::stillborn(),
        }
    }
}

/// Adds a task to the executor that is running on this thread.
///
/// # Panics
///
/// If none is: spawn from inside `block_on`, or with [`Executor::spawn`](crate::Executor::spawn) or
/// a [`Spawner`].
///
/// # Examples
///
/// ```
/// let sum = executor::block_on(async {
///     let (one, two) = (executor::spawn(async { 1 }), executor::spawn(async { 2 }));
///     one.await.unwrap() + two.await.unwrap()
/// });
/// assert_eq!(sum, 3);
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
{
    let Some(core) = current::get() else {
        panic!(
            "`spawn` adds to the executor that is running on this thread, and none is: call it inside `block_on`, or use `Executor::spawn` or a `Spawner`"
        );
    };
    JoinHandle::spawn(core, future)
}

/// The ecosystem's way to add tasks. It costs a second allocation, for the boxed future;
/// [`spawn`](Spawner::spawn) does not.
impl LocalSpawn for Spawner {
    fn spawn_local_obj(&self, future: LocalFutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.status_local()?;
        self.spawn(future).detach();
        Ok(())
    }

    fn status_local(&self) -> Result<(), SpawnError> {
        match self.core.upgrade() {
            Some(core) if !core.is_closed() => Ok(()),
            _ => Err(SpawnError::shutdown()),
        }
    }
}

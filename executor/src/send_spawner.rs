//! The right to add tasks from other threads.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use futures_task::{FutureObj, Spawn, SpawnError};

use crate::mailbox::{Mailbox, Make, Message};
use crate::slot::Join;

/// Adds tasks to an executor from any thread. It can be cloned, and does not keep the executor
/// alive.
///
/// What is sent is not a future but a closure that makes one, on the executor's thread: so the
/// closure has to be `Send`, and the future does not.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use std::thread;
///
/// let executor = executor::Executor::new();
/// let spawner = executor.send_spawner();
/// let (sender, receiver) = async_channel::bounded(1);
/// let thread = thread::spawn(move || {
///     spawner.spawn(move || async move {
///         let local = Rc::new("made on the executor's thread");
///         sender.send(*local).await.expect("somebody is waiting");
///     })
/// });
/// assert_eq!(executor.block_on(receiver.recv()), Ok("made on the executor's thread"));
/// assert!(thread.join().unwrap().is_ok());
/// ```
#[derive(Clone)]
pub struct SendSpawner {
    mailbox: Arc<Mailbox>,
}

impl SendSpawner {
    pub(crate) fn new(mailbox: &Arc<Mailbox>) -> Self {
        SendSpawner { mailbox: Arc::clone(mailbox) }
    }

    /// Adds a task: `make` is called in its first poll, and the future that it makes is polled. Nobody
    /// awaits it; to have something back, use a channel.
    ///
    /// # Errors
    ///
    /// If the executor is gone. `make` is dropped then, on this thread.
    #[track_caller]
    pub fn spawn<M, F>(&self, make: M) -> Result<(), SpawnError>
    where
        M: FnOnce() -> F + Send + 'static,
        F: Future<Output = ()> + 'static,
    {
        let location = Location::caller();
        let posted = self.mailbox.post(Message::Spawn(Make::new(move |core| {
            core.spawn(async move { make().await }, (), Join::Detached, location);
        })));
        if posted { Ok(()) } else { Err(SpawnError::shutdown()) }
    }
}

/// The ecosystem's way to add tasks from other threads.
impl Spawn for SendSpawner {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.spawn(move || future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        if self.mailbox.is_closed() { Err(SpawnError::shutdown()) } else { Ok(()) }
    }
}

impl fmt::Debug for SendSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendSpawner").field(&self.mailbox).finish()
    }
}

//! The executor, as its users see it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_task::{LocalFutureObj, LocalSpawn, SpawnError};

use crate::core::{Core, Running};
use crate::round::{NoRoot, Root, Until};
use crate::{Builder, Event, JoinHandle, Park, SendSpawner, Spawner, TaskId, WakeSource};

/// Owns tasks and polls, on the thread it was made on, those that were woken.
///
/// It starts no thread and needs no setting up: it runs while [`block_on`](Executor::block_on),
/// [`tick`](Executor::tick) or [`run_until_stalled`](Executor::run_until_stalled) does. Dropping it
/// drops every future it still has; their handles then say so. Handles that outlive it keep its
/// memory and its driver alive, so an output must not hold the handle of its own task.
///
/// # Examples
///
/// ```
/// use executor::{Executor, yield_now};
///
/// let executor = Executor::new();
/// let sum = executor.spawn(async {
///     yield_now().await;
///     1 + 1
/// });
/// assert_eq!(executor.block_on(sum).unwrap(), 2);
/// ```
pub struct Executor {
    core: Rc<Core>,
}

impl Executor {
    /// An executor that sleeps, when it has nothing to do, until a waker is woken.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An executor that sleeps in `park`, which may wait for sockets and timers meanwhile.
    #[must_use]
    pub fn with_park(park: impl Park + 'static) -> Self {
        Self::builder().park(park).build()
    }

    /// For an executor with other than the usual settings.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn from_builder(builder: Builder) -> Self {
        Executor { core: Core::new(builder) }
    }

    /// Adds a task. It is polled first in the next round of [`block_on`](Executor::block_on),
    /// [`tick`](Executor::tick) or [`run_until_stalled`](Executor::run_until_stalled).
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        JoinHandle::spawn(Rc::clone(&self.core), future)
    }

    /// Adds a task with a name, which its [`JoinError`](crate::JoinError) and
    /// [`Event::Spawned`] tell.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<Cow<'static, str>>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        JoinHandle::spawn_named(Rc::clone(&self.core), name.into(), future)
    }

    /// The right to add tasks to this executor, to be cloned into tasks and callbacks of this thread.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        Spawner::new(Rc::downgrade(&self.core))
    }

    /// The right to add tasks to this executor from other threads.
    #[must_use]
    pub fn send_spawner(&self) -> SendSpawner {
        SendSpawner::new(self.core.mailbox())
    }

    /// Runs `future`, and every task beside it, until `future` is ready. Tasks that are not done by
    /// then stay, and go on in the next call; [`has_ready`](Executor::has_ready) says whether any could.
    ///
    /// The future has no priority over the tasks: it is one of them, except that it may borrow.
    ///
    /// # Panics
    ///
    /// If the future panics, or a task panics that has no handle to report it; the executor can be used
    /// again afterwards. (Such a panic goes before an output that is ready in the same round, which is
    /// dropped; so does one that is found when the future is dropped.) Also if it is called in a task of this same
    /// executor: use `.await` there.
    ///
    /// A future that panics when it is polled and again when it is dropped aborts the process, as anything on a stack does;
    /// a task that does so is contained.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let _running = self.core.enter();
        let output = self.run_root(future, Location::caller());
        // The future may have taken the last handle of a task that had panicked with it.
        self.core.raise_unread_panic();
        output
    }

    fn run_root<F: Future>(&self, future: F, location: &'static Location<'static>) -> F::Output {
        let membership =
            Membership { core: &self.core, id: self.core.add_root(location), completed: Cell::new(false) };
        let mut root = RootFuture { future: pin!(Some(future)), output: None };
        self.core.begin_round();
        self.core.run(&mut root, Until::RootIsReady);
        membership.completed.set(true);
        // What the future wakes when it is dropped is its doing.
        let _acting = self.core.act_as(WakeSource::Task(membership.id));
        root.future.set(None);
        root.output.expect("a root runs until it is ready")
    }

    /// Runs tasks, and lets the driver wake some, until none is ready. Never sleeps.
    ///
    /// A task that wakes itself is ready again at once, so this does not return before such tasks come
    /// to rest: where they may not, [`tick`](Executor::tick) is bounded.
    ///
    /// # Panics
    ///
    /// If a task panics that has no handle to report it, or if it is called in a task of this same
    /// executor.
    ///
    /// # Examples
    ///
    /// ```
    /// let executor = executor::Executor::new();
    /// let handle = executor.spawn(async { "done" });
    ///
    /// let progress = executor.run_until_stalled();
    /// assert_eq!((progress.polled, progress.completed, progress.live, progress.ready), (1, 1, 0, 0));
    /// assert!(handle.is_finished());
    /// ```
    pub fn run_until_stalled(&self) -> Progress {
        let mut progress = Progress::default();
        loop {
            let running = self.core.enter();
            while self.core.rest_awake() > 0 {
                self.round(&mut progress);
            }
            self.core.raise_unread_panic();
            progress = self.leave(running, progress);
            // Another thread may have woken something at the last moment.
            if progress.ready == 0 {
                return progress;
            }
        }
    }

    /// Runs one round: lets the driver wake whoever can be woken, then polls each task that is ready
    /// once. Never sleeps.
    ///
    /// This is one step in a loop that belongs to somebody else, a window's or a game's. If
    /// [`Progress::ready`] is not zero afterwards, there is something to do at once. Otherwise there
    /// is again when [`next_deadline`](Executor::next_deadline) has come, when the driver's file
    /// descriptor (if it has one) is readable, or when [`Builder::on_wake`] calls.
    ///
    /// # Panics
    ///
    /// If a task panics that has no handle to report it, or if it is called in a task of this same
    /// executor.
    pub fn tick(&self) -> Progress {
        let running = self.core.enter();
        let mut progress = Progress::default();
        self.core.look();
        self.round(&mut progress);
        self.leave(running, progress)
    }

    /// Whether a task may be ready, so that [`tick`](Executor::tick) would poll it.
    #[must_use]
    pub fn has_ready(&self) -> bool {
        self.core.has_ready()
    }

    /// When the driver wants to be asked again at the latest, for a timer; `None` if it has none.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.core.next_deadline()
    }

    fn round(&self, progress: &mut Progress) {
        let (polls, completed) = (self.core.cadence.polls(), self.core.completed.get());
        self.core.begin_round();
        self.core.run(&mut NoRoot, Until::RoundEnds);
        progress.polled += self.core.cadence.polls().wrapping_sub(polls);
        progress.completed += self.core.completed.get().wrapping_sub(completed);
        self.core.raise_unread_panic();
    }

    /// Stops running, and counts what is left.
    fn leave(&self, running: Running<'_>, progress: Progress) -> Progress {
        // First this: from here on the next wake calls the hook. If it were counted before, a wake in
        // between would be neither counted nor told.
        drop(running);
        Progress { live: self.core.live(), ready: self.core.queued(), ..progress }
    }
}

/// What a pass over the ready tasks did, and what it left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct Progress {
    /// How many polls were made.
    pub polled: usize,
    /// How many tasks are done thereby, with their output or with a panic.
    pub completed: usize,
    /// How many tasks there still are.
    pub live: usize,
    /// How many of those are ready to be polled. Not zero either if there is a message of another thread to look at, which
    /// may turn out to change nothing.
    pub ready: usize,
}

/// The future of a `block_on`, and its output when it is ready.
struct RootFuture<'a, F: Future> {
    future: Pin<&'a mut Option<F>>,
    output: Option<F::Output>,
}

impl<F: Future> Root for RootFuture<'_, F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let future = self.future.as_mut().as_pin_mut().expect("it is dropped when it is ready");
        self.output = Some(ready!(future.poll(cx)));
        Poll::Ready(())
    }
}

/// The membership of a `block_on`'s future in the queue.
struct Membership<'a> {
    core: &'a Core,
    id: TaskId,
    /// Whether it was ready; otherwise it has panicked.
    completed: Cell<bool>,
}

/// Comes after the drop of the future, which was pinned later.
impl Drop for Membership<'_> {
    fn drop(&mut self) {
        self.core.tell(|| Event::Dropped { task: self.id, completed: self.completed.get() });
        self.core.remove_root(self.id);
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.core.shut_down();
    }
}

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

/// The ecosystem's way to add tasks. It costs a second allocation, for the boxed future;
/// [`spawn`](Executor::spawn) does not.
impl LocalSpawn for Executor {
    fn spawn_local_obj(&self, future: LocalFutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.spawner().spawn_local_obj(future)
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Executor").field(&self.core).finish()
    }
}

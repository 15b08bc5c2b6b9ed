//! An executor that is not like the others.

use std::fmt;

use crate::mailbox::Hook;
use crate::{Executor, Observer, Order, Park, ThreadPark};

/// Makes an [`Executor`] with other than the usual settings.
///
/// # Examples
///
/// ```
/// use executor::{Executor, UnhandledPanic};
///
/// let executor = Executor::builder().unhandled_panic(UnhandledPanic::Ignore).build();
/// executor.spawn(async { panic!("nobody is interested") }).detach();
/// let progress = executor.run_until_stalled();
/// assert_eq!(progress.completed, 1);
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    pub(crate) park: Box<dyn Park>,
    pub(crate) hook: Option<Hook>,
    pub(crate) observer: Option<Box<dyn Observer>>,
    pub(crate) order: Option<Box<dyn Order>>,
    pub(crate) unhandled_panic: UnhandledPanic,
}

/// What becomes of the panic of a task whose handle was dropped, so that nobody can read it there; and of one in the drop
/// of an output that nobody has taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum UnhandledPanic {
    /// It goes on out of `block_on`, `tick` or `run_until_stalled`: a panic that nobody notices hides
    /// a failing test.
    #[default]
    Raise,
    /// Nothing: the panic hook, which prints the message, has been called already.
    Ignore,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Builder {
            park: Box::new(ThreadPark::new()),
            hook: None,
            observer: None,
            order: None,
            unhandled_panic: UnhandledPanic::default(),
        }
    }

    /// How the executor sleeps. Default: a [`ThreadPark`].
    pub fn park(mut self, park: impl Park + 'static) -> Self {
        self.park = Box::new(park);
        self
    }

    /// Is called when there is something to do for an executor that is not running or sleeps: once, at
    /// the first wake, spawn or abort, on the thread where that happens. For whoever calls
    /// [`tick`](Executor::tick) from a loop of their own, to be told when to.
    ///
    /// It must not run the executor itself, since a wake can come from anywhere; it should send an
    /// event, set a flag, or the like.
    ///
    /// # Panics
    ///
    /// If it panics, that comes out of whatever it was called for, which is done all the same: the task was woken or
    /// aborted, or was spawned and, since there is no handle, is detached. The drop of a [`JoinHandle`](crate::JoinHandle)
    /// is such a place, too, if nobody has read that its task panicked. It is not called again before the executor has run.
    ///
    /// # Examples
    ///
    /// A loop that sleeps until somebody sends it an event, which may be that the executor has something to do:
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use std::thread;
    /// use executor::Executor;
    ///
    /// enum Event {
    ///     ExecutorIsReady,
    ///     Quit,
    /// }
    ///
    /// let (sender, events) = mpsc::channel();
    /// let quit = sender.clone();
    /// let executor = Executor::builder()
    ///     .on_wake(move || {
    ///         // It fails when the loop is over, and then nobody minds.
    ///         let _ = sender.send(Event::ExecutorIsReady);
    ///     })
    ///     .build();
    ///
    /// let (outgoing, incoming) = async_channel::bounded(1);
    /// let other = thread::spawn(move || outgoing.send_blocking("from another thread"));
    /// let task = executor.spawn(async move {
    ///     let message = incoming.recv().await;
    ///     quit.send(Event::Quit).expect("the loop waits for this");
    ///     message
    /// });
    /// while let Ok(Event::ExecutorIsReady) = events.recv() {
    ///     while executor.tick().ready > 0 {}
    /// }
    /// assert_eq!(executor.block_on(task).unwrap(), Ok("from another thread"));
    /// other.join().unwrap().unwrap();
    /// ```
    pub fn on_wake(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// Is told everything that the executor does.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Decides which ready task is next. Default: first woken, first polled. (A wake
    /// that finds the executor not running is a message to it, even on its own thread, and comes behind what is spawned
    /// until it runs.)
    pub fn order(mut self, order: impl Order + 'static) -> Self {
        self.order = Some(Box::new(order));
        self
    }

    /// What becomes of panics that no handle reports. Default: they are raised again.
    pub fn unhandled_panic(mut self, policy: UnhandledPanic) -> Self {
        self.unhandled_panic = policy;
        self
    }

    /// The executor.
    #[must_use]
    pub fn build(self) -> Executor {
        Executor::from_builder(self)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("on_wake", &self.hook.is_some())
            .field("observer", &self.observer.is_some())
            .field("order", &self.order.is_some())
            .field("unhandled_panic", &self.unhandled_panic)
            .finish_non_exhaustive()
    }
}

//! Watching what an executor does.

use std::panic::Location;
use std::time::Duration;

use crate::TaskId;

/// Is told everything that an executor does, as it happens: for tests, pictures and consoles.
///
/// An executor without an observer pays a branch for it here and there, at most 2 % of a spawn's instructions and less of
/// all else. What the observer itself does with the executor, such as waking a task, is done but not told.
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
/// use executor::{Event, Executor};
///
/// let polls = Rc::new(RefCell::new(0));
/// let counter = Rc::clone(&polls);
/// let executor = Executor::builder()
///     .observer(move |event: &Event<'_>| {
///         *counter.borrow_mut() += usize::from(matches!(event, Event::PollStart { .. }));
///     })
///     .build();
/// executor.block_on(executor::yield_now());
/// assert_eq!(*polls.borrow(), 2);
/// ```
pub trait Observer {
    /// Something has happened, or is about to.
    fn event(&mut self, event: &Event<'_>);
}

impl<F: FnMut(&Event<'_>)> Observer for F {
    fn event(&mut self, event: &Event<'_>) {
        self(event);
    }
}

/// Something that an executor does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A task was added. The future of a `block_on` is one, too.
    Spawned {
        /// The new task.
        task: TaskId,
        /// What it is called, if it has a name.
        name: Option<&'a str>,
        /// Where in the source it was spawned.
        location: &'static Location<'static>,
    },
    /// A task is about to be polled.
    PollStart {
        /// That task.
        task: TaskId,
    },
    /// The poll has returned, or panicked.
    PollEnd {
        /// The task that was polled.
        task: TaskId,
        /// Whether it is done.
        ready: bool,
    },
    /// A task was woken. Wakes from elsewhere are told when the executor learns of them, and any
    /// number of them as one if it learned of none meanwhile.
    Woken {
        /// The task that is to be polled.
        task: TaskId,
        /// Who woke it.
        by: WakeSource,
        /// It was going to be polled anyway.
        coalesced: bool,
    },
    /// The future of a task was dropped.
    Dropped {
        /// That task; its id will not be used again.
        task: TaskId,
        /// Whether it was done; otherwise it was aborted, or the executor dropped.
        completed: bool,
    },
    /// The driver is about to be asked for events: the executor sleeps meanwhile, unless the
    /// timeout is zero.
    Park {
        /// How long at most; `None` for as long as it takes.
        timeout: Option<Duration>,
    },
    /// The driver has returned.
    Unpark,
}

/// Who woke a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum WakeSource {
    /// The task itself, while it was polled.
    Itself,
    /// Another task of the same executor, while that was polled or dropped.
    Task(TaskId),
    /// The driver: a socket or a timer.
    Driver,
    /// Another thread; or this one while the executor was not running, or another executor ran
    /// inside of it.
    Elsewhere,
}

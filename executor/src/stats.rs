//! What each task has cost.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::{Event, Observer, TaskId};

/// An [`Observer`] that counts, for each task, its polls and wakes, and on request how long its polls
/// took. Clones share their counts: give one to the builder and ask the other. Each executor needs
/// its own, since they all count their tasks' ids from the start.
///
/// Tasks that are gone are forgotten, so what this holds is bounded by the tasks there are.
///
/// # Examples
///
/// ```
/// use executor::{Executor, Stats, yield_now};
///
/// let stats = Stats::new();
/// let executor = Executor::builder().observer(stats.clone()).build();
/// let task = executor.spawn(async {
///     yield_now().await;
///     std::future::pending::<()>().await;
/// });
/// let _ = executor.run_until_stalled();
/// let counts = stats.of(task.id().unwrap()).unwrap();
/// assert_eq!((counts.polls, counts.wakes), (2, 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stats {
    shared: Rc<RefCell<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    tasks: HashMap<TaskId, TaskStats>,
    /// When the last poll began, if polls are timed.
    began: Option<Instant>,
}

/// What one task has cost so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct TaskStats {
    /// How often it was polled.
    pub polls: u64,
    /// How often it was woken; the first poll, after the spawn, needs no wake.
    pub wakes: u64,
    /// How many of those wakes changed nothing, since it was going to be polled anyway.
    pub coalesced: u64,
    /// How long its polls took altogether, as time that passes, not time of the processor; zero unless [`Stats::with_time`] asked for it.
    pub busy: Duration,
}

impl Stats {
    /// Counts polls and wakes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Times the polls too, which costs two looks at the clock for each.
    #[must_use]
    pub fn with_time() -> Self {
        let counts = Counts { began: Some(Instant::now()), ..Counts::default() };
        Stats { shared: Rc::new(RefCell::new(counts)) }
    }

    /// The counts of one task; `None` if it is gone or was never seen.
    #[must_use]
    pub fn of(&self, task: TaskId) -> Option<TaskStats> {
        self.shared.borrow().tasks.get(&task).copied()
    }

    /// The counts of all tasks there are, in no particular order.
    #[must_use]
    pub fn all(&self) -> Vec<(TaskId, TaskStats)> {
        self.shared.borrow().tasks.iter().map(|(task, stats)| (*task, *stats)).collect()
    }
}

impl Observer for Stats {
    fn event(&mut self, event: &Event<'_>) {
        let Counts { tasks, began } = &mut *self.shared.borrow_mut();
        match *event {
            Event::Spawned { task, .. } => {
                tasks.insert(task, TaskStats::default());
            }
            Event::PollStart { task } => {
                tasks.entry(task).and_modify(|stats| stats.polls += 1);
                if let Some(began) = began {
                    *began = Instant::now();
                }
            }
            Event::PollEnd { task, .. } => {
                if let Some(began) = began {
                    tasks.entry(task).and_modify(|stats| stats.busy += began.elapsed());
                }
            }
            Event::Woken { task, coalesced, .. } => {
                tasks.entry(task).and_modify(|stats| {
                    stats.wakes += 1;
                    stats.coalesced += u64::from(coalesced);
                });
            }
            Event::Dropped { task, .. } => {
                tasks.remove(&task);
            }
            _ => {}
        }
    }
}

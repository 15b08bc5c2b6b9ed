//! How often the driver gets to look while tasks are ready.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// After this many polls without an empty queue the driver gets to look at its sockets and timers,
/// between two rounds, so that tasks that always have something to do cannot starve those that
/// wait.
const POLLS_PER_LOOK: usize = 61;

/// How far two looks are to be apart in time, if the driver has a clock: where polls take so long that 61 of them
/// take longer, there are fewer of them between two looks.
const TIME_PER_LOOK: Duration = Duration::from_micros(100);

/// Counts polls, and says when the driver is to look.
///
/// To read the clock costs about as much as to poll a task. So it is read only at a look, to see how long the polls
/// since the last one took; if that was too long, the next look comes after half as many of them.
#[derive(Debug)]
pub(crate) struct Cadence {
    /// How many polls there were. Begins again at zero when it has come to its end, which on a machine of 32 bits it
    /// does.
    polls: Cell<usize>,
    /// How many of them there had been at the last look.
    before: Cell<usize>,
    /// How many polls there are between two looks.
    interval: Cell<usize>,
    /// When the last look was, if there was nothing but polls since.
    looked: Cell<Option<Instant>>,
}

impl Cadence {
    pub(crate) fn new() -> Self {
        Cadence {
            polls: Cell::new(0),
            before: Cell::new(0),
            interval: Cell::new(POLLS_PER_LOOK),
            looked: Cell::new(None),
        }
    }

    /// Counts a poll.
    #[inline]
    pub(crate) fn polled(&self) {
        self.polls.set(self.polls.get().wrapping_add(1));
    }

    /// How many polls there were since the executor was made, which may have begun again at zero.
    pub(crate) fn polls(&self) -> usize {
        self.polls.get()
    }

    /// Whether it is time for a look.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.polls.get().wrapping_sub(self.before.get()) >= self.interval.get()
    }

    /// The driver is asked because there is nothing else to do.
    pub(crate) fn rested(&self) {
        self.before.set(self.polls.get());
        self.looked.set(None);
    }

    /// The driver looks, at this time by its clock, because it is time for that.
    pub(crate) fn looked(&self, now: Option<Instant>) {
        if let (Some(before), Some(now)) = (self.looked.replace(now), now) {
            let took = now.saturating_duration_since(before);
            let interval = self.interval.get();
            if took > TIME_PER_LOOK {
                self.interval.set((interval / 2).max(1));
            } else if took < TIME_PER_LOOK / 4 {
                self.interval.set((interval * 2).min(POLLS_PER_LOOK));
            }
        }
        self.before.set(self.polls.get());
    }
}

#[cfg(test)]
mod tests;

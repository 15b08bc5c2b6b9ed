//! Who wants to be woken when.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Instant;

/// All pending timers of one reactor, the earliest first.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Timers with the same deadline fire in the order in which they were set.
    pending: BTreeMap<TimerKey, Waker>,
    /// How many timers were ever set.
    count: u64,
}

/// Names one pending timer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct TimerKey {
    deadline: Instant,
    /// The timers that were set before this one.
    number: u64,
}

impl Timers {
    pub(crate) fn insert(&mut self, deadline: Instant, waker: Waker) -> TimerKey {
        let key = TimerKey { deadline, number: self.count };
        self.count += 1;
        self.pending.insert(key, waker);
        key
    }

    /// The waker of a timer that has not fired.
    pub(crate) fn get(&self, key: TimerKey) -> Option<&Waker> {
        self.pending.get(&key)
    }

    /// Takes a timer out. Its waker is returned, to be dropped once no timer is borrowed.
    pub(crate) fn remove(&mut self, key: TimerKey) -> Option<Waker> {
        self.pending.remove(&key)
    }

    /// When the next timer is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.pending.first_key_value().map(|(key, _)| key.deadline)
    }

    /// Moves those whose time has come into `woken`.
    pub(crate) fn fire(&mut self, now: Instant, woken: &mut Vec<Waker>) {
        while let Some(entry) = self.pending.first_entry().filter(|entry| entry.key().deadline <= now) {
            woken.push(entry.remove());
        }
    }

    /// Takes out everybody who waits.
    pub(crate) fn take_all_wakers(&mut self, into: &mut Vec<Waker>) {
        into.extend(std::mem::take(&mut self.pending).into_values());
    }
}

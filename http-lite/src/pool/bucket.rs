use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Instant;

use crate::exchange::Exchange;
use crate::url::Origin;

/// The connections to one origin that no request uses, in the order in which they were given back.
pub(crate) struct Bucket {
    origin: Origin,
    /// Each with the time at which it was given back.
    idle: RefCell<VecDeque<(Box<Exchange>, Instant)>>,
}

impl Bucket {
    pub(super) fn new(origin: Origin) -> Self {
        Self { origin, idle: RefCell::default() }
    }

    /// Whether the connections go there.
    pub(super) fn is_for(&self, origin: &Origin) -> bool {
        self.origin == *origin
    }

    pub(super) fn len(&self) -> usize {
        self.idle.borrow().len()
    }

    pub(super) fn put(&self, exchange: Box<Exchange>, now: Instant) {
        self.idle.borrow_mut().push_back((exchange, now));
    }

    /// Takes the one that was given back last: it has had the least time to go bad, and the others may rest until
    /// they are too old.
    pub(super) fn newest(&self) -> Option<(Box<Exchange>, Instant)> {
        self.idle.borrow_mut().pop_back()
    }

    /// Takes the one that was given back first.
    pub(super) fn oldest(&self) -> Option<(Box<Exchange>, Instant)> {
        self.idle.borrow_mut().pop_front()
    }

    /// Since when the oldest one has not been used.
    pub(super) fn unused_since(&self) -> Option<Instant> {
        self.idle.borrow().front().map(|(_, since)| *since)
    }
}

//! What tests on a virtual clock share.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use executor::Executor;
use reactor::{VirtualClock, now};

use super::{Rig, SharedPark};

pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Tells what has happened when, in milliseconds since it was made.
#[derive(Clone)]
pub(crate) struct Trace {
    pub(crate) start: Instant,
    events: Rc<RefCell<Vec<(&'static str, u128)>>>,
}

impl Trace {
    pub(crate) fn new(clock: &VirtualClock) -> Self {
        Trace { start: clock.now(), events: Rc::default() }
    }

    pub(crate) fn note(&self, what: &'static str) {
        self.events.borrow_mut().push((what, (now() - self.start).as_millis()));
    }

    pub(crate) fn take(&self) -> Vec<(&'static str, u128)> {
        self.events.take()
    }
}

/// An executor that sleeps in the reactor of `rig`.
pub(crate) fn executor_of(rig: &Rig) -> Executor {
    Executor::with_park(SharedPark(Rc::clone(&rig.reactor)))
}

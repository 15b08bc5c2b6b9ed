//! A driver that does as it is told.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;
use std::time::{Duration, Instant};

use executor::Park;
use wakecheck::WakerProbe;

/// A driver for tests: it writes down with what timeouts it was called, and runs what the test has
/// put into it. It never sleeps: a test in which the executor would is over, with a panic.
#[derive(Clone)]
pub(crate) struct ScriptedPark(Rc<Script>);

struct Script {
    timeouts: RefCell<Vec<Option<Duration>>>,
    /// What to do in a call, if it is to do anything.
    events: RefCell<Option<Box<dyn FnMut()>>>,
    deadline: Cell<Option<Instant>>,
    unparker: Waker,
    probe: WakerProbe,
}

impl ScriptedPark {
    pub(crate) fn new() -> Self {
        let (unparker, probe) = WakerProbe::new();
        ScriptedPark(Rc::new(Script {
            timeouts: RefCell::default(),
            events: RefCell::default(),
            deadline: Cell::new(None),
            unparker,
            probe,
        }))
    }

    /// Has every call do this from now on.
    pub(crate) fn on_park(&self, event: impl FnMut() + 'static) {
        self.0.events.replace(Some(Box::new(event)));
    }

    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        self.0.deadline.set(deadline);
    }

    /// With what timeouts it was called since this was last asked.
    pub(crate) fn take_timeouts(&self) -> Vec<Option<Duration>> {
        self.0.timeouts.take()
    }

    /// How often it was asked to end its sleep.
    pub(crate) fn unparks(&self) -> usize {
        self.0.probe.wakes()
    }
}

impl Park for ScriptedPark {
    fn park(&self, timeout: Option<Duration>) {
        self.0.timeouts.borrow_mut().push(timeout);
        let events = self.0.events.take();
        match events {
            Some(mut event) => {
                event();
                self.0.events.borrow_mut().get_or_insert(event);
            }
            None => assert!(
                timeout.is_some() || self.0.probe.take_woken(),
                "the executor sleeps, and nothing will wake it"
            ),
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.0.deadline.get()
    }

    fn unparker(&self) -> Waker {
        self.0.unparker.clone()
    }
}

//! Between two rounds: letting the driver look, and sleeping.

use std::time::Duration;

use crate::core::Core;
use crate::{Event, Park, WakeSource};

impl Core {
    /// Goes on from one round of a `block_on` to the next: lets the driver look if it is time for that, and sleeps
    /// if nothing is ready.
    #[inline]
    pub(crate) fn next_round(&self) {
        if self.cadence.is_due() && self.ready() > 0 {
            self.look_between();
        }
        if self.begin_round() == 0 {
            self.sleep();
            self.begin_round();
        }
    }

    /// Lets the driver look if nothing is ready or if it is time for that. Returns how many tasks are
    /// ready then.
    pub(crate) fn rest_awake(&self) -> usize {
        if self.ready() == 0 {
            self.look();
        } else if self.cadence.is_due() {
            self.look_between();
        }
        self.ready()
    }

    /// Lets the driver wake whoever can be woken now.
    pub(crate) fn look(&self) {
        self.cadence.rested();
        if self.ready() > 0 {
            self.ask_driver(|park| park.look());
        } else {
            self.ask_driver(|park| park.park(Some(Duration::ZERO)));
        }
    }

    /// The same because it is time for that, although tasks are ready.
    #[cold]
    fn look_between(&self) {
        self.cadence.looked(self.park.now());
        self.ask_driver(|park| park.look());
    }

    #[cold]
    fn sleep(&self) {
        self.tell(|| Event::Park { timeout: None });
        // The observer is foreign code: what it has woken is in the queue, and nobody would call for it.
        let sleeps =
            self.queue.len() == 0 && self.unread_panics.borrow().is_empty() && self.queue.mailbox().park();
        if sleeps {
            self.cadence.rested();
            self.drive(|park| park.park(None));
            self.queue.mailbox().resume();
        }
        self.tell(|| Event::Unpark);
        if !sleeps && self.cadence.is_due() {
            self.look_between();
        }
    }

    fn ask_driver(&self, ask: impl FnOnce(&dyn Park)) {
        self.tell(|| Event::Park { timeout: Some(Duration::ZERO) });
        self.drive(ask);
        self.tell(|| Event::Unpark);
    }

    fn drive(&self, ask: impl FnOnce(&dyn Park)) {
        let _acting = self.act_as(WakeSource::Driver);
        ask(&*self.park);
    }
}

//! The time in which an executor runs.

use std::rc::Rc;

use super::Core;
use crate::current::{self, Entered};

/// An executor runs as long as this lives.
#[must_use]
pub(crate) struct Running<'a> {
    core: &'a Core,
    _entered: Entered,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // What was posted until now goes into the queue; what comes later finds the executor asleep and calls for it.
        // Who never stops posting shall not keep us here: then the notification stays, and `has_ready` tells of it.
        if !self.core.queue.mailbox().park() {
            self.core.deliver_mail();
            let _ = self.core.queue.mailbox().park();
        }
        self.core.running.set(false);
    }
}

impl Core {
    /// Makes this the running executor of the thread.
    ///
    /// # Panics
    ///
    /// If it is that already.
    pub(crate) fn enter(self: &Rc<Self>) -> Running<'_> {
        assert!(
            !self.running.replace(true),
            "this executor is already running further down the stack: `.await` the future instead, or run it on an executor of its own"
        );
        let entered = current::enter(Rc::clone(self));
        self.queue.mailbox().resume();
        Running { core: self, _entered: entered }
    }
}

//! One task waits until a number of others have arrived somewhere.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Counts arrivals, for one waiter. The same for every runtime, so that none is measured by its own way to
/// join tasks where that is not what is measured.
#[derive(Debug, Default)]
pub struct Latch {
    missing: Cell<usize>,
    waiter: RefCell<Option<Waker>>,
}

impl Latch {
    /// A latch that `count` arrivals open.
    pub fn new(count: usize) -> Rc<Self> {
        Rc::new(Latch { missing: Cell::new(count), waiter: RefCell::new(None) })
    }

    /// Closes it again, for `count` more arrivals.
    pub fn expect(&self, count: usize) {
        self.missing.set(self.missing.get() + count);
    }

    pub fn arrive(&self) {
        self.missing.set(self.missing.get() - 1);
        if self.missing.get() == 0 {
            let waiter = self.waiter.borrow_mut().take();
            if let Some(waiter) = waiter {
                waiter.wake();
            }
        }
    }

    pub async fn wait(&self) {
        poll_fn(|cx| {
            if self.missing.get() == 0 {
                return Poll::Ready(());
            }
            *self.waiter.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

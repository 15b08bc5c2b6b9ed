//! Which of many children were woken.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::task::Waker;

use futures_task::ArcWake;

use crate::sync::{AtomicBool, Mutex, MutexGuard, Ordering};

/// The children of one future that were woken since it was polled last, and who is to be told of it.
/// It lets a future with many children poll only those that have something new.
#[derive(Debug, Default)]
pub(crate) struct Woken {
    numbers: Mutex<VecDeque<u64>>,
    parent: Mutex<Option<Waker>>,
}

/// What stands behind the waker of a child.
#[derive(Debug)]
pub(crate) struct ChildWaker {
    number: u64,
    /// The number is among the woken ones.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl Woken {
    /// How many children there are to poll.
    pub(crate) fn len(&self) -> usize {
        self.numbers().len()
    }

    /// The next child to poll.
    pub(crate) fn pop(&self) -> Option<u64> {
        self.numbers().pop_front()
    }

    /// Remembers whom to tell. Wakers are foreign code: they are cloned and dropped outside of the
    /// lock.
    pub(crate) fn set_parent(&self, waker: &Waker) {
        if !self.parent().as_ref().is_some_and(|parent| parent.will_wake(waker)) {
            let waker = waker.clone();
            let previous = self.parent().replace(waker);
            drop(previous);
        }
    }

    /// Has the parent poll: there is something new for it.
    pub(crate) fn wake_parent(&self) {
        // Taken out: a parent that is woken by many children before its poll is woken here once. And let go of
        // before it is woken, which is foreign code.
        let parent = self.parent().take();
        if let Some(parent) = parent {
            parent.wake();
        }
    }

    /// Forgets whom to tell: there is nothing more to be told.
    pub(crate) fn close(&self) {
        let parent = self.parent().take();
        drop(parent);
    }

    fn numbers(&self) -> MutexGuard<'_, VecDeque<u64>> {
        // Numbers are never left half written.
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parent(&self) -> MutexGuard<'_, Option<Waker>> {
        self.parent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChildWaker {
    /// The waker of a new child, which counts as woken.
    pub(crate) fn new(number: u64, woken: &Arc<Woken>) -> Arc<Self> {
        woken.numbers().push_back(number);
        Arc::new(ChildWaker { number, queued: AtomicBool::new(true), woken: Arc::clone(woken) })
    }

    /// Begins a poll of the child: a wake from now on means another one.
    pub(crate) fn begin_poll(&self) {
        // An exchange, not a store: it must see what was written before the wake.
        self.queued.swap(false, Ordering::AcqRel);
    }

    /// The child is done: wakes that come late are none.
    pub(crate) fn retire(&self) {
        self.queued.store(true, Ordering::Relaxed);
    }
}

impl ArcWake for ChildWaker {
    fn wake_by_ref(child: &Arc<Self>) {
        if child.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        child.woken.numbers().push_back(child.number);
        child.woken.wake_parent();
    }
}

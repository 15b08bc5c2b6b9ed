//! What the models are made of.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize as Count, Ordering::Relaxed};
use std::task::{Poll, Waker};

use loom::model::Builder;
use loom::sync::atomic::AtomicUsize;
use loom::thread::{self, ThreadId};

/// How often, at most, a thread is interrupted that could go on. With every one more there are five times
/// as many orders; of the mistakes that were tried on the protocol all show with two but one, which needs all four.
/// `LOOM_MAX_PREEMPTIONS` changes it.
const PREEMPTIONS: usize = 4;

/// Runs `once` in every order.
pub(crate) fn model(once: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound.get_or_insert(PREEMPTIONS);
    let orders = Tally::default();
    let counter = orders.clone();
    builder.check(move || {
        counter.count();
        once();
    });
    println!("{:>8} orders: {}", orders.get(), std::thread::current().name().unwrap_or_default());
}

/// A number that threads count up and a task waits for. It orders nothing.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<AtomicUsize>);

impl Steps {
    /// Counts a step.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Counts a step and then wakes, on a thread of its own.
    pub(crate) fn add_and_wake(&self, waker: &Waker) {
        let (steps, waker) = (self.clone(), waker.clone());
        thread::spawn(move || {
            steps.add();
            waker.wake();
        });
    }

    /// Hands its waker to `start` in its first poll, and is ready when it has seen that many steps.
    pub(crate) fn reach<F>(&self, goal: usize, start: F) -> impl Future<Output = ()> + use<F>
    where
        F: FnOnce(&Waker),
    {
        let steps = self.clone();
        let mut start = Some(start);
        poll_fn(move |cx| {
            if let Some(start) = start.take() {
                start(cx.waker());
            }
            if steps.0.load(Relaxed) < goal { Poll::Pending } else { Poll::Ready(()) }
        })
    }
}

/// Counts something without being a part of the model.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Count>);

impl Tally {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed)
    }

    /// Counts when it is dropped.
    pub(crate) fn on_drop(&self) -> OnDrop {
        OnDrop { tally: self.clone(), home: None }
    }

    /// Counts when it is dropped, and panics if that is not on the thread that made it.
    pub(crate) fn on_drop_at_home(&self) -> OnDrop {
        OnDrop { tally: self.clone(), home: Some(thread::current().id()) }
    }
}

/// Something to put into a future.
pub(crate) struct OnDrop {
    tally: Tally,
    home: Option<ThreadId>,
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.tally.count();
        assert!(self.home.is_none_or(|home| home == thread::current().id()), "dropped by another thread");
    }
}

//! As little as an executor without `unsafe` can be: a vector of boxed futures, a queue of keys, and wakers that hold a key.
//!
//! No other thread may wake its tasks, none may be aborted, a panic ends all of it, a late waker wakes whoever has the
//! slot by then, and nobody can look on. It is no executor to use, but the floor of those that can be.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::bare_net;
use crate::runtime::{Needs, Runtime};

/// The key of the future of a `block_on`.
const ROOT: usize = usize::MAX;

thread_local! {
    /// The keys of those that were woken, in the order of their wakes.
    static WOKEN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

struct Key {
    slot: usize,
    queued: AtomicBool,
}

impl Key {
    fn new(slot: usize) -> Arc<Self> {
        Arc::new(Key { slot, queued: AtomicBool::new(false) })
    }
}

impl Wake for Key {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.load(Ordering::Relaxed) {
            self.queued.store(true, Ordering::Relaxed);
            WOKEN.with_borrow_mut(|woken| woken.push(self.slot));
        }
    }
}

/// A task, or what the last one has left for the next: its waker.
struct Slot {
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    key: Arc<Key>,
    waker: Waker,
}

#[derive(Default)]
pub struct Bare {
    slots: RefCell<Vec<Option<Slot>>>,
    /// The slots whose task has ended.
    vacant: RefCell<Vec<usize>>,
}

impl Bare {
    fn add(&self, future: Pin<Box<dyn Future<Output = ()>>>) {
        let mut slots = self.slots.borrow_mut();
        let index = self.vacant.borrow_mut().pop().unwrap_or_else(|| {
            let key = Key::new(slots.len());
            slots.push(Some(Slot { future: None, waker: Arc::clone(&key).into(), key }));
            slots.len() - 1
        });
        let slot = slots[index].as_mut().expect("no task is in it");
        slot.future = Some(future);
        slot.key.wake_by_ref();
    }

    /// Once all are vacant they are taken from the first on again: what is spawned together lies together.
    fn vacate(&self, index: usize) {
        let (mut vacant, slots) = (self.vacant.borrow_mut(), self.slots.borrow().len());
        vacant.push(index);
        if vacant.len() == slots {
            vacant.clear();
            vacant.extend((0..slots).rev());
        }
    }

    fn poll(&self, index: usize) {
        let mut slot = self.slots.borrow_mut()[index].take().expect("it is not polled yet");
        slot.key.queued.store(false, Ordering::Relaxed);
        let Some(future) = &mut slot.future else {
            self.slots.borrow_mut()[index] = Some(slot);
            return;
        };
        if future.as_mut().poll(&mut Context::from_waker(&slot.waker)).is_ready() {
            slot.future = None;
            self.vacate(index);
        }
        self.slots.borrow_mut()[index] = Some(slot);
    }
}

impl Runtime for Bare {
    const NAME: &'static str = "a bare loop without unsafe";

    type Join<T: 'static> = Join<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        if needs.driver {
            bare_net::set_up().map_err(|error| error.to_string())?;
        }
        Ok(Self::default())
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        bare_net::catch_up();
        let mut future = pin!(future);
        let key = Key::new(ROOT);
        let waker = Waker::from(Arc::clone(&key));
        key.wake_by_ref();
        let mut round = Vec::new();
        loop {
            WOKEN.with_borrow_mut(|woken| mem::swap(woken, &mut round));
            if round.is_empty() {
                bare_net::wait();
            }
            for index in round.drain(..) {
                if index != ROOT {
                    self.poll(index);
                    continue;
                }
                key.queued.store(false, Ordering::Relaxed);
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
            }
        }
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Join<F::Output> {
        let end = Rc::new(End { output: Cell::new(None), waiting: Cell::new(None) });
        let told = Rc::clone(&end);
        self.add(Box::pin(async move {
            told.output.set(Some(future.await));
            if let Some(waker) = told.waiting.take() {
                waker.wake();
            }
        }));
        Join(end)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        self.add(Box::pin(future));
    }
}

struct End<T> {
    output: Cell<Option<T>>,
    waiting: Cell<Option<Waker>>,
}

/// The output of a task, once it is there.
pub struct Join<T>(Rc<End<T>>);

impl<T> Future for Join<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        if let Some(output) = self.0.output.take() {
            return Poll::Ready(output);
        }
        self.0.waiting.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

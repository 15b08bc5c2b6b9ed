//! What the suites share.

#![allow(dead_code, reason = "each suite uses a part of this")]

pub(crate) mod park;
pub(crate) mod remote;
pub(crate) mod wakers;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, Write};
use std::mem;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process;
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use executor::Executor;
use wakecheck::Recorder;

/// After this long a test hangs for good.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the process, and says which test it was, if it is not dropped in time: a lost wake is a
/// failure then, and not a hang.
#[must_use]
pub(crate) struct Watchdog {
    _alive: Sender<()>,
}

pub(crate) fn watchdog() -> Watchdog {
    watchdog_after(PATIENCE)
}

/// For a test that may take longer.
pub(crate) fn watchdog_after(patience: Duration) -> Watchdog {
    let (alive, test) = mpsc::channel::<()>();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if test.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            // Not by `eprintln!`: libtest would keep that for a report which it does not live to give.
            let _ = writeln!(io::stderr(), "{name} hangs: it was not over after {patience:?}");
            process::abort();
        }
    });
    Watchdog { _alive: alive }
}

/// An executor that writes down what it does, and where.
pub(crate) fn recorded() -> (Executor, Recorder) {
    let recorder = Recorder::new();
    (Executor::builder().observer(recorder.clone()).build(), recorder)
}

/// What was raised by `code`, as text.
pub(crate) fn panic_of<T>(code: impl FnOnce() -> T) -> Option<String> {
    catch_unwind(AssertUnwindSafe(code)).err().map(|panic| message(&*panic))
}

/// The message that a panic carries.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "not a text".to_owned())
}

/// What happened, in order; clones add to the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, line: impl Into<String>) {
        self.0.borrow_mut().push(line.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// Runs code when it is dropped.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// What a panic may carry: it panics when it is dropped, and that panic carries another one.
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic::panic_any(Bomb);
        }
    }
}

/// What `code` returns, if it does. What it panics with is not dropped: it may be a bomb.
pub(crate) fn unless_it_panics<T>(code: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(code)).map_err(mem::forget).ok()
}

/// Tasks that are pending in every poll, with their wakers and the number of all their polls.
pub(crate) fn pending_tasks(executor: &Executor, count: usize) -> (Vec<Waker>, Rc<Cell<usize>>) {
    let (wakers, polls) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(0)));
    for _ in 0..count {
        let (kept, counted) = (Rc::clone(&wakers), Rc::clone(&polls));
        let task = poll_fn(move |cx| {
            counted.set(counted.get() + 1);
            if kept.borrow().len() < count {
                kept.borrow_mut().push(cx.waker().clone());
            }
            Poll::<()>::Pending
        });
        executor.spawn(task).detach();
    }
    let _ = executor.run_until_stalled();
    assert_eq!(polls.replace(0), count);
    (wakers.take(), polls)
}

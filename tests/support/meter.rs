//! What an executor had to do: too much of it is a busy loop.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use executor::{Event, Executor};
use reactor::Reactor;

use super::watchdog::watched;

/// What an executor has done so far.
#[derive(Clone, Copy, Default, Debug)]
pub struct Effort {
    /// How often it polled a task.
    pub polls: usize,
    /// How often it slept, or asked the kernel whether there is anything to do.
    pub parks: usize,
}

/// Counts while an executor runs. Clones share their counts.
#[derive(Clone, Default)]
pub struct Meter(Rc<Cell<Effort>>);

impl Meter {
    pub fn effort(&self) -> Effort {
        self.0.get()
    }

    /// What was done since.
    pub fn since(&self, before: Effort) -> Effort {
        let now = self.effort();
        Effort { polls: now.polls - before.polls, parks: now.parks - before.parks }
    }

    fn count(&self, event: &Event<'_>) {
        let Effort { polls, parks } = self.effort();
        self.0.set(match event {
            Event::PollStart { .. } => Effort { polls: polls + 1, parks },
            Event::Park { .. } => Effort { polls, parks: parks + 1 },
            _ => return,
        });
    }
}

/// As [`block_on`](super::watchdog::block_on), with a meter for the future to read.
pub fn metered<T: Send + 'static, F: Future<Output = T>>(
    make: impl FnOnce(Meter) -> F + Send + 'static,
) -> T {
    watched(move || metered_here(make))
}

/// As [`metered`], on this thread and watched by nobody.
pub fn metered_here<F: Future>(make: impl FnOnce(Meter) -> F) -> F::Output {
    let reactor = Reactor::new().expect("this system has what a reactor needs");
    // Left after the executor was dropped: its tasks may want the reactor when they are dropped.
    let _entered = reactor.handle().enter();
    let meter = Meter::default();
    let counter = meter.clone();
    let executor =
        Executor::builder().park(reactor).observer(move |event: &Event<'_>| counter.count(event)).build();
    executor.block_on(make(meter))
}

//! How an executor sleeps when it has nothing to do.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use futures_task::{ArcWake, waker};

use crate::sync::{Condvar, Mutex, MutexGuard};

/// Something that can put the executor's thread to sleep and do useful things meanwhile, such as
/// waiting for sockets.
///
/// The executor calls [`park`](Park::park) when no task is ready, and [`look`](Park::look) now
/// and then while tasks are. During the call the driver wakes the tasks whose sockets or timers are
/// due. [`ThreadPark`] does nothing but sleep.
pub trait Park {
    /// Waits until something may have happened, the timeout has passed, or
    /// [`unparker`](Park::unparker)'s waker was woken since the last call.
    ///
    /// A wake that comes from this thread during the call does not end it: who wakes something here before
    /// going to sleep returns instead, or wakes the unparker.
    ///
    /// `None` waits without end, `Some(Duration::ZERO)` only looks. Returning early for no reason
    /// is allowed.
    fn park(&self, timeout: Option<Duration>);

    /// Wakes whoever can be woken now, as [`park`](Park::park) with a timeout of zero does; but tasks are ready.
    ///
    /// A driver for which that makes a difference has its own: one with a clock for tests, say, whose time does not pass
    /// before they have run. One that hands everything on to another driver hands this on too.
    fn look(&self) {
        self.park(Some(Duration::ZERO));
    }

    /// When [`park`](Park::park) wants to be called at the latest, for a timer; `None` if it does not
    /// matter. It is for whoever embeds the executor and sleeps elsewhere.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// What time it is by the driver's clock; `None` if it has none. An executor that has a lot to do looks
    /// at it now and then, so that the driver gets to look even if the polls take long.
    fn now(&self) -> Option<Instant> {
        None
    }

    /// A waker that makes the current or else the next [`park`](Park::park) return at once. Other
    /// threads use it.
    fn unparker(&self) -> Waker;
}

/// The driver of an executor without I/O: it sleeps until a waker is woken.
///
/// It does not use [`std::thread::park`], so code in a task that does cannot take a wake away from
/// the executor (futures-rs#2010).
pub struct ThreadPark {
    signal: Arc<Signal>,
}

/// A flag that one thread waits for and any thread can raise.
struct Signal {
    raised: Mutex<bool>,
    condvar: Condvar,
}

impl ThreadPark {
    /// A driver that no thread sleeps in yet.
    #[must_use]
    pub fn new() -> Self {
        ThreadPark { signal: Arc::new(Signal { raised: Mutex::new(false), condvar: Condvar::new() }) }
    }
}

impl Park for ThreadPark {
    fn park(&self, timeout: Option<Duration>) {
        let Signal { condvar, .. } = &*self.signal;
        let raised = self.signal.lock();
        let mut raised = match timeout {
            None => condvar.wait_while(raised, |raised| !*raised).unwrap_or_else(PoisonError::into_inner),
            // Without a system call.
            Some(Duration::ZERO) => raised,
            Some(timeout) => {
                let waited = condvar.wait_timeout_while(raised, timeout, |raised| !*raised);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        *raised = false;
    }

    fn unparker(&self) -> Waker {
        waker(Arc::clone(&self.signal))
    }
}

impl Signal {
    fn lock(&self) -> MutexGuard<'_, bool> {
        // A `bool` is never left half written.
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ArcWake for Signal {
    fn wake_by_ref(signal: &Arc<Self>) {
        *signal.lock() = true;
        signal.condvar.notify_one();
    }
}

impl Default for ThreadPark {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ThreadPark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPark").finish_non_exhaustive()
    }
}

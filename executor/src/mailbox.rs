//! The part of an executor that other threads may touch, and the protocol by which it sleeps and is
//! woken.
//!
//! One byte says what the executor's thread is doing:
//!
//! ```text
//!              park, leave                       post
//!   RUNNING ────────────────> PARKED ─────────────────────> NOTIFIED
//!      ^                        │                           + unpark
//!      │<───────────────────────┘                               │
//!      │        resume, enter                                   │
//!      │                                     post               │
//!      ├──────────────────────────────────────────────────> NOTIFIED
//!      └────────────────────────────────────────────────────────┘
//!                               take
//! ```
//!
//! A sender first puts its message into the channel and then *swaps* the byte; the executor first
//! swaps the byte and then looks into the channel. Whichever swap comes second sees the other
//! side's work, so no message can be left lying while the executor sleeps. Looking at the byte
//! before the swap, to save it, is the mistake behind tokio#1768.

use std::fmt;
use std::task::Waker;

use crate::core::Core;
use crate::panic::contain;
use crate::sync::{AtomicBool, AtomicU8, Ordering, Receiver, Sender, unbounded};
use crate::task::TaskId;

/// The executor runs and will look at the byte before it sleeps.
const RUNNING: u8 = 0;
/// There is something in the channel.
const NOTIFIED: u8 = 1;
/// The executor sleeps, or nobody is running it.
const PARKED: u8 = 2;

/// What another thread has to say to an executor.
pub(crate) enum Message {
    /// A task was woken.
    Wake(TaskId),
    /// A task is to be dropped.
    Abort(TaskId),
    /// A task is to be made, on the executor's thread.
    Spawn(Make),
}

/// What makes a task on the executor's thread. If it is dropped unused and that panics, the panic
/// ends here: there may be other messages to drop behind it.
pub(crate) struct Make(Option<Box<Closure>>);

type Closure = dyn FnOnce(&Core) + Send;

impl Make {
    pub(crate) fn new(make: impl FnOnce(&Core) + Send + 'static) -> Self {
        Make(Some(Box::new(make)))
    }

    pub(crate) fn call(mut self, core: &Core) {
        if let Some(make) = self.0.take() {
            make(core);
        }
    }
}

impl Drop for Make {
    fn drop(&mut self) {
        let make = self.0.take();
        contain(|| drop(make));
    }
}

/// The sending half: what every waker of an executor holds.
pub(crate) struct Mailbox {
    /// One of the three constants above.
    state: AtomicU8,
    /// Unbounded, because `wake` must not block (compio#1044). A task has at most one wake in it.
    sender: Sender<Message>,
    /// Ends the sleep of the executor's driver.
    unparker: Waker,
    /// The executor was dropped.
    closed: AtomicBool,
    /// Tells whoever embeds the executor that there is something to do again.
    hook: Option<Hook>,
}

/// What [`Builder::on_wake`](crate::Builder::on_wake) was given.
pub(crate) type Hook = Box<dyn Fn() + Send + Sync>;

impl Mailbox {
    /// A mailbox for an executor that is not running yet, and the end at which it takes the
    /// messages out.
    pub(crate) fn new(unparker: Waker, hook: Option<Hook>) -> (Self, Receiver<Message>) {
        let (sender, receiver) = unbounded();
        (
            Mailbox { state: AtomicU8::new(PARKED), closed: AtomicBool::new(false), sender, unparker, hook },
            receiver,
        )
    }

    /// Delivers a message. From any thread; never blocks. `false` if the executor is gone.
    pub(crate) fn post(&self, message: Message) -> bool {
        // The other way round, for the models to find: `.ci/run` checks that they do.
        #[cfg(onethread_planted_bug = "swap_before_send")]
        self.notify();
        let sent = !self.is_closed() && self.sender.send(message).is_ok();
        if sent && cfg!(not(onethread_planted_bug = "swap_before_send")) {
            self.notify();
        }
        sent
    }

    /// Makes the executor look into its queues, and ends its sleep if it sleeps.
    pub(crate) fn notify(&self) {
        // The mistake of tokio#1768, for the models to find: `.ci/run` checks that they do.
        #[cfg(onethread_planted_bug = "load_before_swap")]
        if self.is_notified() {
            return;
        }
        if self.state.swap(NOTIFIED, Ordering::AcqRel) == PARKED {
            self.unparker.wake_by_ref();
            if let Some(hook) = &self.hook {
                hook();
            }
        }
    }

    /// Whether there may be something to take out.
    #[inline]
    pub(crate) fn is_notified(&self) -> bool {
        self.state.load(Ordering::Relaxed) == NOTIFIED
    }

    /// Whether there may be something to take out. If so, the state is RUNNING again and the caller
    /// must look into the channel now.
    #[inline]
    pub(crate) fn take_notification(&self) -> bool {
        // The load keeps the common case, nothing there, free of an atomic exchange; what it misses is
        // found by `park`.
        self.is_notified() && self.state.swap(RUNNING, Ordering::AcqRel) == NOTIFIED
    }

    /// The executor is about to sleep, or to be left alone. `false` if a message came before.
    pub(crate) fn park(&self) -> bool {
        match self.state.compare_exchange(RUNNING, PARKED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) | Err(PARKED) => true,
            Err(_) => false,
        }
    }

    /// The executor runs again. A notification that came meanwhile stays for `take_notification`.
    pub(crate) fn resume(&self) {
        // Failing means NOTIFIED, and that is where it should stay.
        let _ = self.state.compare_exchange(PARKED, RUNNING, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The executor is gone: from now on nobody is woken, and nobody unparked.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.state.store(NOTIFIED, Ordering::Release);
    }

    /// Whether the executor was dropped.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state.load(Ordering::Relaxed) {
            RUNNING => "running",
            NOTIFIED => "notified",
            _ => "parked",
        };
        f.debug_struct("Mailbox").field("state", &state).finish_non_exhaustive()
    }
}

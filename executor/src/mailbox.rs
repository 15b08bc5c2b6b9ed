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
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Waker;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::task::TaskId;

/// The executor runs and will look at the byte before it sleeps.
const RUNNING: u8 = 0;
/// There is something in the channel.
const NOTIFIED: u8 = 1;
/// The executor sleeps, or nobody is running it.
const PARKED: u8 = 2;

/// The sending half: what every waker of an executor holds.
pub(crate) struct Mailbox {
    /// One of the three constants above.
    state: AtomicU8,
    /// Carries ids of woken tasks. Unbounded, because `wake` must not block (compio#1044); each
    /// task has at most one message in it.
    sender: Sender<TaskId>,
    /// Ends the sleep of the executor's driver.
    unparker: Waker,
}

impl Mailbox {
    /// A mailbox for an executor that is not running yet, and the end at which it takes the
    /// messages out.
    pub(crate) fn new(unparker: Waker) -> (Self, Receiver<TaskId>) {
        let (sender, receiver) = unbounded();
        (
            Mailbox {
                state: AtomicU8::new(PARKED),
                sender,
                unparker,
            },
            receiver,
        )
    }

    /// Delivers a wake. From any thread; never blocks.
    pub(crate) fn post(&self, id: TaskId) {
        // The executor may be gone, and then there is nobody to wake.
        if self.sender.send(id).is_ok() {
            self.notify();
        }
    }

    /// Makes the executor look into its queues, and ends its sleep if it sleeps.
    pub(crate) fn notify(&self) {
        if self.state.swap(NOTIFIED, Ordering::AcqRel) == PARKED {
            self.unparker.wake_by_ref();
        }
    }

    /// Whether there is something to take out. If so, the state is RUNNING again and the caller
    /// must look into the channel now.
    pub(crate) fn take_notification(&self) -> bool {
        // The load keeps the common case, nothing there, free of an atomic exchange; what it misses is
        // found by `park`.
        self.state.load(Ordering::Relaxed) == NOTIFIED
            && self.state.swap(RUNNING, Ordering::AcqRel) == NOTIFIED
    }

    /// The executor is about to sleep, or to be left alone. `false` if a message came before.
    pub(crate) fn park(&self) -> bool {
        match self
            .state
            .compare_exchange(RUNNING, PARKED, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) | Err(PARKED) => true,
            Err(_) => false,
        }
    }

    /// The executor runs again. A notification that came meanwhile stays for `take_notification`.
    pub(crate) fn resume(&self) {
        // Failing means NOTIFIED, and that is where it should stay.
        let _ = self
            .state
            .compare_exchange(PARKED, RUNNING, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The executor is gone: from now on nobody is woken, and nobody unparked.
    pub(crate) fn close(&self) {
        self.state.store(NOTIFIED, Ordering::Release);
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state.load(Ordering::Relaxed) {
            RUNNING => "running",
            NOTIFIED => "notified",
            _ => "parked",
        };
        f.debug_struct("Mailbox")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

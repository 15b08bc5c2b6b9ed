//! The waker of a task: the task's id and the way to the queue.

use std::sync::Arc;

use futures_task::{ArcWake, WakerRef, waker_ref};

use crate::current::{self, OwnerId};
use crate::mailbox::{Mailbox, Message};
use crate::sync::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence};
use crate::task::TaskId;

/// The id is not in the run queue.
const IDLE: u8 = 0;
/// The id is in the run queue.
const QUEUED: u8 = 1;
/// It is, and a message of another thread that said so was taken out of the mailbox.
const DELIVERED: u8 = 2;

/// What stands behind every `Waker` of one task.
///
/// It holds the task's id, never its future. So whoever drops the last clone, on whatever thread,
/// runs no user code, and a future that is not `Send` never leaves its thread.
///
/// Of the fields that change, only `posted` is written by more than one thread. The others are atomic because a waker is
/// `Sync`, but only the executor's own thread writes them, and the id only while nobody else holds the waker: `Relaxed`
/// loads and stores, which cost no more than those of a plain number.
pub(crate) struct TaskWaker {
    /// The task to poll. Changes only while nobody else holds this waker.
    id: AtomicU64,
    /// Where the id is: one of the three constants above.
    queued: AtomicU8,
    /// The id is in the mailbox, or was and is now in the run queue: another wake from elsewhere would change
    /// nothing. Set by any thread, cleared when the poll begins that all those wakes asked for.
    posted: AtomicBool,
    /// How threads other than the executor's reach it, and this thread too while the executor is
    /// not running.
    mailbox: Arc<Mailbox>,
}

impl TaskWaker {
    /// A waker for a task that is about to be queued for the first time.
    pub(crate) fn new(id: TaskId, mailbox: Arc<Mailbox>) -> Self {
        TaskWaker {
            id: AtomicU64::new(id.to_bits()),
            queued: AtomicU8::new(QUEUED),
            posted: AtomicBool::new(false),
            mailbox,
        }
    }

    /// Makes the waker of a finished task the waker of the next one, if nobody else holds it.
    ///
    /// The count tells that nobody does: only a holder could make another one. What the last one did before
    /// letting go is seen here by way of the fence, as in the drop of an `Arc`. `Arc::get_mut` would ask for the
    /// same by an atomic exchange, which costs more than all the rest that is done about a waker in a spawn.
    #[inline]
    pub(crate) fn recycle(waker: &Arc<Self>, id: TaskId) -> bool {
        if Arc::strong_count(waker) != 1 {
            return false;
        }
        fence(Ordering::Acquire);
        waker.id.store(id.to_bits(), Ordering::Relaxed);
        waker.queued.store(QUEUED, Ordering::Relaxed);
        waker.posted.store(false, Ordering::Relaxed);
        true
    }

    /// Begins a poll of the task: a wake from now on means another one.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        if self.queued.load(Ordering::Relaxed) == DELIVERED {
            // An exchange, not a store: the poll must see what was written before any wake that found the mark set. Only
            // here, since it is dear; the mark of a message that is still to come stays until that has.
            self.posted.swap(false, Ordering::AcqRel);
        }
        self.queued.store(IDLE, Ordering::Relaxed);
    }

    /// The task is done: whoever still holds a clone wakes nothing with it. Says whether the id is in the
    /// run queue.
    #[inline]
    pub(crate) fn retire(&self) -> bool {
        self.posted.store(true, Ordering::Relaxed);
        !self.enqueue()
    }

    /// Says, on the executor's thread, that the id goes into the run queue; `false` if it is there
    /// already.
    #[inline]
    pub(crate) fn enqueue(&self) -> bool {
        // Two steps instead of one atomic exchange: no other thread writes this.
        let was_idle = self.queued.load(Ordering::Relaxed) == IDLE;
        if was_idle {
            self.queued.store(QUEUED, Ordering::Relaxed);
        }
        was_idle
    }

    /// The same because of a message that was taken out of the mailbox.
    pub(crate) fn enqueue_delivered(&self) -> bool {
        let was_idle = self.queued.load(Ordering::Relaxed) == IDLE;
        self.queued.store(DELIVERED, Ordering::Relaxed);
        was_idle
    }

    /// The task to poll.
    #[inline]
    pub(crate) fn id(&self) -> TaskId {
        TaskId::from_bits(self.id.load(Ordering::Relaxed))
    }

    /// The executor of the task.
    #[inline]
    pub(crate) fn owner(&self) -> OwnerId {
        OwnerId::of(&self.mailbox)
    }
}

impl ArcWake for TaskWaker {
    #[inline]
    fn wake_by_ref(waker: &Arc<Self>) {
        if !current::wake(waker) {
            waker.post();
        }
    }
}

impl TaskWaker {
    /// Wakes from outside: on another thread than the executor's, or while it is not running. One message is enough
    /// for any number of wakes until the poll that they ask for.
    #[inline(never)]
    fn post(&self) {
        if !self.posted.swap(true, Ordering::AcqRel) {
            self.mailbox.post(Message::Wake(self.id()));
        }
    }
}

/// Makes the `Waker` under which a task is polled; its clones are recognised by `Waker::will_wake`.
///
/// This is the only place where wakers are made, not generic and not inlined: two copies of it, say
/// in two crates, could refer to two copies of the same virtual table, and `will_wake` compares
/// addresses.
#[inline(never)]
pub(crate) fn waker_of(waker: &Arc<TaskWaker>) -> WakerRef<'_> {
    waker_ref(waker)
}

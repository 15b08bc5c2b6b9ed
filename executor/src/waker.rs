//! The waker of a task: the task's id and the way to the queue.

use std::sync::Arc;

use futures_task::{ArcWake, WakerRef, waker_ref};

use crate::current::{self, OwnerId};
use crate::mailbox::{Mailbox, Message};
use crate::sync::{AtomicBool, Ordering};
use crate::task::TaskId;

/// What stands behind every `Waker` of one task.
///
/// It holds the task's id, never its future. So whoever drops the last clone, on whatever thread,
/// runs no user code, and a future that is not `Send` never leaves its thread.
pub(crate) struct TaskWaker {
    /// The task to poll.
    id: TaskId,
    /// The id is in the run queue. Only the executor's own thread reads or writes this, hence
    /// `Relaxed`, which costs no more than a plain `bool`.
    queued: AtomicBool,
    /// The id is in the mailbox. Set by any thread, cleared when the executor takes the message
    /// out.
    posted: AtomicBool,
    /// How threads other than the executor's reach it, and this thread too while the executor is
    /// not running.
    mailbox: Arc<Mailbox>,
}

impl TaskWaker {
    /// A waker for a task that is about to be queued for the first time.
    pub(crate) fn new(id: TaskId, mailbox: Arc<Mailbox>) -> Self {
        TaskWaker { id, queued: AtomicBool::new(true), posted: AtomicBool::new(false), mailbox }
    }

    /// Makes the waker of a finished task, which nobody else holds, the waker of the next one.
    #[inline]
    pub(crate) fn reset(&mut self, id: TaskId) {
        self.id = id;
        self.queued = AtomicBool::new(true);
        self.posted = AtomicBool::new(false);
    }

    /// Begins a poll of the task: a wake from now on means another one.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        self.queued.store(false, Ordering::Relaxed);
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
        // Two steps instead of one atomic swap: no other thread writes this flag.
        let was_queued = self.queued.load(Ordering::Relaxed);
        self.queued.store(true, Ordering::Relaxed);
        !was_queued
    }

    /// Says that the message of this waker was taken out of the mailbox: the next wake from
    /// elsewhere posts a new one.
    pub(crate) fn delivered(&self) {
        // An exchange, not a store: it must see what was written before the wake whose post this one stands
        // for.
        self.posted.swap(false, Ordering::AcqRel);
    }

    /// The task to poll.
    #[inline]
    pub(crate) fn id(&self) -> TaskId {
        self.id
    }

    /// The executor of the task.
    #[inline]
    pub(crate) fn owner(&self) -> OwnerId {
        OwnerId::of(&self.mailbox)
    }
}

impl ArcWake for TaskWaker {
    fn wake_by_ref(waker: &Arc<Self>) {
        if current::wake(waker) {
            return;
        }
        // Not this executor's thread, or it is not running. One message is enough for any number of wakes
        // until it is taken out.
        if !waker.posted.swap(true, Ordering::AcqRel) {
            waker.mailbox.post(Message::Wake(waker.id));
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

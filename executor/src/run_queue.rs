//! The woken tasks, in the order of their wakes.

use std::cell::RefCell;
use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::current::{self, OwnerId};
use crate::mailbox::{Mailbox, Message};
use crate::sync::Receiver;
use crate::task::TaskId;
use crate::waker::TaskWaker;

/// Two queues: the tasks that this thread has woken, which needs no atomic operation, and what
/// other threads have to say, which `Core::deliver` makes part of the first.
///
/// The end of the first one, to which a wake appends, is in a thread-local while the executor runs: see
/// `current`. From there it moves here when there is no more room, when another executor begins to run on
/// the thread, and when a round begins.
pub(crate) struct RunQueue {
    /// The woken tasks that wait for the next round, except for those in the thread-local, which come after them.
    /// Each is in here at most once: its waker's `queued` field says so.
    woken: RefCell<Vec<TaskId>>,
    /// Where other threads post.
    mailbox: Arc<Mailbox>,
    /// What they posted; gone when the executor is.
    inbox: RefCell<Option<Receiver<Message>>>,
}

/// What came of putting a task into the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pushed {
    /// It is queued now.
    Queued,
    /// It was queued already: the wakes coalesce.
    Coalesced,
}

impl RunQueue {
    pub(crate) fn new(mailbox: Mailbox, inbox: Receiver<Message>) -> Self {
        RunQueue { woken: RefCell::default(), mailbox: Arc::new(mailbox), inbox: RefCell::new(Some(inbox)) }
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// The executor that this queue belongs to.
    #[inline]
    pub(crate) fn owner(&self) -> OwnerId {
        OwnerId::of(&self.mailbox)
    }

    /// Appends a task that is not in here.
    #[inline]
    pub(crate) fn append(&self, id: TaskId) {
        if !current::append(self.owner(), id) {
            self.woken.borrow_mut().push(id);
        }
    }

    /// Appends the task of `waker`, unless it is queued already.
    #[inline]
    pub(crate) fn push(&self, waker: &TaskWaker) -> Pushed {
        if !waker.enqueue() {
            return Pushed::Coalesced;
        }
        self.append(waker.id());
        Pushed::Queued
    }

    /// The same because of a message that was taken out of the mailbox.
    pub(crate) fn push_delivered(&self, waker: &TaskWaker) -> Pushed {
        if !waker.enqueue_delivered() {
            return Pushed::Coalesced;
        }
        self.append(waker.id());
        Pushed::Queued
    }

    /// Moves everything that is queued into `batch`, which is empty.
    #[inline]
    pub(crate) fn take(&self, batch: &mut Vec<TaskId>) {
        debug_assert!(batch.is_empty(), "a batch is polled to its end before the next one begins");
        let mut woken = self.woken.borrow_mut();
        if !woken.is_empty() {
            // They change places, so that neither loses its memory.
            mem::swap(batch, &mut *woken);
        }
        current::move_woken(self.owner(), batch);
    }

    /// Appends what `more` appends: it comes out of the thread-local.
    pub(crate) fn absorb(&self, more: impl FnOnce(&mut Vec<TaskId>)) {
        more(&mut self.woken.borrow_mut());
    }

    /// How many tasks are queued.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.woken.borrow().len() + current::woken(self.owner())
    }

    /// How many messages there are to take out now. More may come at any time.
    pub(crate) fn messages(&self) -> usize {
        self.inbox.borrow().as_ref().map_or(0, Receiver::len)
    }

    /// Takes one message out.
    pub(crate) fn receive(&self) -> Option<Message> {
        self.inbox.borrow().as_ref()?.try_recv().ok()
    }

    /// Forgets everything; from now on messages go nowhere.
    pub(crate) fn close(&self) {
        // A message can hold a closure: it is dropped after the borrow has ended.
        let inbox = self.inbox.take();
        drop(inbox);
        self.take(&mut Vec::new());
    }
}

impl fmt::Debug for RunQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunQueue")
            .field("woken", &self.len())
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}

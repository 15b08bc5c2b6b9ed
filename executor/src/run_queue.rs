//! The woken tasks, in the order of their wakes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::mailbox::{Mailbox, Message};
use crate::task::TaskId;
use crate::waker::TaskWaker;

/// Two queues: the tasks that this thread has woken, which needs no atomic operation, and what
/// other threads have to say, which `Core::deliver` makes part of the first.
pub(crate) struct RunQueue {
    /// The tasks that get a turn next. Each is in here at most once: its waker's `queued` flag says
    /// so.
    ready: RefCell<VecDeque<TaskId>>,
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
    /// It is not a task of this executor.
    NotOurs,
}

impl RunQueue {
    pub(crate) fn new(mailbox: Mailbox, inbox: Receiver<Message>) -> Self {
        RunQueue { ready: RefCell::default(), mailbox: Arc::new(mailbox), inbox: RefCell::new(Some(inbox)) }
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Appends a task that has just been added.
    pub(crate) fn push_new(&self, id: TaskId) {
        self.ready.borrow_mut().push_back(id);
    }

    /// Appends the task of `waker`, unless it is queued already.
    pub(crate) fn push(&self, waker: &TaskWaker) -> Pushed {
        if !waker.belongs_to(&self.mailbox) {
            return Pushed::NotOurs;
        }
        if !waker.enqueue() {
            return Pushed::Coalesced;
        }
        self.ready.borrow_mut().push_back(waker.id());
        Pushed::Queued
    }

    /// Takes the task that has been queued for the longest time.
    pub(crate) fn pop(&self) -> Option<TaskId> {
        self.ready.borrow_mut().pop_front()
    }

    /// Takes the task that `choose` picks out of all that are queued, by its index.
    pub(crate) fn pop_chosen(&self, choose: impl FnOnce(&[TaskId]) -> usize) -> Option<TaskId> {
        // A copy, since the choice is foreign code, which may wake tasks.
        let ready: Vec<TaskId> = self.ready.borrow().iter().copied().collect();
        if ready.is_empty() {
            return None;
        }
        let index = choose(&ready);
        let chosen = self.ready.borrow_mut().remove(index);
        assert!(chosen.is_some(), "an order chose number {index} of {} ready tasks", ready.len());
        chosen
    }

    /// How many tasks are queued.
    pub(crate) fn len(&self) -> usize {
        self.ready.borrow().len()
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
        self.mailbox.close();
        // A message can hold a closure: it is dropped after the borrow has ended.
        let inbox = self.inbox.take();
        drop(inbox);
        self.ready.take();
    }
}

impl fmt::Debug for RunQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunQueue")
            .field("ready", &self.ready.borrow())
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}

//! The woken tasks, in the order of their wakes.

use std::cell::RefCell;
use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::mailbox::{Mailbox, Message};
use crate::sync::Receiver;
use crate::task::TaskId;
use crate::waker::TaskWaker;

/// Two queues: the tasks that this thread has woken, which needs no atomic operation, and what
/// other threads have to say, which `Core::deliver` makes part of the first.
pub(crate) struct RunQueue {
    /// The woken tasks. Each is in here at most once: its waker's `queued` flag says so.
    ready: RefCell<Ready>,
    /// Where other threads post.
    mailbox: Arc<Mailbox>,
    /// What they posted; gone when the executor is.
    inbox: RefCell<Option<Receiver<Message>>>,
}

/// First in, first out, in two parts that change places with every round. A deque would do the same;
/// this is half the instructions.
#[derive(Debug, Default)]
struct Ready {
    /// The tasks of the current round.
    batch: Vec<TaskId>,
    /// How many of those have been taken.
    taken: usize,
    /// The tasks woken since the round began, which wait for the next one.
    woken: Vec<TaskId>,
}

impl Ready {
    fn batch_left(&self) -> usize {
        self.batch.len() - self.taken
    }

    fn len(&self) -> usize {
        self.batch_left() + self.woken.len()
    }

    /// Starts the next batch if the current one is used up; if a round ended early, it goes on.
    #[inline]
    fn begin_round(&mut self) -> usize {
        if self.batch_left() == 0 {
            self.batch.clear();
            self.taken = 0;
            mem::swap(&mut self.batch, &mut self.woken);
        }
        self.batch_left()
    }

    #[inline]
    fn pop(&mut self) -> Option<TaskId> {
        let id = *self.batch.get(self.taken)?;
        self.taken += 1;
        Some(id)
    }

    /// All of them, the first one first.
    fn iter(&self) -> impl Iterator<Item = TaskId> {
        self.batch.iter().skip(self.taken).chain(&self.woken).copied()
    }

    fn retain(&mut self, retain: &mut impl FnMut(TaskId) -> bool) {
        self.batch.drain(..self.taken);
        self.taken = 0;
        self.batch.retain(|id| retain(*id));
        self.woken.retain(|id| retain(*id));
    }

    fn remove(&mut self, index: usize) -> Option<TaskId> {
        match index.checked_sub(self.batch_left()) {
            None => Some(self.batch.remove(self.taken + index)),
            Some(index) => (index < self.woken.len()).then(|| self.woken.remove(index)),
        }
    }
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
        RunQueue { ready: RefCell::default(), mailbox: Arc::new(mailbox), inbox: RefCell::new(Some(inbox)) }
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Appends a task that has just been added.
    #[inline]
    pub(crate) fn push_new(&self, id: TaskId) {
        self.ready.borrow_mut().woken.push(id);
    }

    /// Appends the task of `waker`, unless it is queued already.
    #[inline]
    pub(crate) fn push(&self, waker: &TaskWaker) -> Pushed {
        if !waker.enqueue() {
            return Pushed::Coalesced;
        }
        self.ready.borrow_mut().woken.push(waker.id());
        Pushed::Queued
    }

    /// Begins a round, and returns how many tasks are in it.
    #[inline]
    pub(crate) fn begin_round(&self) -> usize {
        self.ready.borrow_mut().begin_round()
    }

    /// Takes the next task of the round.
    #[inline]
    pub(crate) fn pop(&self) -> Option<TaskId> {
        self.ready.borrow_mut().pop()
    }

    /// Takes the task that `choose` picks out of all that are queued, by its index.
    ///
    /// Those for which `retain` is false are forgotten before.
    pub(crate) fn pop_chosen(
        &self,
        mut retain: impl FnMut(TaskId) -> bool,
        choose: impl FnOnce(&[TaskId]) -> usize,
    ) -> Option<TaskId> {
        self.ready.borrow_mut().retain(&mut retain);
        // A copy, since the choice is foreign code, which may wake tasks.
        let ready: Vec<TaskId> = self.ready.borrow().iter().collect();
        if ready.is_empty() {
            return None;
        }
        let index = choose(&ready);
        let chosen = self.ready.borrow_mut().remove(index);
        assert!(chosen.is_some(), "an order chose number {index} of {} ready tasks", ready.len());
        chosen
    }

    /// How many tasks are queued.
    #[inline]
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

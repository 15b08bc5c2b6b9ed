//! The woken tasks, in the order of their wakes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::mailbox::Mailbox;
use crate::task::TaskId;
use crate::tasks::Tasks;
use crate::waker::TaskWaker;

/// Two queues that read as one: the wakes of the executor's own thread, which need no atomic
/// operation, and behind them those that other threads post.
#[derive(Debug)]
pub(crate) struct RunQueue {
    /// The tasks that get a turn next. Each is in here at most once: its waker's `queued` flag says
    /// so.
    ready: RefCell<VecDeque<TaskId>>,
    /// Where other threads post.
    mailbox: Arc<Mailbox>,
    /// What they posted; gone when the executor is.
    inbox: RefCell<Option<Receiver<TaskId>>>,
}

impl RunQueue {
    pub(crate) fn new(mailbox: Mailbox, inbox: Receiver<TaskId>) -> Self {
        RunQueue {
            ready: RefCell::default(),
            mailbox: Arc::new(mailbox),
            inbox: RefCell::new(Some(inbox)),
        }
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Appends a task that has just been added.
    pub(crate) fn push_new(&self, id: TaskId) {
        self.ready.borrow_mut().push_back(id);
    }

    /// Appends the task of `waker` unless it is queued already. `false` if the task belongs to
    /// another executor.
    pub(crate) fn push(&self, waker: &TaskWaker) -> bool {
        let ours = waker.belongs_to(&self.mailbox);
        if ours && waker.enqueue() {
            self.ready.borrow_mut().push_back(waker.id());
        }
        ours
    }

    /// Takes the next task.
    pub(crate) fn pop(&self) -> Option<TaskId> {
        self.ready.borrow_mut().pop_front()
    }

    /// Appends what other threads have woken, and returns how many tasks are queued now.
    pub(crate) fn deliver(&self, tasks: &RefCell<Tasks>) -> usize {
        if self.mailbox.take_notification() {
            let mut tasks = tasks.borrow_mut();
            for id in self.inbox.borrow().iter().flat_map(Receiver::try_iter) {
                if let Some(waker) = tasks.waiting(id) {
                    waker.delivered();
                    self.push(waker);
                }
            }
        }
        self.ready.borrow().len()
    }

    /// Forgets everything; from now on wakes go nowhere.
    pub(crate) fn close(&self) {
        self.mailbox.close();
        self.inbox.take();
        self.ready.take();
    }
}

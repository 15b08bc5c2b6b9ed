//! The heart of the executor: adding tasks, waking them, beginning and end.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use crate::builder::Builder;
use crate::cadence::Cadence;
use crate::current;
use crate::joiner::{Joiner, PollingId};
use crate::mailbox::{Mailbox, Message};
use crate::panic::{Panic, contain};
use crate::run_queue::RunQueue;
use crate::slot::{Join, Polling};
use crate::task::{BoxedTask, TaskId, TaskName, boxed};
use crate::tasks::{Claim, Tasks};
use crate::waker::TaskWaker;
use crate::watch::Watch;
use crate::{Event, Order, Park, UnhandledPanic, WakeSource};

mod running;

pub(crate) use running::Running;

/// What an executor, its spawners and its handles share on their thread.
pub(crate) struct Core {
    /// All tasks.
    pub(crate) tasks: RefCell<Tasks>,
    /// Those that were woken.
    pub(crate) queue: RunQueue,
    /// How this executor sleeps.
    pub(crate) park: Box<dyn Park>,
    /// When the driver is to look while tasks are ready.
    pub(crate) cadence: Cadence,
    /// The task that is being polled, or was last.
    pub(crate) polling: Cell<PollingId>,
    /// How many tasks were ever done, with their output or with a panic.
    pub(crate) completed: Cell<usize>,
    /// Whether `block_on`, `tick` or `run_until_stalled` is on the stack.
    running: Cell<bool>,
    /// Whether the executor was dropped.
    closed: Cell<bool>,
    /// Panics of tasks whose handle was dropped without reading them; to be raised again.
    pub(crate) unread_panics: RefCell<VecDeque<Panic>>,
    /// What to do about those.
    pub(crate) unhandled_panic: UnhandledPanic,
    /// Who chooses the next task, if it is not simply the first.
    pub(crate) order: Option<RefCell<Box<dyn Order>>>,
    /// How often it may do so in this round.
    pub(crate) turns: Cell<usize>,
    /// Who is told of everything.
    pub(crate) watch: Option<Watch>,
    /// On whose behalf code is running; kept only if somebody watches.
    pub(crate) waking: Cell<WakeSource>,
}

impl Core {
    pub(crate) fn new(builder: Builder) -> Rc<Self> {
        let (mailbox, inbox) = Mailbox::new(builder.park.unparker(), builder.hook);
        Rc::new(Core {
            tasks: RefCell::default(),
            queue: RunQueue::new(mailbox, inbox),
            park: builder.park,
            cadence: Cadence::new(),
            polling: Cell::new(PollingId::NONE),
            completed: Cell::new(0),
            running: Cell::new(false),
            closed: Cell::new(false),
            unread_panics: RefCell::default(),
            unhandled_panic: builder.unhandled_panic,
            order: builder.order.map(RefCell::new),
            turns: Cell::new(0),
            watch: builder.observer.map(Watch::new),
            waking: Cell::new(WakeSource::Elsewhere),
        })
    }

    // Adding tasks.

    /// Adds a task. `None`, and the future is dropped, if the executor is gone.
    pub(crate) fn spawn<F, N>(
        &self,
        future: F,
        name: N,
        join: Join,
        location: &'static Location<'static>,
    ) -> Option<TaskId>
    where
        F: Future + 'static,
        N: TaskName,
    {
        if self.closed.get() {
            return None;
        }
        let spare = self.tasks.borrow_mut().spares.pop();
        Some(self.add(boxed(future, name, spare), join, location))
    }

    /// Not generic, so that there is one of it for all types of futures.
    fn add(&self, task: BoxedTask, join: Join, location: &'static Location<'static>) -> TaskId {
        let id = self.tasks.borrow_mut().insert(Some(task), join, self.queue.mailbox());
        if self.is_watched() {
            self.tell_spawned(id, location);
        }
        self.queue.append(id);
        if !self.running.get() {
            self.notify_of_spawn(id);
        }
        id
    }

    /// Notifies the embedder. If the hook panics, the task will have no handle, and its result is not kept.
    #[cold]
    fn notify_of_spawn(&self, id: TaskId) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.queue.mailbox().notify())) {
            self.detach(id);
            resume_unwind(panic);
        }
    }

    #[cold]
    fn tell_spawned(&self, id: TaskId, location: &'static Location<'static>) {
        // Out of its slot meanwhile, since the observer, to whom its name is lent, is foreign code.
        let mut polling = Polling::new();
        self.tasks.borrow_mut().check_out(id, &mut polling);
        let name = polling.body.task.as_ref().and_then(|task| task.name());
        self.tell(|| Event::Spawned { task: id, name, location });
        if self.closed.get() {
            // The observer has dropped the executor, which did not find the task in its slot.
            self.cancel(&mut polling);
        } else {
            self.tasks.borrow_mut().check_in(&mut polling, &self.queue);
        }
    }

    /// Adds the root of a `block_on`, whose future stays on the stack.
    pub(crate) fn add_root(&self, location: &'static Location<'static>) -> TaskId {
        let id = self.tasks.borrow_mut().insert(None, Join::Detached, self.queue.mailbox());
        self.queue.append(id);
        self.tell(|| Event::Spawned { task: id, name: Some("block_on"), location });
        id
    }

    /// Ends the root's time as a member of the queue.
    pub(crate) fn remove_root(&self, id: TaskId) {
        self.polling.set(PollingId::NONE);
        self.tasks.borrow_mut().remove_root(id);
    }

    // Waking them.

    /// Queues a task of this executor, which is running, because of a wake on this thread, before an observer's
    /// eyes.
    pub(crate) fn wake_own_watched(&self, waker: &TaskWaker) {
        let pushed = self.queue.push(waker);
        if !self.is_finished(waker.id()) {
            self.tell_woken(waker.id(), self.waking.get(), pushed);
        }
    }

    /// Queues a task because of a message.
    fn wake_delivered(&self, id: TaskId) {
        let pushed = { self.tasks.borrow_mut() }.waker(id).map(|waker| self.queue.push_delivered(waker));
        self.tell_pushed(id, WakeSource::Elsewhere, pushed);
    }

    /// Has a task dropped instead of polled again, unless it is done by then.
    pub(crate) fn abort(&self, id: TaskId) {
        let pushed = {
            let mut tasks = self.tasks.borrow_mut();
            let waits = tasks.abort(id);
            tasks.waker(id).filter(|_| waits).map(|waker| self.queue.push(waker))
        };
        if let Some(pushed) = pushed {
            self.tell_woken(id, self.waking.get(), pushed);
            self.notify_embedder();
        }
    }

    /// Lets whoever embeds this executor, and may be asleep in a loop of their own, know that there is
    /// something to do.
    #[inline]
    fn notify_embedder(&self) {
        if !self.running.get() {
            self.queue.mailbox().notify();
        }
    }

    /// Begins a round: each task that is queued now will be polled once. Returns how many there are.
    #[inline]
    pub(crate) fn begin_round(&self) -> usize {
        self.deliver_mail();
        let mut tasks = self.tasks.borrow_mut();
        if self.order.is_none() {
            return tasks.begin_round(&self.queue);
        }
        // Only tasks count that can be chosen, not those that are no more.
        let turns = tasks.gather(&self.queue).len();
        self.turns.set(turns);
        turns
    }

    /// How many tasks are queued, those that other threads have woken included. Only while the executor
    /// runs.
    pub(crate) fn ready(&self) -> usize {
        self.deliver_mail();
        self.due()
    }

    /// How many tasks are queued, as far as this thread knows, and some ids of tasks that are no more.
    fn due(&self) -> usize {
        self.tasks.borrow().batch_len() + self.queue.len()
    }

    /// Makes what other threads have to say part of the queue.
    #[inline]
    pub(crate) fn deliver_mail(&self) {
        if self.queue.mailbox().take_notification() {
            self.deliver();
        }
    }

    #[cold]
    fn deliver(&self) {
        // As many as there are now: who never stops sending shall not keep us here.
        for _ in 0..self.queue.messages() {
            match self.queue.receive() {
                Some(Message::Wake(id)) => self.wake_delivered(id),
                Some(Message::Abort(id)) => self.abort(id),
                Some(Message::Spawn(make)) => make.call(self),
                None => break,
            }
        }
    }

    pub(crate) fn raise_unread_panic(&self) {
        let panic = self.unread_panics.borrow_mut().pop_front();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    // What handles ask for.

    /// The result of a task, if it is done; otherwise `waker` is woken when it is.
    pub(crate) fn claim(&self, id: TaskId, waker: &Waker) -> Option<BoxedTask> {
        let claim = self.tasks.borrow_mut().claim(id, waker, self.polling.get());
        match claim {
            Claim::Done(task) => Some(task),
            Claim::Registered => None,
            Claim::NotRegistered => self.register(id, waker.clone()),
        }
    }

    /// Has `waker` woken when the task is done. It may be foreign code, and so may the one that it takes the place
    /// of: nothing is borrowed when they are cloned or dropped. So the clone may have run the executor, and then
    /// this returns the result of the task.
    fn register(&self, id: TaskId, waker: Waker) -> Option<BoxedTask> {
        if self.is_finished(id) {
            // Before the result is taken out: a panic in the drop must not cost it.
            drop(waker);
            return self.tasks.borrow_mut().take_finished(id);
        }
        let joiner = self.tasks.borrow_mut().replace_joiner(id, Joiner::Waker(Box::new(waker)));
        drop(joiner);
        None
    }

    /// Keeps the box of a task whose result was taken, for the next task.
    #[inline]
    pub(crate) fn recycle(&self, task: BoxedTask) {
        let unwanted = self.tasks.borrow_mut().spares.push(task);
        drop(unwanted);
    }

    /// Lets a task go its own way: nobody will ask for its result.
    #[inline]
    pub(crate) fn detach(&self, id: TaskId) {
        let (joiner, unclaimed) = self.tasks.borrow_mut().detach(id);
        drop(joiner);
        if let Some(panic) = unclaimed.and_then(|task| self.discard(task)) {
            self.keep_panic(panic);
            self.notify_embedder();
        }
    }

    /// Keeps a panic that nobody has read, to be raised by whoever runs this executor next; if nobody will, it is
    /// dropped.
    pub(crate) fn keep_panic(&self, panic: Panic) {
        if self.closed.get() {
            contain(|| drop(panic));
        } else {
            self.unread_panics.borrow_mut().push_back(panic);
        }
    }

    pub(crate) fn is_finished(&self, id: TaskId) -> bool {
        self.tasks.borrow().is_finished(id)
    }

    // What embedders ask for.

    /// How many tasks are queued, as far as this thread knows.
    pub(crate) fn queued(&self) -> usize {
        let stale = self.tasks.borrow().stale();
        debug_assert!(stale <= self.due(), "an id that was counted as stale is in the queue");
        let due = self.due().saturating_sub(stale);
        if !self.queue.mailbox().is_notified() {
            return due;
        }
        // A message can be taken out before its sender says that it is there. If it changed nothing, that word is all there
        // is left, and counts for one: whoever slept on it would not be called for the next message.
        (due + self.queue.messages()).max(1)
    }

    /// How many tasks are not done.
    pub(crate) fn live(&self) -> usize {
        self.tasks.borrow().live()
    }

    /// Whether there may be something to do.
    pub(crate) fn has_ready(&self) -> bool {
        self.queued() > 0 || !self.unread_panics.borrow().is_empty()
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.park.next_deadline()
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        self.queue.mailbox()
    }

    /// Whether the executor was dropped.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    // The end.

    /// Drops every future, on this thread and with this executor as the current one, and tells their
    /// handles.
    pub(crate) fn shut_down(self: &Rc<Self>) {
        self.closed.set(true);
        // From here on nobody is called and nothing is accepted, not even from the drops to come.
        self.queue.mailbox().close();
        let _entered = current::enter(Rc::clone(self));
        let mut from = 0;
        loop {
            let next = self.tasks.borrow().next_waiting(from);
            let Some(id) = next else { break };
            from = id.slot();
            let mut polling = Polling::new();
            self.tasks.borrow_mut().check_out(id, &mut polling);
            // Neither a panic in a future's drop nor one in the wake of whoever awaits it may keep the
            // others from being dropped.
            contain(|| self.cancel(&mut polling));
        }
        let unread = mem::take(&mut *self.unread_panics.borrow_mut());
        unread.into_iter().for_each(|panic| self.keep_panic(panic));
        self.queue.close();
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("tasks", &self.tasks).field("queue", &self.queue).finish_non_exhaustive()
    }
}

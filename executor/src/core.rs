//! The heart of the executor: adding tasks, waking them, sleeping, beginning and end.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::builder::Builder;
use crate::current::{self, Entered};
use crate::join_error::Panic;
use crate::mailbox::{Mailbox, Message};
use crate::run_queue::RunQueue;
use crate::task::{BoxedTask, TaskId, TaskName, boxed};
use crate::tasks::{Claim, Join, Tasks};
use crate::waker::TaskWaker;
use crate::watch::Watch;
use crate::{Event, Order, Park, UnhandledPanic, WakeSource};

/// After this many polls without an empty queue the driver gets to look at its sockets and timers,
/// between two rounds, so that tasks that always have something to do cannot starve those that
/// wait.
const POLLS_PER_LOOK: usize = 61;

/// What an executor, its spawners and its handles share on their thread.
pub(crate) struct Core {
    /// All tasks.
    pub(crate) tasks: RefCell<Tasks>,
    /// Those that were woken.
    pub(crate) queue: RunQueue,
    /// How this executor sleeps.
    park: Box<dyn Park>,
    /// Polls since the driver last looked.
    pub(crate) polls_since_look: Cell<usize>,
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
            polls_since_look: Cell::new(0),
            running: Cell::new(false),
            closed: Cell::new(false),
            unread_panics: RefCell::default(),
            unhandled_panic: builder.unhandled_panic,
            order: builder.order.map(RefCell::new),
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
        let (id, waker) = self.reserve(join);
        self.add(id, boxed(future, name, waker), location);
        Some(id)
    }

    #[inline]
    fn reserve(&self, join: Join) -> (TaskId, Arc<TaskWaker>) {
        self.tasks.borrow_mut().reserve(join, self.queue.mailbox())
    }

    #[inline]
    fn add(&self, id: TaskId, task: BoxedTask, location: &'static Location<'static>) {
        self.tell(|| Event::Spawned { task: id, name: task.name(), location });
        self.tasks.borrow_mut().check_in(id, task);
        self.queue.push_new(id);
        self.notify_embedder();
    }

    /// Adds the root of a `block_on`, whose future stays on the stack.
    pub(crate) fn add_root(&self, location: &'static Location<'static>) -> TaskId {
        let (id, waker) = self.reserve(Join::Detached);
        self.tasks.borrow_mut().check_in_root(id, waker);
        self.queue.push_new(id);
        self.tell(|| Event::Spawned { task: id, name: Some("block_on"), location });
        id
    }

    /// Ends the root's time as a member of the queue.
    pub(crate) fn remove_root(&self, id: TaskId) {
        self.tasks.borrow_mut().remove_root(id);
    }

    // Waking them.

    /// Queues a task of this executor, which is running, because of a wake on this thread.
    #[inline]
    pub(crate) fn wake_own(&self, waker: &TaskWaker) {
        self.queue.push(waker);
    }

    /// The same before an observer's eyes.
    pub(crate) fn wake_own_watched(&self, waker: &TaskWaker) {
        let pushed = self.queue.push(waker);
        if !self.is_finished(waker.id()) {
            self.tell_woken(waker.id(), self.waking.get(), pushed);
        }
    }

    /// Queues a task because of a message.
    fn wake_delivered(&self, id: TaskId) {
        let pushed = { self.tasks.borrow_mut() }.waker(id).map(|waker| {
            waker.delivered();
            self.queue.push(waker)
        });
        if let Some(pushed) = pushed {
            self.tell_woken(id, WakeSource::Elsewhere, pushed);
        }
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

    /// How many tasks are queued, those that other threads have woken included. Only while the executor
    /// runs.
    #[inline]
    pub(crate) fn ready(&self) -> usize {
        self.deliver_mail();
        self.queue.len()
    }

    /// Makes what other threads have to say part of the queue.
    #[inline]
    pub(crate) fn deliver_mail(&self) {
        if self.queue.mailbox().take_notification() {
            self.deliver();
        }
    }

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
        let claim = self.tasks.borrow_mut().claim(id, waker);
        match claim {
            Claim::Done(task) => Some(task),
            Claim::Registered => None,
            Claim::NotRegistered => {
                // Cloned before the borrow and dropped after it: both may be foreign code.
                let waker = waker.clone();
                let previous = self.tasks.borrow_mut().replace_joiner(id, waker);
                drop(previous);
                // And so the clone may have run the executor.
                let finished = self.tasks.borrow_mut().take_finished(id);
                finished.map(|(task, joiner)| {
                    drop(joiner);
                    task
                })
            }
        }
    }

    /// Lets a task go its own way: nobody will ask for its result.
    #[inline]
    pub(crate) fn detach(&self, id: TaskId) {
        let (joiner, unclaimed) = self.tasks.borrow_mut().detach(id);
        drop(joiner);
        if let Some(panic) = unclaimed.and_then(|task| self.discard(task)) {
            self.unread_panics.borrow_mut().push_back(panic);
            self.notify_embedder();
        }
    }

    pub(crate) fn is_finished(&self, id: TaskId) -> bool {
        self.tasks.borrow().is_finished(id)
    }

    // What embedders ask for.

    /// How many tasks are queued, as far as this thread knows.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len().saturating_sub(self.tasks.borrow().stale())
    }

    /// How many tasks are not done.
    pub(crate) fn live(&self) -> usize {
        self.tasks.borrow().live()
    }

    /// Whether there may be something to do.
    pub(crate) fn has_ready(&self) -> bool {
        self.queue.len() > 0 || self.queue.mailbox().is_notified()
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

    // Sleeping.

    /// Sleeps if nothing is ready; otherwise lets the driver look if it is time for that.
    pub(crate) fn rest(&self) {
        if self.queue.len() == 0 && self.ready() == 0 {
            self.sleep();
        } else if self.polls_since_look.get() >= POLLS_PER_LOOK {
            self.look();
        }
    }

    /// Lets the driver look if nothing is ready or if it is time for that. Returns how many tasks are
    /// ready then.
    pub(crate) fn rest_awake(&self) -> usize {
        if self.ready() == 0 || self.polls_since_look.get() >= POLLS_PER_LOOK {
            self.look();
        }
        self.ready()
    }

    /// Lets the driver wake whoever can be woken now.
    pub(crate) fn look(&self) {
        let timeout = Some(Duration::ZERO);
        self.tell(|| Event::Park { timeout });
        self.ask_driver(timeout);
        self.tell(|| Event::Unpark);
    }

    fn sleep(&self) {
        self.tell(|| Event::Park { timeout: None });
        // The observer is foreign code: what it has woken is in the queue, and nobody would call for it.
        if self.queue.len() == 0 && self.unread_panics.borrow().is_empty() && self.queue.mailbox().park() {
            self.ask_driver(None);
            self.queue.mailbox().resume();
        }
        self.tell(|| Event::Unpark);
    }

    fn ask_driver(&self, timeout: Option<Duration>) {
        self.polls_since_look.set(0);
        self.waking.set(WakeSource::Driver);
        self.park.park(timeout);
        self.waking.set(WakeSource::Elsewhere);
    }

    // Beginning and end.

    /// Makes this the running executor of the thread.
    ///
    /// # Panics
    ///
    /// If it is that already.
    pub(crate) fn enter(self: &Rc<Self>) -> Running<'_> {
        assert!(
            !self.running.replace(true),
            "this executor is already running further down the stack: `.await` the future instead, or run it on an executor of its own"
        );
        let entered = current::enter(Rc::clone(self));
        self.queue.mailbox().resume();
        Running { core: self, _entered: entered }
    }

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
            from = id.index;
            let checked_out = self.tasks.borrow_mut().check_out(id);
            if let Some((task, _)) = checked_out {
                // Neither a panic in a future's drop nor one in the wake of whoever awaits it may keep the
                // others from being dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| self.cancel(id, task)));
            }
        }
        self.queue.close();
    }
}

/// An executor runs as long as this lives.
#[must_use]
pub(crate) struct Running<'a> {
    core: &'a Core,
    _entered: Entered,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // What was posted until now goes into the queue; what comes later finds the executor asleep and
        // calls for it.
        while !self.core.queue.mailbox().park() {
            self.core.ready();
        }
        self.core.running.set(false);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("tasks", &self.tasks).field("queue", &self.queue).finish_non_exhaustive()
    }
}

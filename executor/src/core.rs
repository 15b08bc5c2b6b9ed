//! The heart of the executor: a round of turns, and the turn of one task.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::current::{self, Entered};
use crate::mailbox::Mailbox;
use crate::run_queue::RunQueue;
use crate::task::{BoxedTask, TaskId, boxed};
use crate::tasks::{Claim, Finished, Join, Tasks};
use crate::waker::{TaskWaker, waker_of};
use crate::{JoinError, Park};

/// After this many turns without an empty queue the driver gets to look at its sockets and timers,
/// between two rounds, so that tasks that always have something to do cannot starve those that
/// wait.
const TURNS_PER_LOOK: usize = 61;

/// What an executor, its spawners and its handles share on their thread.
pub(crate) struct Core {
    /// All tasks.
    tasks: RefCell<Tasks>,
    /// Those that were woken.
    queue: RunQueue,
    /// How this executor sleeps.
    park: Box<dyn Park>,
    /// Turns since the driver last looked.
    turns_since_look: Cell<usize>,
    /// Whether `block_on`, `tick` or `run_until_stalled` is on the stack.
    running: Cell<bool>,
    /// Whether the executor was dropped.
    closed: Cell<bool>,
    /// Panics of tasks whose handle was dropped without reading them; to be raised again.
    unread_panics: RefCell<VecDeque<Panic>>,
}

/// What a panic carries.
pub(crate) type Panic = Box<dyn Any + Send>;

/// How the turn of a task ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// There was no such task any more.
    Gone,
    /// The task was polled and waits again.
    Pending,
    /// The task was polled and is done.
    Completed,
    /// The task was dropped, because it was aborted.
    Aborted,
}

impl Core {
    pub(crate) fn new(park: Box<dyn Park>) -> Rc<Self> {
        let (mailbox, inbox) = Mailbox::new(park.unparker());
        Rc::new(Core {
            tasks: RefCell::default(),
            queue: RunQueue::new(mailbox, inbox),
            park,
            turns_since_look: Cell::new(0),
            running: Cell::new(false),
            closed: Cell::new(false),
            unread_panics: RefCell::default(),
        })
    }

    /// Adds a task for a handle to await. `None`, and the future is dropped, if the executor is
    /// gone.
    pub(crate) fn spawn<F>(&self, future: F) -> Option<TaskId>
    where
        F: Future + 'static,
    {
        (!self.closed.get()).then(|| self.add(Some(boxed(future)), Join::Held))
    }

    /// Adds the root of a `block_on`, whose future stays on the stack.
    pub(crate) fn add_root(&self) -> TaskId {
        self.add(None, Join::Detached)
    }

    /// Ends the root's time as a member of the queue.
    pub(crate) fn remove_root(&self, id: TaskId) {
        self.tasks.borrow_mut().remove_root(id);
    }

    fn add(&self, task: Option<BoxedTask>, join: Join) -> TaskId {
        let id = self.tasks.borrow_mut().insert(task, join, self.queue.mailbox());
        self.queue.push_new(id);
        if !self.running.get() {
            // Whoever embeds this executor may be asleep in a loop of their own.
            self.queue.mailbox().notify();
        }
        id
    }

    /// Queues the task of `waker` if it is one of ours. For wakes on this thread while this
    /// executor runs.
    pub(crate) fn enqueue_own(&self, waker: &TaskWaker) -> bool {
        self.queue.push(waker)
    }

    /// How many tasks are queued, those that other threads have woken included.
    pub(crate) fn ready(&self) -> usize {
        self.queue.deliver(&self.tasks)
    }

    /// How many tasks are not done.
    pub(crate) fn live(&self) -> usize {
        self.tasks.borrow().live()
    }

    /// Whether the executor was dropped.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// One round: each task that is queued now gets one turn, in order; what is woken meanwhile
    /// waits for the next round. `turn` may end the round early, and the rest of the batch
    /// stays queued.
    pub(crate) fn round<B>(&self, mut turn: impl FnMut(TaskId) -> ControlFlow<B>) -> ControlFlow<B> {
        let batch = self.ready();
        self.turns_since_look.set(self.turns_since_look.get() + batch);
        for _ in 0..batch {
            let Some(id) = self.queue.pop() else { break };
            turn(id)?;
        }
        self.raise_unread_panic();
        ControlFlow::Continue(())
    }

    /// Gives one task its turn: polls it, or drops it if it was aborted.
    pub(crate) fn turn(&self, id: TaskId) -> Turn {
        let Some((Some(mut task), waker)) = self.tasks.borrow_mut().check_out(id) else {
            return Turn::Gone;
        };
        if waker.begin_turn() {
            fail(&mut task, JoinError::cancelled(id));
            self.finish(id, task, waker);
            return Turn::Aborted;
        }
        let poll = catch_unwind(AssertUnwindSafe(|| {
            task.as_mut().poll(&mut Context::from_waker(&waker_of(&waker)))
        }));
        match poll {
            Ok(Poll::Pending) => {
                self.check_in(id, Some(task), waker);
                return Turn::Pending;
            }
            Ok(Poll::Ready(())) => {}
            Err(panic) => fail(&mut task, JoinError::panicked(Some(id), panic)),
        }
        self.finish(id, task, waker);
        Turn::Completed
    }

    /// Gives a root its turn.
    pub(crate) fn turn_root<F: Future>(&self, id: TaskId, root: Pin<&mut F>) -> Poll<F::Output> {
        let checked_out = self.tasks.borrow_mut().check_out(id);
        let Some((None, waker)) = checked_out else {
            unreachable!("a root keeps its slot as long as its block_on runs");
        };
        waker.begin_turn();
        let poll = root.poll(&mut Context::from_waker(&waker_of(&waker)));
        self.check_in(id, None, waker);
        poll
    }

    fn check_in(&self, id: TaskId, task: Option<BoxedTask>, waker: Arc<TaskWaker>) {
        let aborted = self.tasks.borrow_mut().check_in(id, task, waker);
        if aborted {
            self.abort(id);
        }
    }

    /// Hands the result of a checked-out task to its handle, or drops it.
    fn finish(&self, id: TaskId, task: BoxedTask, waker: Arc<TaskWaker>) {
        let finished = self.tasks.borrow_mut().finish(id, task, waker);
        match finished {
            Finished::Kept(Some(joiner)) => joiner.wake(),
            Finished::Kept(None) => {}
            Finished::Unclaimed(mut task) => {
                if let Some(panic) = task.as_mut().take_panic() {
                    resume_unwind(panic);
                }
            }
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
                let join = Join::Awaited(waker.clone());
                let (previous, _) = self.tasks.borrow_mut().set_join(id, join);
                drop(previous);
                None
            }
        }
    }

    /// Lets a task go its own way: nobody will ask for its result.
    pub(crate) fn detach(&self, id: TaskId) {
        let (joiner, unclaimed) = self.tasks.borrow_mut().set_join(id, Join::Detached);
        drop(joiner);
        let Some(mut task) = unclaimed else { return };
        if let Some(panic) = task.as_mut().take_panic() {
            self.unread_panics.borrow_mut().push_back(panic);
            self.queue.mailbox().notify();
        }
    }

    /// Has a task dropped at its next turn, unless it is done by then.
    pub(crate) fn abort(&self, id: TaskId) {
        let waker = self.tasks.borrow_mut().abort(id);
        if let Some(waker) = waker {
            waker.abort();
            futures_task::ArcWake::wake(waker);
        }
    }

    pub(crate) fn is_finished(&self, id: TaskId) -> bool {
        self.tasks.borrow().is_finished(id)
    }

    fn raise_unread_panic(&self) {
        let panic = self.unread_panics.borrow_mut().pop_front();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    // Sleeping.

    /// Sleeps if nothing is ready; otherwise lets the driver look if it is time for that.
    pub(crate) fn rest(&self) {
        if self.ready() == 0 {
            self.sleep();
        } else if self.turns_since_look.get() >= TURNS_PER_LOOK {
            self.look();
        }
    }

    /// Lets the driver look if nothing is ready or if it is time for that. Returns how many tasks
    /// are ready then.
    pub(crate) fn rest_awake(&self) -> usize {
        if self.ready() == 0 || self.turns_since_look.get() >= TURNS_PER_LOOK {
            self.look();
        }
        self.ready()
    }

    /// Lets the driver wake whoever can be woken now.
    fn look(&self) {
        self.turns_since_look.set(0);
        self.park.park(Some(Duration::ZERO));
    }

    fn sleep(&self) {
        self.turns_since_look.set(0);
        if self.queue.mailbox().park() {
            self.park.park(None);
            self.queue.mailbox().resume();
        }
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
        Running {
            core: self,
            _entered: entered,
        }
    }

    /// Drops every future, on this thread and with this executor as the current one, and tells
    /// their handles.
    pub(crate) fn shut_down(self: &Rc<Self>) {
        self.closed.set(true);
        let _entered = current::enter(Rc::clone(self));
        let mut from = 0;
        loop {
            let next = self.tasks.borrow().next_waiting(from);
            let Some(id) = next else { break };
            from = id.index;
            let checked_out = self.tasks.borrow_mut().check_out(id);
            if let Some((Some(mut task), waker)) = checked_out {
                fail(&mut task, JoinError::cancelled(id));
                // Neither a panic in a future's drop nor one in the wake of its handle may keep the others
                // from being dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| self.finish(id, task, waker)));
            }
        }
        self.queue.close();
    }
}

/// Drops the future of a task in place. If that panics, the panic becomes the task's result.
fn fail(task: &mut BoxedTask, error: JoinError) {
    let id = error.id();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| task.as_mut().fail(error))) {
        task.as_mut().fail(JoinError::panicked(id, panic));
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
        // What was posted until now goes into the queue, where `ready` counts it; what comes later finds
        // the executor asleep and calls for it.
        while !self.core.queue.mailbox().park() {
            self.core.ready();
        }
        self.core.running.set(false);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("tasks", &self.tasks)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

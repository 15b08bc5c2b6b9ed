//! What happens when it is a task's turn.

use std::future::Future;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::core::Core;
use crate::join_error::Panic;
use crate::task::{BoxedTask, TaskId};
use crate::tasks::{CheckedOut, Finished};
use crate::waker::{TaskWaker, waker_of};
use crate::{Event, JoinError, UnhandledPanic, WakeSource};

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
    /// One round: each task that is queued now gets one turn, in order; what is woken meanwhile waits
    /// for the next round. `turn` may end the round early, and the rest of the batch stays queued.
    pub(crate) fn round<B>(&self, mut turn: impl FnMut(TaskId) -> ControlFlow<B>) -> ControlFlow<B> {
        let batch = self.ready();
        self.turns_since_look.set(self.turns_since_look.get() + batch);
        for _ in 0..batch {
            let Some(id) = self.next() else { break };
            turn(id)?;
        }
        self.raise_unread_panic();
        ControlFlow::Continue(())
    }

    /// Takes the next task out of the queue.
    fn next(&self) -> Option<TaskId> {
        match &self.order {
            None => self.queue.pop(),
            Some(order) => self.queue.pop_chosen(|ready| order.borrow_mut().choose(ready)),
        }
    }

    /// Gives one task its turn: polls it, or drops it if it was aborted.
    pub(crate) fn turn(&self, id: TaskId) -> Turn {
        let checked_out = self.tasks.borrow_mut().check_out(id);
        let Some(CheckedOut { task: Some(mut task), waker, aborted }) = checked_out else {
            return Turn::Gone;
        };
        waker.begin_turn();
        let _acting = self.act_as(id);
        if aborted {
            self.cancel(id, task, waker);
            return Turn::Aborted;
        }
        self.tell(|| Event::PollStart { task: id });
        let poll = catch_unwind(AssertUnwindSafe(|| {
            task.as_mut().poll(&mut Context::from_waker(&waker_of(&waker)))
        }));
        self.tell(|| Event::PollEnd { task: id, ready: !matches!(poll, Ok(Poll::Pending)) });
        match poll {
            Ok(Poll::Pending) => {
                self.check_in(id, Some(task), waker);
                return Turn::Pending;
            }
            Ok(Poll::Ready(())) => {}
            Err(panic) => fail(&mut task, |name| JoinError::panicked(id, name, panic)),
        }
        self.tell(|| Event::Dropped { task: id, completed: true });
        self.finish(id, task, waker);
        Turn::Completed
    }

    /// Gives a root its turn.
    pub(crate) fn turn_root<F: Future>(&self, id: TaskId, root: Pin<&mut F>) -> Poll<F::Output> {
        let checked_out = self.tasks.borrow_mut().check_out(id);
        let Some(CheckedOut { waker, .. }) = checked_out else {
            unreachable!("a root keeps its slot as long as its block_on runs");
        };
        waker.begin_turn();
        let _acting = self.act_as(id);
        self.tell(|| Event::PollStart { task: id });
        let poll = root.poll(&mut Context::from_waker(&waker_of(&waker)));
        self.tell(|| Event::PollEnd { task: id, ready: poll.is_ready() });
        self.check_in(id, None, waker);
        poll
    }

    fn check_in(&self, id: TaskId, task: Option<BoxedTask>, waker: Arc<TaskWaker>) {
        let aborted = self.tasks.borrow_mut().check_in(id, task, waker);
        if aborted {
            self.abort(id);
        }
    }

    /// Drops the future of a checked-out task, and tells the handle.
    pub(crate) fn cancel(&self, id: TaskId, mut task: BoxedTask, waker: Arc<TaskWaker>) {
        fail(&mut task, |name| JoinError::cancelled(id, name));
        self.tell(|| Event::Dropped { task: id, completed: false });
        self.finish(id, task, waker);
    }

    /// Leaves the result of a checked-out task to its handle, or drops it.
    fn finish(&self, id: TaskId, task: BoxedTask, waker: Arc<TaskWaker>) {
        let finished = self.tasks.borrow_mut().finish(id, task, waker);
        match finished {
            Finished::Kept(Some(joiner)) => joiner.wake(),
            Finished::Kept(None) => {}
            Finished::Unclaimed(task) => {
                if let Some(panic) = self.discard(task) {
                    resume_unwind(panic);
                }
            }
        }
    }

    /// Drops a result that nobody wants, and returns the panic, if there is one, that is to be raised
    /// for want of anybody who would read it.
    pub(crate) fn discard(&self, mut task: BoxedTask) -> Option<Panic> {
        let unread = task.as_mut().take_panic();
        let dropping = catch_unwind(AssertUnwindSafe(|| drop(task))).err();
        match self.unhandled_panic {
            UnhandledPanic::Raise => unread.or(dropping),
            UnhandledPanic::Ignore => None,
        }
    }

    /// Has wakes from now on count as those of a task.
    fn act_as(&self, id: TaskId) -> Option<Acting<'_>> {
        self.is_watched().then(|| Acting { core: self, before: self.waking.replace(WakeSource::Task(id)) })
    }
}

/// Drops the future of a task in place. If that panics, the panic becomes the task's result.
fn fail(task: &mut BoxedTask, error: impl FnOnce(Option<&str>) -> JoinError) {
    let error = error(task.name());
    let id = error.id();
    let dropping = catch_unwind(AssertUnwindSafe(|| task.as_mut().fail(error)));
    if let (Err(panic), Some(id)) = (dropping, id) {
        let error = JoinError::panicked(id, task.name(), panic);
        task.as_mut().fail(error);
    }
}

/// As long as this lives, wakes count as those of a task.
struct Acting<'a> {
    core: &'a Core,
    before: WakeSource,
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        self.core.waking.set(self.before);
    }
}

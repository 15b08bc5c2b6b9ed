//! A round of polls, and what comes of each.

use std::cell::RefCell;
use std::future::Future;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::core::Core;
use crate::join_error::Panic;
use crate::task::{BoxedTask, TaskId};
use crate::tasks::Finished;
use crate::waker::waker_of;
use crate::{Event, JoinError, Order, UnhandledPanic};

/// What came of a task that was next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Polled {
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
    /// One round: each task that is queued now is polled once, in order; what is woken meanwhile waits
    /// for the next round. `poll` may end the round early, and the rest of the batch stays queued.
    ///
    /// # Panics
    ///
    /// With the panic of a task whose handle was dropped without reading it.
    pub(crate) fn round<B>(&self, mut poll: impl FnMut(TaskId) -> ControlFlow<B>) -> ControlFlow<B> {
        self.deliver_mail();
        let batch = self.queue.begin_round();
        self.polls_since_look.set(self.polls_since_look.get() + batch);
        let mut flow = ControlFlow::Continue(());
        for _ in 0..batch {
            let Some(id) = self.next() else { break };
            flow = poll(id);
            if flow.is_break() {
                break;
            }
        }
        self.raise_unread_panic();
        flow
    }

    /// Takes the next task out of the queue.
    #[inline]
    fn next(&self) -> Option<TaskId> {
        match &self.order {
            None => self.queue.pop(),
            Some(order) => self.next_chosen(order),
        }
    }

    /// Has somebody choose the next task, out of all that are ready now.
    #[cold]
    fn next_chosen(&self, order: &RefCell<Box<dyn Order>>) -> Option<TaskId> {
        self.deliver_mail();
        self.queue
            .pop_chosen(|id| self.tasks.borrow_mut().retain(id), |ready| order.borrow_mut().choose(ready))
    }

    /// Polls a task, or drops it if it was aborted.
    pub(crate) fn poll_task(&self, id: TaskId) -> Polled {
        let checked_out = self.tasks.borrow_mut().check_out(id);
        let Some((mut task, aborted)) = checked_out else {
            return Polled::Gone;
        };
        if aborted {
            if let Some(waker) = task.waker() {
                waker.begin_poll();
            }
            self.cancel(id, task);
            return Polled::Aborted;
        }
        let poll =
            if self.is_watched() { self.poll_watched(id, &mut task) } else { poll_contained(&mut task) };
        if let Ok(Poll::Pending) = poll {
            self.check_in(id, task);
            return Polled::Pending;
        }
        self.complete(id, task, poll.err());
        Polled::Completed
    }

    /// Polls a task before an observer's eyes.
    #[cold]
    fn poll_watched(&self, id: TaskId, task: &mut BoxedTask) -> Result<Poll<()>, Panic> {
        let _acting = self.act_as(id);
        self.tell(|| Event::PollStart { task: id });
        let poll = poll_contained(task);
        self.tell(|| Event::PollEnd { task: id, ready: !matches!(poll, Ok(Poll::Pending)) });
        poll
    }

    /// Polls a root.
    pub(crate) fn poll_root<F: Future>(&self, id: TaskId, root: Pin<&mut F>) -> Poll<F::Output> {
        let waker = self.tasks.borrow_mut().check_out_root(id);
        let waker = waker.expect("a root keeps its slot as long as its block_on runs");
        waker.begin_poll();
        let _acting = self.act_as(id);
        self.tell(|| Event::PollStart { task: id });
        let poll = catch_unwind(AssertUnwindSafe(|| root.poll(&mut Context::from_waker(&waker_of(&waker)))));
        self.tell(|| Event::PollEnd { task: id, ready: !matches!(poll, Ok(Poll::Pending)) });
        self.tasks.borrow_mut().check_in_root(id, waker);
        poll.unwrap_or_else(|panic| resume_unwind(panic))
    }

    #[inline]
    fn check_in(&self, id: TaskId, task: BoxedTask) {
        let aborted = self.tasks.borrow_mut().check_in(id, task);
        if aborted {
            self.abort(id);
        }
    }

    /// Ends a checked-out task that is ready or has panicked.
    fn complete(&self, id: TaskId, mut task: BoxedTask, panic: Option<Panic>) {
        let _acting = self.act_as(id);
        if let Some(panic) = panic {
            fail(&mut task, |name| JoinError::panicked(id, name, panic));
        }
        self.tell(|| Event::Dropped { task: id, completed: true });
        self.finish(id, task);
    }

    /// Ends a checked-out task that was aborted, or whose executor was dropped.
    pub(crate) fn cancel(&self, id: TaskId, mut task: BoxedTask) {
        let _acting = self.act_as(id);
        fail(&mut task, |name| JoinError::cancelled(id, name));
        self.tell(|| Event::Dropped { task: id, completed: false });
        self.finish(id, task);
    }

    /// Leaves the result of a checked-out task to its handle, or drops it.
    fn finish(&self, id: TaskId, task: BoxedTask) {
        let finished = self.tasks.borrow_mut().finish(id, task);
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
    #[inline]
    pub(crate) fn discard(&self, mut task: BoxedTask) -> Option<Panic> {
        let unread = task.as_mut().take_panic();
        let dropping = catch_unwind(AssertUnwindSafe(|| drop(task))).err();
        match self.unhandled_panic {
            UnhandledPanic::Raise => unread.or(dropping),
            UnhandledPanic::Ignore => None,
        }
    }
}

/// Polls a task. A panic of its future ends here.
#[inline]
fn poll_contained(task: &mut BoxedTask) -> Result<Poll<()>, Panic> {
    catch_unwind(AssertUnwindSafe(|| task.as_mut().poll()))
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

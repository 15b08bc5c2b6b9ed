//! Rounds of polls, and what comes of each poll.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::{Context, Poll};

use crate::core::Core;
use crate::joiner::{Joiner, PollingId};
use crate::panic::{Panic, contain};
use crate::slot::{Body, Finished, Polling, Turn};
use crate::task::{BoxedTask, TaskId};
use crate::waker::waker_of;
use crate::{Event, JoinError, UnhandledPanic, WakeSource};

/// What a `block_on` runs for: a future that may borrow, and so stays on the stack.
pub(crate) trait Root {
    /// Polls the future; when it is ready, keeps its output.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// There is no root: nothing but tasks is polled.
pub(crate) struct NoRoot;

impl Root for NoRoot {
    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        unreachable!("only a `block_on` puts a root into the queue")
    }
}

/// When to stop polling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Until {
    /// When the round is over.
    RoundEnds,
    /// When the root is ready; sleeps when there is nothing to do.
    RootIsReady,
}

impl Core {
    /// Polls the tasks of the round that has begun, each once and in order, and then, if there is a root, those of
    /// further rounds. What is woken meanwhile waits for the next round.
    ///
    /// # Panics
    ///
    /// With the panic of the root, or of a task that has no handle to report it. The rest of the batch stays queued.
    pub(crate) fn run(&self, root: &mut dyn Root, until: Until) {
        // The task that is being polled. It stands here, outside of what a panic unwinds, so that its future is not
        // dropped while that panic is on its way: if the drop panicked too, the process would abort.
        let mut polling = Polling::new();
        loop {
            // One net for all polls: to spread it for each would cost a tenth of a poll.
            let run = catch_unwind(AssertUnwindSafe(|| {
                if self.has_seams() {
                    self.rounds::<true>(&mut polling, root, until);
                } else {
                    self.rounds::<false>(&mut polling, root, until);
                }
            }));
            match run {
                Ok(()) => return,
                Err(panic) if polling.body.waker.is_some() => self.panicked(&mut polling, panic),
                Err(panic) => resume_unwind(panic),
            }
        }
    }

    /// The loop that everything is about. It exists twice, so that an executor without an observer and an order
    /// does not ask for them again and again.
    #[inline(never)]
    fn rounds<const SEAMS: bool>(&self, polling: &mut Polling, root: &mut dyn Root, until: Until) {
        loop {
            while let Some(turn) = self.next::<SEAMS>(polling) {
                if turn == Turn::Drop {
                    self.cancel(polling);
                } else if self.poll::<SEAMS>(polling, root).is_ready() {
                    if polling.body.task.is_none() {
                        return self.put_back(polling);
                    }
                    self.complete(polling);
                }
            }
            if until == Until::RoundEnds {
                return;
            }
            self.raise_unread_panic();
            self.next_round();
        }
    }

    /// Puts the task that was polled back, and takes the next one of the round.
    #[inline(always)]
    fn next<const SEAMS: bool>(&self, polling: &mut Polling) -> Option<Turn> {
        if SEAMS {
            return self.next_by_seams(polling);
        }
        self.tasks.borrow_mut().next(polling, &self.queue)
    }

    #[inline(always)]
    fn poll<const SEAMS: bool>(&self, polling: &mut Polling, root: &mut dyn Root) -> Poll<()> {
        let Body { task, waker: Some(waker) } = &mut polling.body else {
            unreachable!("a task has a waker until it is done");
        };
        self.cadence.polled();
        waker.begin_poll();
        let waker = waker_of(waker);
        self.polling.set(PollingId::new(polling.id, &waker));
        let cx = &mut Context::from_waker(&waker);
        let mut poll = || match task {
            Some(task) => task.as_mut().poll(cx),
            None => root.poll(cx),
        };
        if SEAMS { self.watched(polling.id, poll) } else { poll() }
    }

    /// Puts a root back into its slot.
    fn put_back(&self, root: &mut Polling) {
        self.tasks.borrow_mut().check_in(root, &self.queue);
    }

    /// The poll of a task or a root has panicked.
    #[cold]
    fn panicked(&self, polling: &mut Polling, panic: Panic) {
        let id = polling.id;
        self.tell(|| Event::PollEnd { task: id, ready: true });
        let Some(task) = &mut polling.body.task else {
            self.put_back(polling);
            resume_unwind(panic);
        };
        let acting = self.act_as(WakeSource::Task(id));
        fail(id, task, Some(panic));
        drop(acting);
        self.complete(polling);
    }

    /// Ends a checked-out task that is ready or has panicked.
    fn complete(&self, polling: &mut Polling) {
        let id = polling.id;
        self.completed.set(self.completed.get().wrapping_add(1));
        let _acting = self.act_as(WakeSource::Task(id));
        self.tell(|| Event::Dropped { task: id, completed: true });
        self.finish(polling);
    }

    /// Ends a checked-out task that was aborted, or whose executor was dropped.
    #[cold]
    pub(crate) fn cancel(&self, polling: &mut Polling) {
        let id = polling.id;
        let _acting = self.act_as(WakeSource::Task(id));
        if let Body { task: Some(task), waker: Some(waker) } = &mut polling.body {
            waker.begin_poll();
            fail(id, task, None);
        }
        self.tell(|| Event::Dropped { task: id, completed: false });
        self.finish(polling);
    }

    /// Leaves the result of a checked-out task to its handle, or drops it.
    fn finish(&self, polling: &mut Polling) {
        self.polling.set(PollingId::NONE);
        let finished = self.tasks.borrow_mut().finish(polling);
        match finished {
            Finished::Kept(Some(Joiner::Task(id))) => self.wake_joiner(id),
            Finished::Kept(Some(Joiner::Waker(waker))) => waker.wake(),
            Finished::Kept(None) => {}
            Finished::Unclaimed(task) => {
                if let Some(panic) = task.and_then(|task| self.discard(task)) {
                    resume_unwind(panic);
                }
            }
        }
    }

    /// Queues the task that awaits one which has finished.
    fn wake_joiner(&self, id: TaskId) {
        let pushed = { self.tasks.borrow_mut() }.waker(id).map(|waker| self.queue.push(waker));
        self.tell_pushed(id, self.waking.get(), pushed);
    }

    /// Drops a result that nobody wants, and returns the panic, if there is one, that is to be raised
    /// for want of anybody who would read it.
    pub(crate) fn discard(&self, mut task: BoxedTask) -> Option<Panic> {
        let unread = catch_unwind(AssertUnwindSafe(|| task.as_mut().clear())).unwrap_or_else(Some);
        self.recycle(task);
        match self.unhandled_panic {
            UnhandledPanic::Raise => unread,
            UnhandledPanic::Ignore => {
                contain(|| drop(unread));
                None
            }
        }
    }

    // What is different when somebody watches, or chooses.

    #[inline]
    fn has_seams(&self) -> bool {
        self.order.is_some() || self.is_watched()
    }

    #[inline(never)]
    fn next_by_seams(&self, polling: &mut Polling) -> Option<Turn> {
        if polling.body.waker.is_some() {
            let pushed = self.tasks.borrow_mut().check_in(polling, &self.queue);
            // If it was aborted, that was in its own poll.
            self.tell_pushed(polling.id, WakeSource::Task(polling.id), pushed);
        }
        match &self.order {
            None => self.tasks.borrow_mut().next(polling, &self.queue),
            Some(order) => {
                // As many polls as the round had tasks when it began.
                self.turns.set(self.turns.get().checked_sub(1)?);
                self.deliver_mail();
                // A copy, since the choice is foreign code, which may wake tasks.
                let ready = self.tasks.borrow_mut().gather(&self.queue).to_vec();
                if ready.is_empty() {
                    return None;
                }
                let index = order.borrow_mut().choose(&ready);
                let chosen = self.tasks.borrow_mut().choose(index, polling);
                assert!(chosen.is_some(), "an order chose number {index} of {} ready tasks", ready.len());
                chosen
            }
        }
    }

    /// Makes a poll before an observer's eyes.
    fn watched(&self, id: TaskId, poll: impl FnOnce() -> Poll<()>) -> Poll<()> {
        let _acting = self.act_as(WakeSource::Task(id));
        self.tell(|| Event::PollStart { task: id });
        let poll = poll();
        self.tell(|| Event::PollEnd { task: id, ready: poll.is_ready() });
        poll
    }
}

/// Drops the future of a task in place, and leaves what ended it as its result: that it has panicked, or otherwise that
/// it was cancelled. If the drop panics as well, the first panic is kept, which says more.
fn fail(id: TaskId, task: &mut BoxedTask, panic: Option<Panic>) {
    let has_panicked = panic.is_some();
    let error = match panic {
        Some(panic) => JoinError::panicked(id, task.name(), panic),
        None => JoinError::cancelled(id, task.name()),
    };
    let Err(dropping) = catch_unwind(AssertUnwindSafe(|| task.as_mut().fail(error))) else { return };
    if has_panicked {
        contain(|| drop(dropping));
    } else {
        let error = JoinError::panicked(id, task.name(), dropping);
        task.as_mut().fail(error);
    }
}

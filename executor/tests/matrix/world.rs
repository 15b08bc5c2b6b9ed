//! The task of a case, and everybody around it.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use executor::{AbortHandle, JoinError, JoinHandle};

use crate::case::{Case, Ending, FUTURE_DROP, Means, OUTPUT_DROP, POLL};
use crate::outcome::{End, Who};
use crate::support::message;

/// What the task, its companion and the test share.
pub(crate) struct World {
    pub(crate) case: Case,
    steps: Arc<Mutex<Vec<Step>>>,
    /// Who is at work.
    who: Cell<Who>,
    pub(crate) handle: RefCell<Option<JoinHandle<Output>>>,
    pub(crate) abort_handle: RefCell<Option<AbortHandle>>,
    /// The waker of the task's last poll.
    pub(crate) waker: RefCell<Option<Waker>>,
    pub(crate) got: RefCell<Option<End>>,
}

/// What is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Polled,
    OutputMade,
    FutureDropped,
    OutputDropped(Who),
    JoinerWoken,
}

impl World {
    pub(crate) fn new(case: Case) -> Rc<Self> {
        Rc::new(World {
            case,
            steps: Arc::default(),
            who: Cell::new(Who::Executor),
            handle: RefCell::default(),
            abort_handle: RefCell::default(),
            waker: RefCell::default(),
            got: RefCell::default(),
        })
    }

    fn note(&self, step: Step) {
        self.steps.lock().unwrap().push(step);
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap().clone()
    }

    pub(crate) fn abort(&self) {
        match self.case.means {
            Means::JoinHandle => self.handle.borrow().as_ref().expect("the handle is there").abort(),
            Means::AbortHandle => self.abort_handle.borrow().as_ref().expect("the task was spawned").abort(),
        }
    }

    /// Drops the handle, on behalf of `who`.
    pub(crate) fn drop_handle(&self, who: Who) {
        let handle = self.handle.take();
        self.who.set(who);
        drop(handle);
        self.who.set(Who::Executor);
    }

    /// Polls the handle, and takes what it gives on behalf of `who`.
    pub(crate) fn poll_handle(&self, who: Who, cx: &mut Context<'_>) -> Poll<()> {
        let waker =
            Waker::from(Arc::new(Joiner { steps: Arc::clone(&self.steps), waker: cx.waker().clone() }));
        let poll = {
            let mut handle = self.handle.borrow_mut();
            let handle = Pin::new(handle.as_mut().expect("the handle is there"));
            handle.poll(&mut Context::from_waker(&waker))
        };
        poll.map(|result| self.receive(result, who))
    }

    fn receive(&self, result: Result<Output, JoinError>, who: Who) {
        let end = match result {
            Ok(output) => {
                self.who.set(who);
                // A panic in this is the receiver's own.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(output)));
                self.who.set(Who::Executor);
                End::Output
            }
            Err(error) if error.is_cancelled() => End::Cancelled,
            Err(error) => End::Panicked(message(&*error.into_panic())),
        };
        let before = self.got.replace(Some(end));
        assert_eq!(before, None, "a handle gives its result once");
    }

    /// The companion that awaits.
    pub(crate) async fn joiner(self: Rc<Self>) {
        poll_fn(|cx| self.poll_handle(Who::Companion, cx)).await;
    }

    /// The task.
    pub(crate) fn victim(self: &Rc<Self>) -> Victim {
        Victim { world: Rc::clone(self), polls: 0 }
    }
}

/// The future that everything is done to.
pub(crate) struct Victim {
    world: Rc<World>,
    polls: usize,
}

impl Future for Victim {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Output> {
        self.polls += 1;
        let Victim { world, polls } = &*self;
        world.note(Step::Polled);
        if *polls == 1 {
            world.waker.replace(Some(cx.waker().clone()));
            if world.case.ending == Ending::AbortedByItself {
                world.abort();
            }
            return Poll::Pending;
        }
        if world.case.ending == Ending::AbortedByItselfWhenDone {
            world.abort();
        }
        if world.case.panics.poll {
            panic_quietly(POLL);
        }
        world.note(Step::OutputMade);
        Poll::Ready(Output { world: Rc::clone(world) })
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.world.note(Step::FutureDropped);
        if self.world.case.panics.future_drop {
            panic_quietly(FUTURE_DROP);
        }
    }
}

/// What the task makes.
pub(crate) struct Output {
    world: Rc<World>,
}

impl Drop for Output {
    fn drop(&mut self) {
        self.world.note(Step::OutputDropped(self.world.who.get()));
        if self.world.case.panics.output_drop {
            panic_quietly(OUTPUT_DROP);
        }
    }
}

/// Panics without the panic hook, which would print thousands of messages.
fn panic_quietly(message: &'static str) {
    resume_unwind(Box::new(message));
}

/// The waker of whoever awaits: writes down that it was woken.
struct Joiner {
    steps: Arc<Mutex<Vec<Step>>>,
    waker: Waker,
}

impl Wake for Joiner {
    fn wake(self: Arc<Self>) {
        self.steps.lock().unwrap().push(Step::JoinerWoken);
        self.waker.wake_by_ref();
    }
}

//! How a case is played.

use std::future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use executor::{Executor, JoinHandle};

use crate::case::{Case, Ending, Interest, Place};
use crate::outcome::{Outcome, Who};
use crate::support::panic_of;
use crate::world::{Step, World};

/// Plays `case`.
pub(crate) fn run(case: Case) -> Outcome {
    let mut play = Play {
        case,
        world: World::new(case),
        executor: Some(Executor::builder().unhandled_panic(case.unhandled).build()),
        raised: Vec::new(),
    };
    play.begin();
    play.bring_to_its_end();
    play.afterwards();
    let usable = play.is_usable();
    play.end();
    play.outcome(usable)
}

struct Play {
    case: Case,
    world: Rc<World>,
    /// Until it is dropped.
    executor: Option<Executor>,
    raised: Vec<String>,
}

impl Play {
    /// Spawns the task and has it polled first. A companion that is to be earlier is spawned
    /// earlier.
    fn begin(&mut self) {
        let at_once = self.case.ending == Ending::AbortedBeforeFirstPoll;
        if self.is(Interest::AwaitedBefore, Place::Task) {
            self.spawn_joiner();
        }
        if at_once && self.is(Interest::DroppedBefore, Place::Task) {
            self.spawn_dropper();
        }
        self.spawn_victim();
        if self.is(Interest::AwaitedBefore, Place::Outside) {
            assert_eq!(self.poll_handle(), Poll::Pending);
        }
        if at_once {
            self.world.abort();
            self.drop_before(Place::Outside);
        }
        if self.case.ending == Ending::AbortedByItself {
            self.drop_before(Place::Task);
        }
        self.tick();
    }

    /// Has the task end.
    fn bring_to_its_end(&mut self) {
        match self.case.ending {
            Ending::AbortedBeforeFirstPoll => return,
            Ending::AbortedByItself => self.drop_before(Place::Outside),
            _ => {
                // A dropper is queued ahead of the task.
                self.drop_before(Place::Task);
                self.bring_about_the_end();
                self.drop_before(Place::Outside);
            }
        }
        if self.case.ending == Ending::ExecutorDropped {
            self.executor = None;
        }
        self.tick();
        if self.case.ending == Ending::AbortedAfterCompletion {
            self.world.abort();
        }
        self.settle();
    }

    fn bring_about_the_end(&self) {
        let wake = || self.world.waker.borrow().as_ref().expect("the task was polled").wake_by_ref();
        match self.case.ending {
            Ending::AbortedWhileParked => self.world.abort(),
            Ending::AbortedWhileQueued => {
                wake();
                self.world.abort();
            }
            Ending::ExecutorDropped => {}
            _ => wake(),
        }
    }

    /// Does what is left to do with the handle.
    fn afterwards(&mut self) {
        let awaits = matches!(self.case.interest, Interest::AwaitedBefore | Interest::AwaitedAfter);
        if self.is(Interest::AwaitedAfter, Place::Task) {
            self.spawn_joiner();
        } else if awaits && self.case.place == Place::Outside {
            assert_eq!(self.poll_handle(), Poll::Ready(()));
        } else if self.is(Interest::DroppedAfter, Place::Task) {
            self.spawn_dropper();
        } else if self.is(Interest::DroppedAfter, Place::Outside) {
            self.world.drop_handle(Who::Outside);
        }
        self.settle();
    }

    /// Drops the executor, and the handle if there still is one.
    fn end(&mut self) {
        if self.is(Interest::Kept, Place::Task) {
            let handle: Option<JoinHandle<_>> = self.world.handle.take();
            self.spawn(async move {
                let _handle = handle;
                future::pending::<()>().await;
            });
            self.tick();
        }
        self.executor = None;
        self.world.drop_handle(Who::Outside);
    }

    fn outcome(self, usable: Option<bool>) -> Outcome {
        let steps = self.world.steps();
        let count = |step| steps.iter().filter(|&&other| other == step).count();
        let position = |step| steps.iter().position(|&other| other == step);
        let woken = position(Step::JoinerWoken);
        self.world.waker.take();
        Outcome {
            polls: count(Step::Polled),
            futures_dropped: count(Step::FutureDropped),
            outputs_made: count(Step::OutputMade),
            outputs_dropped: steps
                .iter()
                .filter_map(|step| if let Step::OutputDropped(who) = step { Some(*who) } else { None })
                .collect(),
            got: self.world.got.take(),
            joiner_woken: count(Step::JoinerWoken),
            joiner_woken_last: woken.is_none_or(|woken| position(Step::FutureDropped) < Some(woken)),
            raised: self.raised,
            usable,
            all_freed: Rc::strong_count(&self.world) == 1,
        }
    }

    // The steps of the above.

    fn is(&self, interest: Interest, place: Place) -> bool {
        self.case.interest == interest && self.case.place == place
    }

    fn drop_before(&self, place: Place) {
        if self.is(Interest::DroppedBefore, place) {
            match place {
                Place::Task => self.spawn_dropper(),
                Place::Outside => self.world.drop_handle(Who::Outside),
            }
        }
    }

    fn spawn_victim(&self) {
        let executor = self.executor.as_ref().expect("the executor is there");
        let handle = executor.spawn(self.world.victim());
        self.world.abort_handle.replace(Some(handle.abort_handle()));
        self.world.handle.replace(Some(handle));
    }

    fn spawn_joiner(&self) {
        self.spawn(Rc::clone(&self.world).joiner());
    }

    fn spawn_dropper(&self) {
        let world = Rc::clone(&self.world);
        self.spawn(async move { world.drop_handle(Who::Companion) });
    }

    fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        self.executor.as_ref().expect("the executor is there").spawn(future).detach();
    }

    fn poll_handle(&self) -> Poll<()> {
        self.world.poll_handle(Who::Outside, &mut Context::from_waker(Waker::noop()))
    }

    /// One round.
    fn tick(&mut self) {
        if let Some(executor) = &self.executor {
            self.raised.extend(panic_of(|| executor.tick()));
        }
    }

    /// Rounds until nothing is left to do, and one more, since a panic may be left to raise.
    fn settle(&mut self) {
        if let Some(executor) = &self.executor {
            while let Some(panic) = panic_of(|| executor.run_until_stalled()) {
                self.raised.push(panic);
            }
        }
        self.tick();
    }

    fn is_usable(&self) -> Option<bool> {
        let executor = self.executor.as_ref()?;
        let live = executor.tick().live;
        let seven = executor.block_on(executor.spawn(async { 7 }));
        Some(live == 0 && seven.is_ok_and(|seven| seven == 7))
    }
}

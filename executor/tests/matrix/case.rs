//! What can be combined.

use executor::UnhandledPanic;

/// One combination: what is done to a task, to its handle, and what panics meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) interest: Interest,
    pub(crate) place: Place,
    pub(crate) ending: Ending,
    pub(crate) means: Means,
    pub(crate) panics: Panics,
    pub(crate) unhandled: UnhandledPanic,
}

/// What becomes of the handle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Interest {
    /// It is polled before the task is polled, and again when the task is done.
    AwaitedBefore,
    /// It is polled when the task is done.
    AwaitedAfter,
    /// It is dropped just before the task is polled or cancelled for the last time.
    DroppedBefore,
    /// It is dropped when the task is done.
    DroppedAfter,
    /// It is never polled, and dropped with the executor or after it.
    Kept,
}

/// Where the handle is awaited or dropped, and so the output too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In another task of the executor.
    Task,
    /// Where the executor is not running.
    Outside,
}

/// How the task ends. It is pending in its first poll and ready in its second, if it comes that far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    NotAborted,
    AbortedBeforeFirstPoll,
    AbortedWhileParked,
    AbortedWhileQueued,
    /// In its first poll, which is pending.
    AbortedByItself,
    /// In its second poll, which is ready or panics.
    AbortedByItselfWhenDone,
    AbortedAfterCompletion,
    /// The executor is dropped while the task is parked.
    ExecutorDropped,
}

/// What aborts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Means {
    JoinHandle,
    AbortHandle,
}

/// What panics, if it comes to that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Panics {
    pub(crate) poll: bool,
    pub(crate) future_drop: bool,
    pub(crate) output_drop: bool,
}

/// The messages of those panics.
pub(crate) const POLL: &str = "in the poll";
pub(crate) const FUTURE_DROP: &str = "in the drop of the future";
pub(crate) const OUTPUT_DROP: &str = "in the drop of the output";

const INTERESTS: [Interest; 5] = {
    use Interest::*;
    [AwaitedBefore, AwaitedAfter, DroppedBefore, DroppedAfter, Kept]
};

const ENDINGS: [Ending; 8] = {
    use Ending::*;
    [
        NotAborted,
        AbortedBeforeFirstPoll,
        AbortedWhileParked,
        AbortedWhileQueued,
        AbortedByItself,
        AbortedByItselfWhenDone,
        AbortedAfterCompletion,
        ExecutorDropped,
    ]
};

impl Case {
    /// All combinations that can occur.
    pub(crate) fn all() -> Vec<Case> {
        let mut cases = Vec::new();
        for interest in INTERESTS {
            for place in [Place::Task, Place::Outside] {
                for ending in ENDINGS {
                    for means in [Means::JoinHandle, Means::AbortHandle] {
                        for panics in Panics::all() {
                            for unhandled in [UnhandledPanic::Raise, UnhandledPanic::Ignore] {
                                cases.push(Case { interest, place, ending, means, panics, unhandled });
                            }
                        }
                    }
                }
            }
        }
        cases.retain(Case::can_occur);
        cases
    }

    fn can_occur(&self) -> bool {
        match (self.ending, self.means) {
            // Nothing aborts, so there is one of these and not two.
            (Ending::NotAborted, means) => means == Means::JoinHandle,
            // No task can await or drop anything when there is no executor.
            (Ending::ExecutorDropped, means) => means == Means::JoinHandle && self.place == Place::Outside,
            // The handle that would abort was dropped.
            (Ending::AbortedByItselfWhenDone | Ending::AbortedAfterCompletion, Means::JoinHandle) => {
                self.interest != Interest::DroppedBefore
            }
            _ => true,
        }
    }
}

impl Panics {
    fn all() -> impl Iterator<Item = Panics> {
        (0..8u8).map(|bits| Panics {
            poll: bits & 1 != 0,
            future_drop: bits & 2 != 0,
            output_drop: bits & 4 != 0,
        })
    }
}

//! What comes of a case, and what should.

use executor::UnhandledPanic;

use crate::case::{Case, Ending, FUTURE_DROP, Interest, OUTPUT_DROP, POLL, Place};

/// All that a case is judged by.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Outcome {
    /// How often the task was polled.
    pub(crate) polls: usize,
    /// How often its future was dropped.
    pub(crate) futures_dropped: usize,
    /// How many outputs it made.
    pub(crate) outputs_made: usize,
    /// Who dropped them.
    pub(crate) outputs_dropped: Vec<Who>,
    /// What awaiting the handle gave.
    pub(crate) got: Option<End>,
    /// How often whoever awaits was woken.
    pub(crate) joiner_woken: usize,
    /// Whether the future was gone by then.
    pub(crate) joiner_woken_last: bool,
    /// The panics that came out of the executor.
    pub(crate) raised: Vec<String>,
    /// Whether the executor did its work afterwards, with no task left; `None` if it was dropped.
    pub(crate) usable: Option<bool>,
    /// Whether nothing of the task is left in the end.
    pub(crate) all_freed: bool,
}

/// Who is doing something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    /// The executor.
    Executor,
    /// The task that has the handle.
    Companion,
    /// The test, while the executor is not running.
    Outside,
}

/// How a task ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Output,
    Cancelled,
    Panicked(String),
}

/// The oracle: what a reader of the documentation would say.
pub(crate) fn expected(case: Case) -> Outcome {
    let polls = polls(case.ending);
    let outputs_made = usize::from(polls == 2 && !case.panics.poll);
    let end = end(case);
    let outputs_dropped = (outputs_made > 0).then(|| who_drops(case, &end)).into_iter().collect();
    let awaited = matches!(case.interest, Interest::AwaitedBefore | Interest::AwaitedAfter);
    Outcome {
        polls,
        futures_dropped: 1,
        outputs_made,
        outputs_dropped,
        joiner_woken: usize::from(case.interest == Interest::AwaitedBefore),
        joiner_woken_last: true,
        raised: raised(case, &end).into_iter().collect(),
        got: awaited.then_some(end),
        usable: (case.ending != Ending::ExecutorDropped).then_some(true),
        all_freed: true,
    }
}

fn polls(ending: Ending) -> usize {
    match ending {
        Ending::AbortedBeforeFirstPoll => 0,
        Ending::NotAborted | Ending::AbortedByItselfWhenDone | Ending::AbortedAfterCompletion => 2,
        _ => 1,
    }
}

/// A panic is the end of a task, whenever it comes; of several, the first.
fn end(case: Case) -> End {
    let panicked = |message: &str| End::Panicked(message.to_owned());
    if case.panics.poll && polls(case.ending) == 2 {
        panicked(POLL)
    } else if case.panics.future_drop {
        panicked(FUTURE_DROP)
    } else if polls(case.ending) < 2 {
        End::Cancelled
    } else {
        End::Output
    }
}

/// Who drops the output: whoever got it, or let go of the handle to it.
fn who_drops(case: Case, end: &End) -> Who {
    match (case.interest, case.place) {
        _ if *end != End::Output => Who::Executor,
        (Interest::DroppedBefore, _) | (Interest::Kept, Place::Task) => Who::Executor,
        (_, Place::Task) => Who::Companion,
        (_, Place::Outside) => Who::Outside,
    }
}

/// The panic that nobody can read, as the handle was dropped while the executor could still raise it.
fn raised(case: Case, end: &End) -> Option<String> {
    let dropped = matches!(case.interest, Interest::DroppedBefore | Interest::DroppedAfter);
    if !dropped || case.unhandled == UnhandledPanic::Ignore || case.ending == Ending::ExecutorDropped {
        return None;
    }
    match end {
        End::Panicked(message) => Some(message.clone()),
        End::Output => case.panics.output_drop.then(|| OUTPUT_DROP.to_owned()),
        End::Cancelled => None,
    }
}

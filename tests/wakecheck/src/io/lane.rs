//! One direction of a scripted stream.

use std::collections::VecDeque;
use std::fmt;
use std::task::Waker;

/// The steps of one direction.
pub(super) struct Lane<S> {
    /// What is left to be played.
    steps: VecDeque<S>,
    /// How many steps were played to their end.
    played: usize,
}

impl<S: PartialEq> Lane<S> {
    pub(super) fn new(steps: impl IntoIterator<Item = S>) -> Self {
        Lane { steps: steps.into_iter().collect(), played: 0 }
    }

    /// The step whose turn it is.
    pub(super) fn front(&self) -> Option<&S> {
        self.steps.front()
    }

    pub(super) fn front_mut(&mut self) -> Option<&mut S> {
        self.steps.front_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &S> {
        self.steps.iter()
    }

    /// Takes the step whose turn it is.
    pub(super) fn play(&mut self) -> Option<S> {
        let step = self.steps.pop_front()?;
        self.played += 1;
        Some(step)
    }

    /// Takes out the first step that is like this one, and tells whether there is one.
    pub(super) fn remove(&mut self, step: &S) -> bool {
        let at = self.steps.iter().position(|other| other == step);
        let removed = at.and_then(|at| self.steps.remove(at)).is_some();
        self.played += usize::from(removed);
        removed
    }

    pub(super) fn push(&mut self, step: S) {
        self.steps.push_back(step);
    }

    /// Forgets the steps that are left: none of them can have its turn any more.
    pub(super) fn clear(&mut self) {
        self.steps.clear();
    }
}

/// As in `1 of 3 steps played, now Blocked`.
impl<S: fmt::Debug> fmt::Display for Lane<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} steps played", self.played, self.played + self.steps.len())?;
        match self.steps.front() {
            Some(step) => write!(f, ", now {step:?}"),
            None => Ok(()),
        }
    }
}

/// Who calls for one direction.
#[derive(Default)]
pub(super) struct Caller {
    /// The task that waits.
    pub(super) waker: Option<Waker>,
    /// How often it called.
    pub(super) polls: usize,
    /// Whether the last call had to wait for no other reason than that the script is halting.
    pub(super) halted: bool,
}

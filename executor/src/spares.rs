//! Boxes that tasks have left behind.

use crate::task::BoxedTask;

/// How many boxes are kept.
const SPARES: usize = 128;

/// The size of a box, in bytes, up to which it is worth keeping and does not lie about for nothing.
const SIZE: usize = 1024;

/// Boxes of tasks that are done, for the next tasks of the same type: to allocate and to free them is a third
/// of what a short task costs.
#[derive(Default)]
pub(crate) struct Spares(Vec<BoxedTask>);

impl Spares {
    /// The box that was left last: its memory is still warm.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<BoxedTask> {
        self.0.pop()
    }

    /// Keeps the box of a task whose result was taken or dropped. Gives it back if there are enough.
    #[inline]
    pub(crate) fn push(&mut self, task: BoxedTask) -> Option<BoxedTask> {
        if self.0.len() == SPARES || size_of_val(&*task) > SIZE {
            return Some(task);
        }
        self.0.push(task);
        None
    }
}

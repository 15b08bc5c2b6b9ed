//! Who is polled next.

use crate::TaskId;

/// Decides which of the ready tasks is polled next. Without one it is the one that was woken
/// first.
///
/// It is asked before every poll, and sees all tasks that are ready then, in the order in which
/// the executor has learnt of their wakes. That is what a test needs to try every order in which a program can run. It is handed a copy of them at
/// each poll, so a round of many tasks takes a time that grows with the square of their number.
///
/// # Examples
///
/// The last one first:
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
/// use executor::{Executor, TaskId};
///
/// let executor = Executor::builder().order(|ready: &[TaskId]| ready.len() - 1).build();
/// let trace = Rc::new(RefCell::new(Vec::new()));
/// for number in 1..=3 {
///     let trace = Rc::clone(&trace);
///     executor.spawn(async move { trace.borrow_mut().push(number) }).detach();
/// }
/// let _ = executor.run_until_stalled();
/// assert_eq!(*trace.borrow(), [3, 2, 1]);
/// ```
pub trait Order {
    /// The index of the task to poll next. `ready` is never empty.
    ///
    /// An index that is out of range makes the executor panic.
    fn choose(&mut self, ready: &[TaskId]) -> usize;
}

impl<F: FnMut(&[TaskId]) -> usize> Order for F {
    fn choose(&mut self, ready: &[TaskId]) -> usize {
        self(ready)
    }
}

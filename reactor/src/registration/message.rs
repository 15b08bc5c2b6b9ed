//! Operations on whole messages, which count for their bytes in a budget.

use std::io;

use mio::event::Source;

use super::Registration;
use crate::Direction;

impl<S: Source> Registration<S> {
    /// As [`async_io`](Registration::async_io), for an operation on a whole message.
    pub(crate) async fn async_message<T: Message>(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        let source = self.get_ref();
        let result = self.slot.attempts(direction, || operation(source)).await;
        self.slot.charge(direction, result.as_ref().map_or(0, T::length));
        result
    }
}

/// What is known of a message that was sent or received.
pub(crate) trait Message {
    /// How many bytes it has.
    fn length(&self) -> usize;
}

impl Message for usize {
    fn length(&self) -> usize {
        *self
    }
}

/// And where it comes from.
impl<A> Message for (usize, A) {
    fn length(&self) -> usize {
        self.0
    }
}

//! A source and its slot, tied together.

use std::fmt;
use std::io;
use std::task::{Context, Poll, Waker};

use mio::event::Source;
use mio::{Interest, Token};

use crate::{Direction, Handle};

/// A source that the kernel watches for a reactor: registered once, edge-triggered, for both
/// directions, until it is dropped.
///
/// [`poll_io`](Registration::poll_io) is all that a socket needs. At most one task waits in each
/// direction: if a second one does, it takes the place of the first, which is woken to find that
/// out. Two tasks that both go on waiting wake each other without end, so give each direction to one
/// task.
pub struct Registration<S: Source> {
    source: S,
    token: Token,
    handle: Handle,
}

impl<S: Source> Registration<S> {
    /// Makes `source` known to the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the kernel cannot watch such a source, watches it already, or the reactor is gone.
    pub fn new(mut source: S, handle: &Handle) -> io::Result<Self> {
        handle.check_turned()?;
        let token = handle.slots().insert();
        let registered =
            handle.registry().register(&mut source, token, Interest::READABLE | Interest::WRITABLE);
        if let Err(error) = registered {
            handle.slots().remove(token);
            return Err(error);
        }
        Ok(Registration { source, token, handle: handle.clone() })
    }

    /// The source itself.
    pub fn get_ref(&self) -> &S {
        &self.source
    }

    /// Tries `operation`; if it would block, waits until the kernel says that it may not.
    ///
    /// # Errors
    ///
    /// What the operation fails with, except for `WouldBlock` and `Interrupted`. Also if it would
    /// have to wait for a reactor that nobody turns: one that was dropped, or that is not the
    /// current one of this thread.
    pub fn poll_io<T>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            while self.is_ready(direction) {
                match operation(&self.source) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.clear(direction),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => return Poll::Ready(result),
                }
            }
            self.handle.check_turned()?;
            self.wait(cx.waker(), direction);
            // Cloning the waker is foreign code, which may have turned the reactor before the clone was
            // in its place.
            if !self.is_ready(direction) {
                return Poll::Pending;
            }
        }
    }

    /// As [`poll_io`](Registration::poll_io), for an operation on a stream of bytes that was to
    /// move `wanted` of them. If it moves fewer, the kernel has no more, or no more room, and
    /// the next attempt waits without asking it: a system call less (tokio#4840).
    ///
    /// Not for streams with urgent data: a read stops at its mark, which looks like a short one.
    ///
    /// # Errors
    ///
    /// Those of [`poll_io`](Registration::poll_io).
    pub fn poll_stream(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        wanted: usize,
        operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let poll = self.poll_io(cx, direction, operation);
        if let Poll::Ready(Ok(moved)) = poll
            && (1..wanted).contains(&moved)
            && let Some(readiness) = self.handle.slots().get_mut(self.token)
        {
            readiness.clear_after_short(direction);
        }
        poll
    }

    fn is_ready(&self, direction: Direction) -> bool {
        self.handle.slots().get_mut(self.token).is_some_and(|readiness| readiness.is_ready(direction))
    }

    fn clear(&self, direction: Direction) {
        if let Some(readiness) = self.handle.slots().get_mut(self.token) {
            readiness.clear(direction);
        }
    }

    /// Has `waker` woken at the next event in that direction.
    ///
    /// No event can slip in between `WouldBlock` and this: events are taken from the kernel by this
    /// same thread, in a turn, and an edge that arose meanwhile is reported by the next one.
    fn wait(&self, waker: &Waker, direction: Direction) {
        let known = { self.handle.slots() }
            .get_mut(self.token)
            .and_then(|readiness| readiness.waker(direction))
            .is_some_and(|known| known.will_wake(waker));
        if known {
            return;
        }
        // Cloned, dropped and woken while nothing is borrowed: all three may be foreign code.
        let waker = waker.clone();
        let replaced = { self.handle.slots() }
            .get_mut(self.token)
            .and_then(|readiness| readiness.replace_waker(direction, waker));
        if let Some(replaced) = replaced {
            replaced.wake();
        }
    }
}

impl<S: Source> Drop for Registration<S> {
    fn drop(&mut self) {
        // Explicitly and before the descriptor is closed: the kernel goes on watching as long as a
        // duplicate of it is open. It can only fail if somebody has deregistered the source
        // already, and then there is nothing left to do.
        let _ = self.handle.registry().deregister(&mut self.source);
        let readiness = self.handle.slots().remove(self.token);
        // The wakers in it may be foreign code, so they go when nothing is borrowed.
        drop(readiness);
    }
}

impl<S: Source + fmt::Debug> fmt::Debug for Registration<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("source", &self.source)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

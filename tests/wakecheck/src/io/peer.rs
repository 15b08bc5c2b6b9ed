//! The end of a scripted stream that the test keeps.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use super::ReadStep;
use super::state::{Shared, State};
use crate::task;

/// The other end of a [`ScriptedStream`](super::ScriptedStream). It outlives the stream.
///
/// # Examples
///
/// ```
/// use std::future::poll_fn;
/// use std::pin::Pin;
/// use futures_io::AsyncRead;
/// use wakecheck::io::{ReadStep, Script};
/// use wakecheck::{assert_not_woken, assert_pending, assert_ready, assert_woken, task};
///
/// let (mut stream, peer) = Script::new().read(ReadStep::Blocked).read("late").open();
/// let mut reading = task::spawn(async move {
///     let mut space = [0; 10];
///     let length = poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, &mut space)).await?;
///     std::io::Result::Ok(space[..length].to_vec())
/// });
/// assert_pending!(reading.poll());
/// assert_not_woken!(reading);
/// peer.release_reads();
/// assert_woken!(reading);
/// assert_eq!(assert_ready!(reading.poll()).unwrap(), b"late");
/// assert_eq!(peer.reads(), 2);
/// ```
#[must_use = "a stream whose peer is gone panics where it would wait for it"]
pub struct Peer {
    shared: Arc<Shared>,
}

impl Peer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Peer { shared }
    }

    /// Ends the next [`ReadStep::Blocked`], whether reads have come to it or not, and wakes who waits
    /// there.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn release_reads(&self) {
        assert!(self.shared.change(State::release_reads), "no step blocks reads: {self}");
    }

    /// Ends the next [`WriteStep::Blocked`](super::WriteStep::Blocked), as
    /// [`release_reads`](Peer::release_reads) does.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn release_writes(&self) {
        assert!(self.shared.change(State::release_writes), "no step blocks writes: {self}");
    }

    /// Adds a step to the reads. Who wants to say later what comes has a script end in
    /// [`ReadStep::Blocked`], adds steps, and [releases](Peer::release_reads) it.
    pub fn read(&self, step: impl Into<ReadStep>) {
        let step = step.into();
        self.shared.change(|state| state.add_read(step));
    }

    /// All bytes that were written so far.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        self.shared.with(|state| state.written.clone())
    }

    /// How many bytes were written and are not flushed: a stream that buffers would still have them.
    #[must_use]
    pub fn unflushed(&self) -> usize {
        self.shared.with(|state| state.unflushed)
    }

    /// How often the stream was flushed with success.
    #[must_use]
    pub fn flushes(&self) -> usize {
        self.shared.with(|state| state.flushes)
    }

    /// Whether the stream was closed: `poll_close`, with success.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.with(|state| state.closed)
    }

    /// Whether the stream was dropped.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.shared.with(|state| state.dropped)
    }

    /// How often `poll_read` was called.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.shared.with(|state| state.reader.polls)
    }

    /// How often `poll_write`, `poll_flush` and `poll_close` were called.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.shared.with(|state| state.writer.polls)
    }

    /// Whether every step has been played to its end. ([`ReadStep::End`] is once a read was told.)
    #[must_use]
    pub fn is_played(&self) -> bool {
        self.shared.with(|state| state.is_played())
    }

    /// Runs a future to its end.
    ///
    /// # Panics
    ///
    /// If nothing will ever wake it, with a word on where the stream stands; and if it wakes itself
    /// without end, as in [`task::run`].
    #[track_caller]
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        match task::run_until_stalled(future) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("nothing will ever wake this future: {self}"),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Who waits for this end is woken, to be told that it is gone.
        self.shared.change(|state| state.peer_is_gone = true);
    }
}

/// Where the stream stands.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.shared, f)
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peer").field(&format_args!("{}", self.shared)).finish()
    }
}

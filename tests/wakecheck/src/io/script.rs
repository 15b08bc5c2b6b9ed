//! What a stream is going to do.

use super::{Peer, ReadStep, ScriptedStream, WriteStep};

/// What the reads and the writes of a [`ScriptedStream`] come to, step by step. Each of the two goes
/// through its own steps, as the two directions of a connection do.
///
/// After its last step a script has nothing to object: reads are at the end, and writes take
/// everything, or what [`write_most`](Script::write_most) says.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use wakecheck::io::{ReadStep, Script, WriteStep};
///
/// let (stream, peer) = Script::new()
///     .read("HTTP/1.1 200 ")
///     .read(ReadStep::Pending)
///     .read(ReadStep::Fail(ErrorKind::Interrupted))
///     .read("OK\r\n\r\n")
///     .write(WriteStep::Most(10))
///     .open();
/// # drop(stream);
/// # assert!(!peer.is_played());
/// ```
#[derive(Clone, Debug)]
#[must_use = "a script is played by the stream that `open` makes"]
pub struct Script {
    pub(super) reads: Vec<ReadStep>,
    pub(super) writes: Vec<WriteStep>,
    /// How much a write takes for which there is no step.
    pub(super) write_most: usize,
    /// Whether every call that could be answered has to wait once before.
    pub(super) halting: bool,
}

impl Script {
    /// Reads that are at the end, and writes that take everything.
    pub fn new() -> Self {
        Script { reads: Vec::new(), writes: Vec::new(), write_most: usize::MAX, halting: false }
    }

    /// Adds a step to the reads; bytes and text are [`ReadStep::Bytes`].
    pub fn read(self, step: impl Into<ReadStep>) -> Self {
        self.reads([step])
    }

    /// Adds steps to the reads, such as the pieces of a [cut](super::cuts()).
    pub fn reads(mut self, steps: impl IntoIterator<Item = impl Into<ReadStep>>) -> Self {
        self.reads.extend(steps.into_iter().map(Into::into));
        self
    }

    /// Adds a step to the writes.
    pub fn write(self, step: WriteStep) -> Self {
        self.writes([step])
    }

    /// Adds steps to the writes.
    pub fn writes(mut self, steps: impl IntoIterator<Item = WriteStep>) -> Self {
        self.writes.extend(steps);
        self
    }

    /// Has all writes for which there is no step take at most so many bytes at a time.
    pub fn write_most(mut self, bytes: usize) -> Self {
        self.write_most = bytes;
        self
    }

    /// Has every call that could be answered wait once before it is, woken at once: whatever the code
    /// under test does, it has to come back for it.
    pub fn halting(mut self) -> Self {
        self.halting = true;
        self
    }

    /// The stream that plays this, and its other end for the test to keep.
    pub fn open(self) -> (ScriptedStream, Peer) {
        ScriptedStream::new(self)
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}

//! What one call comes to.

use std::io::ErrorKind;

/// What reads come to.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ReadStep {
    /// These bytes: as many as the caller has room for, the rest in further reads. A read never gets
    /// bytes of two steps. Without any bytes it is no step at all.
    Bytes(Vec<u8>),
    /// One read has to wait, and is woken at once.
    Pending,
    /// Reads have to wait until the test calls [`Peer::release_reads`](super::Peer::release_reads).
    Blocked,
    /// Reads have to wait until so many bytes were written in all: an answer does not come before the
    /// question.
    AfterWritten(usize),
    /// One read fails. [`Interrupted`](ErrorKind::Interrupted) is one of those that mean no harm.
    Fail(ErrorKind),
    /// Both directions are broken: whoever asks first is told of the reset; afterwards reads are at
    /// the end, and writes find a broken pipe.
    Reset,
    /// All further reads are at the end.
    End,
}

/// What writes come to, and with them flush and close, for which [`Most`](WriteStep::Most) does not
/// matter.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum WriteStep {
    /// One write takes at most so many bytes. None makes `Ok(0)`, which a stream can always answer.
    Most(usize),
    /// One call has to wait, and is woken at once.
    Pending,
    /// Calls have to wait until the test calls [`Peer::release_writes`](super::Peer::release_writes).
    Blocked,
    /// One call fails.
    Fail(ErrorKind),
    /// As [`ReadStep::Reset`].
    Reset,
}

impl ReadStep {
    /// Whether it is none: bytes of which there are none, which would look like the end.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, ReadStep::Bytes(bytes) if bytes.is_empty())
    }
}

impl From<Vec<u8>> for ReadStep {
    fn from(bytes: Vec<u8>) -> Self {
        ReadStep::Bytes(bytes)
    }
}

impl From<&[u8]> for ReadStep {
    fn from(bytes: &[u8]) -> Self {
        ReadStep::Bytes(bytes.to_vec())
    }
}

impl<const LENGTH: usize> From<&[u8; LENGTH]> for ReadStep {
    fn from(bytes: &[u8; LENGTH]) -> Self {
        ReadStep::Bytes(bytes.to_vec())
    }
}

impl From<&str> for ReadStep {
    fn from(text: &str) -> Self {
        ReadStep::Bytes(text.as_bytes().to_vec())
    }
}

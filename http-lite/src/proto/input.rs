use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

/// Bytes to ask the kernel for in one read: enough that a large body is not slower than the socket it comes from.
const READ_SIZE: usize = 64 * 1024;

/// The buffer is renewed when less than this is left to read into. Half of [`READ_SIZE`] bounds the price of
/// renewing it: no more than two bytes are zeroed for each byte that arrives, however small the reads are.
const MIN_SPACE: usize = READ_SIZE / 2;

/// Bytes that have arrived and are not yet understood, and the space for more.
///
/// A body is handed out as a piece of this very buffer, without a copy. Once everybody has dropped the pieces, the
/// memory is used again.
#[derive(Default)]
pub(super) struct Input {
    /// First what has arrived, then zeroes that a read may overwrite.
    bytes: BytesMut,
    /// How much has arrived; never more than `bytes.len()`.
    filled: usize,
}

impl Input {
    /// The space after the last byte that arrived; never empty.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if self.bytes.len().saturating_sub(self.filled) < MIN_SPACE {
            // Cut off the rest first, or it would be copied along.
            self.bytes.truncate(self.filled);
            self.bytes.resize(READ_SIZE.max(self.filled.saturating_add(MIN_SPACE)), 0);
        }
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Says that the first `count` bytes of [`space`](Self::space) have been written.
    ///
    /// # Panics
    ///
    /// If that is more than there is space: whoever read did not tell the truth.
    pub(super) fn fill(&mut self, count: usize) {
        let space = self.bytes.len().saturating_sub(self.filled);
        assert!(count <= space, "a read of {count} bytes cannot fit a space of {space}");
        self.filled = self.filled.saturating_add(count);
    }

    /// What has arrived and was not taken yet.
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Takes the first byte.
    pub(super) fn pop(&mut self) -> Option<u8> {
        let byte = self.filled().first().copied()?;
        self.skip(1);
        Some(byte)
    }

    /// Takes the first `count` bytes, or all there are if that is less.
    pub(super) fn take(&mut self, count: usize) -> Bytes {
        let count = count.min(self.filled);
        self.filled = self.filled.saturating_sub(count);
        self.bytes.split_to(count).freeze()
    }

    /// Takes what there is of the next `count` bytes; `None` if nothing is there.
    pub(super) fn take_some(&mut self, count: u64) -> Option<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        (!self.is_empty() && count > 0).then(|| self.take(count))
    }

    /// Drops the first `count` bytes, or all there are if that is less.
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.filled);
        self.filled = self.filled.saturating_sub(count);
        self.bytes.advance(count);
    }
}

/// Without the bytes: there may be very many, and those to come are not worth a look.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("filled", &self.filled).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

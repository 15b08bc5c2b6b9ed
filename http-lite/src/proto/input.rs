use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

/// Bytes of the first read: a head and a small body fit, and a thousand connections that wait are still cheap.
const FIRST_READ: usize = 8 * 1024;

/// Bytes of a read once they keep coming: enough that a large body is not slower than the socket it comes from.
const LARGEST_READ: usize = 64 * 1024;

/// Bytes that have arrived and are not yet understood, and the space for more.
///
/// A body is handed out as a piece of this very buffer, without a copy. Once everybody has dropped the pieces, the
/// memory is used again. It grows while reads fill it, so that whoever receives little holds little.
pub(super) struct Input {
    /// First what has arrived, then bytes that a read may overwrite.
    bytes: BytesMut,
    /// How much has arrived; never more than `bytes.len()`.
    filled: usize,
    /// The last large piece that was taken. If everybody else has dropped it, it is the next buffer as it is: for
    /// large bodies nothing would cost more than to zero memory that is then overwritten.
    taken: Bytes,
    /// Bytes of a buffer, from [`FIRST_READ`] to [`LARGEST_READ`].
    read_size: usize,
}

impl Default for Input {
    fn default() -> Self {
        Self { bytes: BytesMut::new(), filled: 0, taken: Bytes::new(), read_size: FIRST_READ }
    }
}

impl Input {
    /// The space after the last byte that arrived; never empty.
    pub(super) fn space(&mut self) -> &mut [u8] {
        // Half a buffer bounds the price of renewing it: no more than two bytes are zeroed for each that arrives,
        // however small the reads are.
        if self.bytes.len().saturating_sub(self.filled) < self.read_size / 2 {
            self.renew();
        }
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    fn renew(&mut self) {
        // Cut off the rest first, or it would be copied along.
        self.bytes.truncate(self.filled);
        if self.filled == 0 && !self.taken.is_empty() {
            // What is left of the old buffer must be let go before the piece can be all there is of it.
            self.bytes = BytesMut::new();
            if let Ok(taken) = std::mem::take(&mut self.taken).try_into_mut()
                && taken.capacity() >= self.read_size - self.read_size / 4
            {
                self.bytes = taken;
                self.bytes.resize(self.bytes.capacity().min(self.read_size), 0);
                return;
            }
        }
        self.bytes.resize(self.read_size.max(self.filled.saturating_add(self.read_size / 2)), 0);
    }

    /// Lets go of memory that is of no use while nothing is expected.
    pub(super) fn rest(&mut self) {
        if self.filled == 0 && self.read_size > FIRST_READ {
            *self = Self::default();
        }
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
        if count == space {
            self.read_size = self.read_size.saturating_mul(2).min(LARGEST_READ);
        }
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
        let taken = self.bytes.split_to(count).freeze();
        if count >= self.read_size / 2 {
            self.taken = taken.clone();
        }
        taken
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

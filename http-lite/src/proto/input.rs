use std::fmt;
use std::mem;

use bytes::{Bytes, BytesMut};

/// Bytes of the first read: a head and a small body fit, and a thousand connections that wait are still cheap.
const FIRST_READ: usize = 8 * 1024;

/// Bytes of a read once they keep coming: few system calls for a large body, and still no more than 12 MiB of buffers
/// for 64 of them at once.
const LARGEST_READ: usize = 192 * 1024;

/// Bytes that have arrived and are not yet understood, and the space for more.
///
/// A large piece of a body is handed out as a piece of this very buffer, without a copy. Once everybody has dropped the
/// pieces, the buffer is used again as it is: to zero memory that is then overwritten would cost more than anything else
/// here. It grows while reads fill it, so that whoever receives little holds little.
pub(super) struct Input {
    /// Where reads put their bytes. Empty before the first one, and while it is lent.
    buffer: BytesMut,
    /// The buffer while somebody may have a piece of it, so that nothing can be written there; else empty.
    lent: Bytes,
    /// Where in the buffer that begins which has arrived and was not taken yet.
    start: usize,
    /// Where that ends; at least `start`, and at most the length of the buffer.
    end: usize,
    /// Bytes of a buffer, from [`FIRST_READ`] to [`LARGEST_READ`].
    read_size: usize,
    /// Whether the last read filled a whole buffer.
    was_full: bool,
}

impl Default for Input {
    fn default() -> Self {
        let (buffer, lent) = Default::default();
        Self { buffer, lent, start: 0, end: 0, read_size: FIRST_READ, was_full: false }
    }
}

impl Input {
    /// The space after the last byte that arrived; never empty.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if !self.lent.is_empty() {
            self.take_back();
        }
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() < self.read_size {
                self.buffer = BytesMut::zeroed(self.read_size);
            }
        } else if self.buffer.len().saturating_sub(self.end) < self.read_size / 2 {
            self.make_room();
        }
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// Makes the lent buffer writable again, or another one, if somebody keeps a piece of it.
    fn take_back(&mut self) {
        match mem::take(&mut self.lent).try_into_mut() {
            Ok(buffer) => self.buffer = buffer,
            Err(lent) => {
                let rest = lent.get(self.start..self.end).unwrap_or_default();
                self.buffer = BytesMut::from(rest);
                (self.start, self.end) = (0, rest.len());
                self.buffer.resize(self.read_size.max(rest.len()), 0);
            }
        }
    }

    /// Makes more space behind what has arrived: first by moving that to the front, then by a larger buffer.
    fn make_room(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end.saturating_sub(self.start));
        let wanted = self.end.saturating_add(self.read_size / 2);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted.max(self.read_size), 0);
        }
    }

    /// Lets go of memory that is of no use while nothing is expected.
    pub(super) fn rest(&mut self) {
        if self.is_empty() && self.read_size > FIRST_READ {
            *self = Self::default();
        }
    }

    /// Says that the first `count` bytes of [`space`](Self::space) have been written.
    ///
    /// # Panics
    ///
    /// If that is more than there is space: whoever read did not tell the truth.
    pub(super) fn fill(&mut self, count: usize) {
        let space = self.buffer.len().saturating_sub(self.end);
        assert!(count <= space, "a read of {count} bytes cannot fit a space of {space}");
        self.end = self.end.saturating_add(count);
        // Twice in a row: what is only a little larger than one buffer is not worth a new one.
        let is_full = count == self.buffer.len();
        if is_full && self.was_full {
            self.read_size = self.read_size.saturating_mul(2).min(LARGEST_READ);
        }
        self.was_full = is_full && !self.was_full;
    }

    /// What has arrived and was not taken yet.
    pub(super) fn filled(&self) -> &[u8] {
        let bytes = if self.lent.is_empty() { &*self.buffer } else { &*self.lent };
        bytes.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Takes the first byte.
    pub(super) fn pop(&mut self) -> Option<u8> {
        let byte = self.filled().first().copied()?;
        self.skip(1);
        Some(byte)
    }

    /// Takes the first `count` bytes, or all there are if that is less.
    ///
    /// A small piece is copied. It would keep the whole buffer from being used again, and alive as long as itself.
    pub(super) fn take(&mut self, count: usize) -> Bytes {
        let piece = self.filled();
        let piece = piece.get(..count).unwrap_or(piece);
        let count = piece.len();
        let taken = if count < self.read_size / 4 {
            Bytes::copy_from_slice(piece)
        } else {
            if self.lent.is_empty() {
                self.lent = mem::take(&mut self.buffer).freeze();
            }
            self.lent.slice(self.start..self.start.saturating_add(count))
        };
        self.skip(count);
        taken
    }

    /// Takes what there is of the next `count` bytes; `None` if nothing is there.
    pub(super) fn take_some(&mut self, count: u64) -> Option<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        (!self.is_empty() && count > 0).then(|| self.take(count))
    }

    /// Drops the first `count` bytes, or all there are if that is less.
    pub(super) fn skip(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }
}

/// Without the bytes: there may be very many, and those to come are not worth a look.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filled = self.end.saturating_sub(self.start);
        f.debug_struct("Input").field("filled", &filled).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

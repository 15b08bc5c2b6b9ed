//! Bytes without a pattern that a wrong copy could keep.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Marsaglia's xorshift64: the same bytes on every run, for a seed other than 0.
pub struct Xorshift(pub u64);

impl Xorshift {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number less than `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        // The upper half: the lower bits of neighbouring seeds are alike at first.
        usize::try_from((self.next() >> 32) % limit as u64).expect("it is less than a usize")
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let words = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes());
        words.take(length).collect()
    }

    /// Writes a file of `length` bytes, which is a multiple of 8.
    pub fn write_file(&mut self, path: &Path, length: u64) -> io::Result<()> {
        assert!(length.is_multiple_of(8), "eight bytes are made at a time");
        let mut file = BufWriter::new(File::create(path)?);
        for _ in 0..length / 8 {
            file.write_all(&self.next().to_le_bytes())?;
        }
        file.flush()
    }
}

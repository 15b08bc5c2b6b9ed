use http::HeaderMap;

use super::ProtoError;
use super::body::Piece;
use super::fields::{Scanner, parse_trailers};
use super::input::Input;
use crate::Limits;

/// Sixteen hexadecimal digits are 64 bits, so that a size can never overflow.
const MAX_DIGITS: u8 = 16;

/// Decodes a chunked body (RFC 9112 section 7.1), wherever its bytes are cut.
///
/// ```text
///  ┌────────────────────────────────────────────────────────────────────┐
///  └> Size ─────────────────┬─> SizeLineFeed ─┬─> Data ─> DataEnd ─> DataLineFeed
///      ├─> Padding ─────────┤                 └─> Trailers, if the size is 0
///      └─────┴─> Extension ─┘
/// ```
#[derive(Debug)]
pub(super) struct ChunkedDecoder {
    state: State,
    /// Bytes of extensions and padding so far, in all chunks together.
    extension_bytes: usize,
    /// The most of them there may be.
    max_extension_bytes: usize,
    /// The search for the end of the trailers.
    trailers: Scanner,
}

/// What the next byte is part of.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The lines between the data, which are read byte by byte.
    Line(Line),
    /// The data of a chunk; at least one byte is left.
    Data { left: u64 },
    /// What follows the last chunk's size line.
    Trailers,
}

/// A place in the lines between the data of one chunk and that of the next.
#[derive(Clone, Copy, Debug)]
enum Line {
    /// The digits of a size.
    Size { size: u64, digits: u8 },
    /// White space after a size, which some servers write to leave room for longer ones.
    Padding { size: u64 },
    /// What follows a semicolon; it is skipped.
    Extension { size: u64 },
    /// The line feed after a size line's carriage return.
    SizeLineFeed { size: u64 },
    /// The carriage return after the data.
    DataEnd,
    /// The line feed after that.
    DataLineFeed,
}

impl State {
    const START: Self = Self::Line(Line::Size { size: 0, digits: 0 });
}

impl ChunkedDecoder {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            state: State::START,
            extension_bytes: 0,
            max_extension_bytes: limits.chunk_extension_bytes,
            trailers: Scanner::trailers(limits),
        }
    }

    /// The next piece of data, or the trailers, once they are there.
    pub(super) fn decode(&mut self, input: &mut Input) -> Result<Option<Piece>, ProtoError> {
        loop {
            match &mut self.state {
                State::Data { left } => {
                    let Some(data) = input.take_some(*left) else {
                        return Ok(None);
                    };
                    *left = left.saturating_sub(data.len() as u64);
                    if *left == 0 {
                        self.state = State::Line(Line::DataEnd);
                    }
                    return Ok(Some(Piece::Data(data)));
                }
                State::Trailers => return Ok(self.trailers(input)?.map(Piece::End)),
                State::Line(line) => {
                    let line = *line;
                    let Some(byte) = input.pop() else { return Ok(None) };
                    self.state = self.after(line, byte)?;
                }
            }
        }
    }

    /// What it means that the stream ends here.
    pub(super) fn closed(&self) -> ProtoError {
        match self.state {
            State::Data { left } => ProtoError::ClosedInsideChunk { missing: left },
            State::Line(Line::DataEnd | Line::DataLineFeed) => ProtoError::ClosedInsideChunk { missing: 0 },
            State::Line(_) => ProtoError::ClosedBeforeLastChunk,
            State::Trailers => ProtoError::ClosedInsideTrailers,
        }
    }

    /// The state after one more byte of a line.
    fn after(&mut self, line: Line, byte: u8) -> Result<State, ProtoError> {
        match (line, byte) {
            (Line::Size { size, digits }, _) => self.after_digit(size, digits, byte).map(State::Line),
            (Line::Padding { size }, _) => self.after_size(size, byte).map(State::Line),
            (Line::Extension { size }, _) => self.after_extension(size, byte).map(State::Line),
            (Line::SizeLineFeed { size: 0 }, b'\n') => Ok(State::Trailers),
            (Line::SizeLineFeed { size }, b'\n') => Ok(State::Data { left: size }),
            (Line::SizeLineFeed { .. }, _) => Err(ProtoError::BadChunkSize { byte }),
            (Line::DataEnd, b'\r') => Ok(State::Line(Line::DataLineFeed)),
            (Line::DataLineFeed, b'\n') => Ok(State::START),
            (Line::DataEnd | Line::DataLineFeed, _) => Err(ProtoError::BadChunkEnd { byte }),
        }
    }

    fn after_digit(&mut self, size: u64, digits: u8, byte: u8) -> Result<Line, ProtoError> {
        match char::from(byte).to_digit(16) {
            Some(_) if digits == MAX_DIGITS => Err(ProtoError::ChunkTooLarge),
            Some(digit) => {
                Ok(Line::Size { size: size << 4 | u64::from(digit), digits: digits.saturating_add(1) })
            }
            None if digits == 0 => Err(ProtoError::BadChunkSize { byte }),
            None => self.after_size(size, byte),
        }
    }

    fn after_size(&mut self, size: u64, byte: u8) -> Result<Line, ProtoError> {
        let line = match byte {
            b'\r' => return Ok(Line::SizeLineFeed { size }),
            b' ' | b'\t' => Line::Padding { size },
            b';' => Line::Extension { size },
            _ => return Err(ProtoError::BadChunkSize { byte }),
        };
        self.count_extension_byte()?;
        Ok(line)
    }

    fn after_extension(&mut self, size: u64, byte: u8) -> Result<Line, ProtoError> {
        match byte {
            b'\r' => return Ok(Line::SizeLineFeed { size }),
            b'\t' | b' '..=b'~' | 0x80.. => self.count_extension_byte()?,
            _ => return Err(ProtoError::BadChunkExtension { byte }),
        }
        Ok(Line::Extension { size })
    }

    fn count_extension_byte(&mut self) -> Result<(), ProtoError> {
        self.extension_bytes = self.extension_bytes.saturating_add(1);
        if self.extension_bytes > self.max_extension_bytes {
            return Err(ProtoError::ChunkExtensionsTooLarge { limit: self.max_extension_bytes });
        }
        Ok(())
    }

    fn trailers(&mut self, input: &mut Input) -> Result<Option<HeaderMap>, ProtoError> {
        let Some(length) = self.trailers.find_end(input.filled())? else {
            return Ok(None);
        };
        let trailers =
            parse_trailers(input.filled().get(..length).unwrap_or_default(), self.trailers.lines());
        input.skip(length);
        trailers.map(Some)
    }
}

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::{Buf, Bytes};
use http::header::{self, HeaderMap, HeaderName};

use super::RequestFraming;

/// The longest line before a chunk: 16 hexadecimal digits and a line end.
const MAX_SIZE_LINE: usize = 18;

/// Turns the body of a request into the bytes that go out, without copying it.
///
/// It is the counterpart of the [`RequestFraming`] in the head, and holds the caller to it: a body that is longer
/// or shorter than announced would make the server take the rest of the one for the next request, or wait.
///
/// # Examples
///
/// ```
/// use bytes::{Buf, Bytes};
/// use http::HeaderMap;
/// use http_lite::proto::{BodyEncoder, RequestFraming};
///
/// let mut encoder = BodyEncoder::new(RequestFraming::Chunked);
/// let mut wire = Vec::new();
/// let mut framed = encoder.data(Bytes::from("hello"))?;
/// while framed.has_remaining() {
///     let piece = framed.chunk();
///     wire.extend_from_slice(piece); // a real writer may take less, and then advances by less
///     framed.advance(piece.len());
/// }
/// wire.extend_from_slice(&encoder.end(&HeaderMap::new())?);
/// assert_eq!(wire, b"5\r\nhello\r\n0\r\n\r\n");
/// # Ok::<(), http_lite::proto::RequestBodyError>(())
/// ```
#[derive(Debug)]
pub struct BodyEncoder {
    state: State,
}

/// How far the body is.
#[derive(Clone, Copy, Debug)]
enum State {
    /// A body whose length was announced.
    Length {
        /// The length in bytes.
        announced: u64,
        /// How much of it was given; never more than `announced`.
        given: u64,
    },
    /// A body in chunks.
    Chunked,
    /// The end has been encoded.
    Ended,
}

impl BodyEncoder {
    /// An encoder for the body of a request with this framing.
    #[must_use]
    pub fn new(framing: RequestFraming) -> Self {
        let state = match framing {
            RequestFraming::Empty => State::Length { announced: 0, given: 0 },
            RequestFraming::Length(announced) => State::Length { announced, given: 0 },
            RequestFraming::Chunked => State::Chunked,
        };
        Self { state }
    }

    /// The bytes to send for this piece of the body. No data is no bytes: an empty chunk would be the end.
    ///
    /// # Errors
    ///
    /// If it is more than was announced, or the body has ended. Nothing of it counts as given then.
    pub fn data(&mut self, data: Bytes) -> Result<Framed, RequestBodyError> {
        let length = data.len() as u64;
        match &mut self.state {
            State::Length { announced, given } => {
                let announced = *announced;
                let total = given.checked_add(length).filter(|&total| total <= announced);
                *given = total.ok_or(RequestBodyError::TooLong { announced })?;
                Ok(Framed::plain(data))
            }
            State::Chunked if data.is_empty() => Ok(Framed::plain(data)),
            State::Chunked => Ok(Framed::chunk(data)),
            State::Ended => Err(RequestBodyError::AlreadyEnded),
        }
    }

    /// The bytes that end the body; none if its length was announced.
    ///
    /// # Errors
    ///
    /// If less was given than announced, the body has ended before, or there are trailers where none can be: beside
    /// a body that is not chunked, or of a kind that belongs into a head (RFC 9110 section 6.5.1).
    pub fn end(&mut self, trailers: &HeaderMap) -> Result<Bytes, RequestBodyError> {
        let end = match self.state {
            State::Length { .. } if !trailers.is_empty() => return Err(RequestBodyError::TrailersNeedChunks),
            State::Length { announced, given } if given < announced => {
                return Err(RequestBodyError::TooShort { announced, given });
            }
            State::Length { .. } => Bytes::new(),
            State::Chunked if trailers.is_empty() => Bytes::from_static(b"0\r\n\r\n"),
            State::Chunked => last_chunk(trailers)?,
            State::Ended => return Err(RequestBodyError::AlreadyEnded),
        };
        self.state = State::Ended;
        Ok(end)
    }

    /// How many bytes of data are still to be given; `None` if that was not announced.
    #[must_use]
    pub fn missing(&self) -> Option<u64> {
        match self.state {
            State::Length { announced, given } => Some(announced.saturating_sub(given)),
            State::Chunked => None,
            State::Ended => Some(0),
        }
    }
}

/// A piece of a body with what stands before and behind it on the wire. It is read as a [`Buf`], in as many steps as
/// the stream takes, or with vectored writes in one.
#[derive(Clone, Debug)]
#[must_use = "these bytes are to be sent"]
pub struct Framed {
    /// The line before the data, if it is a chunk.
    before: SizeLine,
    /// The caller's data.
    data: Bytes,
    /// The line end behind it, if it is a chunk.
    after: &'static [u8],
}

impl Framed {
    fn plain(data: Bytes) -> Self {
        Self { before: SizeLine::default(), data, after: b"" }
    }

    fn chunk(data: Bytes) -> Self {
        Self { before: SizeLine::of(data.len()), data, after: b"\r\n" }
    }
}

impl Buf for Framed {
    fn remaining(&self) -> usize {
        // Data of nearly usize::MAX bytes cannot exist, so the sum fits.
        self.before.unsent().len().saturating_add(self.data.len()).saturating_add(self.after.len())
    }

    fn chunk(&self) -> &[u8] {
        let before = self.before.unsent();
        if !before.is_empty() {
            before
        } else if !self.data.is_empty() {
            &self.data
        } else {
            self.after
        }
    }

    /// # Panics
    ///
    /// If `count` is more than what [`remains`](Self::remaining).
    fn advance(&mut self, count: usize) {
        assert!(count <= self.remaining(), "{count} bytes cannot have been sent of {}", self.remaining());
        let of_before = count.min(self.before.unsent().len());
        self.before.start = self.before.start.saturating_add(of_before);
        let of_data = count.saturating_sub(of_before).min(self.data.len());
        self.data.advance(of_data);
        self.after.advance(count.saturating_sub(of_before).saturating_sub(of_data));
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let parts = [self.before.unsent(), &self.data, self.after];
        let unsent = parts.into_iter().filter(|part| !part.is_empty());
        slices.iter_mut().zip(unsent).map(|(slice, part)| *slice = std::io::IoSlice::new(part)).count()
    }
}

/// The line that tells the size of a chunk.
#[derive(Clone, Debug, Default)]
struct SizeLine {
    bytes: [u8; MAX_SIZE_LINE],
    /// Where what is not sent yet begins; at most `MAX_SIZE_LINE`.
    start: usize,
    /// Where the line ends.
    end: usize,
}

impl SizeLine {
    fn of(size: usize) -> Self {
        use std::io::Write;
        let mut line = Self::default();
        let mut space = &mut line.bytes[..];
        let written = write!(space, "{size:x}\r\n");
        debug_assert!(written.is_ok(), "the size of what is in memory has at most 16 digits");
        line.end = MAX_SIZE_LINE - space.len();
        line
    }

    fn unsent(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// Why a body cannot be sent as its head announced it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestBodyError {
    /// There is more of the body than was announced.
    TooLong {
        /// The length in bytes that the head gave.
        announced: u64,
    },
    /// The body has ended too early.
    TooShort {
        /// The length in bytes that the head gave.
        announced: u64,
        /// The bytes there were.
        given: u64,
    },
    /// There are trailers, and the body is not chunked.
    TrailersNeedChunks,
    /// A trailer that would come too late for what it says: about framing, routing, authentication or the content
    /// (RFC 9110 section 6.5.1).
    ForbiddenTrailer {
        /// Its name.
        name: HeaderName,
    },
    /// The body had ended before.
    AlreadyEnded,
}

impl std::error::Error for RequestBodyError {}

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { announced } => {
                write!(f, "the request's body is longer than the {announced} bytes announced")
            }
            Self::TooShort { announced, given } => {
                write!(f, "the request's body ended after {given} of the {announced} bytes announced")
            }
            Self::TrailersNeedChunks => {
                f.write_str("the request has trailers and a body of known length: send the body in chunks")
            }
            Self::ForbiddenTrailer { name } => write!(f, "{name} cannot be a trailer: make it a header"),
            Self::AlreadyEnded => f.write_str("the request's body had ended before"),
        }
    }
}

/// The last chunk and the trailers.
fn last_chunk(trailers: &HeaderMap) -> Result<Bytes, RequestBodyError> {
    let mut end = b"0\r\n".to_vec();
    for (name, value) in trailers {
        if FORBIDDEN.contains(name) {
            return Err(RequestBodyError::ForbiddenTrailer { name: name.clone() });
        }
        super::request::put_field(&mut end, name, value.as_bytes());
    }
    end.extend_from_slice(b"\r\n");
    Ok(Bytes::from(end))
}

/// What a server must know before the body, or for the connection itself (RFC 9110 section 6.5.1).
const FORBIDDEN: [HeaderName; 26] = [
    // Framing and the connection.
    header::TRANSFER_ENCODING,
    header::CONTENT_LENGTH,
    header::CONNECTION,
    header::UPGRADE,
    header::TRAILER,
    header::TE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    // Routing, and who is asking.
    header::HOST,
    header::FORWARDED,
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    // How the request is to be taken.
    header::EXPECT,
    header::CACHE_CONTROL,
    header::MAX_FORWARDS,
    header::PRAGMA,
    header::RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
    // How the content is to be taken.
    header::CONTENT_ENCODING,
    header::CONTENT_TYPE,
    header::CONTENT_RANGE,
];

#[cfg(test)]
mod tests;

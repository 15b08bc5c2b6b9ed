use std::fmt;

use super::Excerpt;

/// What was wrong with the bytes a server sent, or with where it stopped.
///
/// "Not enough yet" is not among them: that is [`Event::NeedData`](super::Event::NeedData).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtoError {
    /// The peer's first bytes are not those of an HTTP/1 response. An answer of HTTP/0.9, which has no head, is
    /// one of these.
    NotHttp {
        /// As much of the beginning as had arrived.
        start: Excerpt,
    },
    /// The status line names a version that is neither HTTP/1.0 nor HTTP/1.1.
    UnsupportedVersion {
        /// What stands after `HTTP/`.
        version: Excerpt,
    },
    /// More empty lines before the status line than [`Limits::blank_lines`](crate::Limits::blank_lines).
    TooManyBlankLines {
        /// The limit.
        limit: usize,
    },
    /// The status line is not a version, a status of three digits and a reason.
    BadStatusLine {
        /// The line.
        line: Excerpt,
    },
    /// A line ends in a line feed without a carriage return; accepting it is how smuggled requests begin.
    BareLineFeed {
        /// Where it is.
        section: Section,
    },
    /// A line begins with a space or a tab, which once meant that it continues the one before
    /// (RFC 9112 section 5.2).
    FoldedLine {
        /// Where it is.
        section: Section,
    },
    /// A header or trailer line without a colon, with a character that does not belong, or with a bad name.
    BadField {
        /// Where it is.
        section: Section,
        /// The line.
        line: Excerpt,
    },
    /// More bytes than [`Limits::head_bytes`](crate::Limits::head_bytes) or
    /// [`Limits::trailer_bytes`](crate::Limits::trailer_bytes).
    TooLarge {
        /// What is too large.
        section: Section,
        /// The limit in bytes.
        limit: usize,
    },
    /// More lines than [`Limits::headers`](crate::Limits::headers).
    TooManyFields {
        /// Where they are.
        section: Section,
        /// The limit.
        limit: usize,
    },
    /// More 1xx responses than [`Limits::informational`](crate::Limits::informational).
    TooManyInformational {
        /// The limit.
        limit: usize,
    },
    /// A 101 that switches to a protocol that nobody asked for, or does not say to which.
    UnexpectedUpgrade,
    /// A `Content-Length` that is not a number of at most 64 bits in decimal digits.
    BadContentLength {
        /// The header's value.
        value: Excerpt,
    },
    /// Two `Content-Length`s that differ: where the body ends is anybody's guess.
    ConflictingContentLengths {
        /// The number that came first.
        first: u64,
        /// The number that contradicts it.
        second: u64,
    },
    /// A `Transfer-Encoding` that is not exactly `chunked`.
    BadTransferEncoding {
        /// The header's value.
        value: Excerpt,
    },
    /// A `Transfer-Encoding` in an HTTP/1.0 response, which has none (RFC 9112 section 6.1).
    TransferEncodingInHttp10,
    /// A chunk's size line has no hexadecimal number, or something that does not belong after it.
    BadChunkSize {
        /// The first wrong byte.
        byte: u8,
    },
    /// A chunk's size has more than 16 digits.
    ChunkTooLarge,
    /// A control character, or a bare line feed, in a chunk's extension.
    BadChunkExtension {
        /// The first wrong byte.
        byte: u8,
    },
    /// More than [`Limits::chunk_extension_bytes`](crate::Limits::chunk_extension_bytes).
    ChunkExtensionsTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The data of a chunk is longer than its size: no line end follows.
    BadChunkEnd {
        /// The first wrong byte.
        byte: u8,
    },
    /// The server closed the connection without a byte of a response.
    ClosedBeforeHead,
    /// The server closed the connection in the middle of a head, or after an informational one.
    ClosedInsideHead,
    /// The server closed the connection before it had sent as much as its `Content-Length` announced.
    BodyTooShort {
        /// The length in bytes that the server announced.
        announced: u64,
        /// The bytes that came.
        received: u64,
    },
    /// The server closed the connection in the middle of a chunk.
    ClosedInsideChunk {
        /// How many bytes of data were still to come in this chunk.
        missing: u64,
    },
    /// The server closed the connection between two chunks, or in a size line: the last chunk never came.
    ClosedBeforeLastChunk,
    /// The server closed the connection after the last chunk, but before the empty line that ends the trailers.
    ClosedInsideTrailers,
    /// Bytes follow the response, though nothing else was asked for. What was handed out before is right; who
    /// sent the rest, and as the answer to what, nobody can know.
    BodyTooLong,
}

/// One of the two places where header lines occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The status line and the headers.
    Head,
    /// What may follow a chunked body (RFC 9112 section 7.1.2).
    Trailers,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "response head",
            Self::Trailers => "trailer section",
        })
    }
}

impl std::error::Error for ProtoError {}

impl fmt::Display for ProtoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp { start } => write!(f, "the answer is not HTTP/1: it begins with {start}"),
            Self::UnsupportedVersion { version } => {
                write!(f, "the answer is HTTP version {version}, and only 1.0 and 1.1 are understood")
            }
            Self::TooManyBlankLines { limit } => {
                write!(
                    f,
                    "more than {limit} empty lines come before the response: raise Limits::blank_lines if that is \
                     expected"
                )
            }
            Self::BadStatusLine { line } => write!(f, "the status line {line} is malformed"),
            Self::BareLineFeed { section } => {
                write!(f, "a line feed without a carriage return ends a line of the {section}")
            }
            Self::FoldedLine { section } => write!(f, "a line of the {section} begins with white space"),
            Self::BadField { section, line } => write!(f, "the line {line} of the {section} is malformed"),
            Self::TooLarge { section, limit } => {
                let name = if *section == Section::Head { "head_bytes" } else { "trailer_bytes" };
                write!(
                    f,
                    "the {section} exceeds the limit of {limit} bytes: raise Limits::{name} if that is expected"
                )
            }
            Self::TooManyFields { section, limit } => {
                write!(
                    f,
                    "the {section} exceeds the limit of {limit} lines: raise Limits::headers if that is expected"
                )
            }
            Self::TooManyInformational { limit } => {
                write!(
                    f,
                    "more than {limit} informational responses come before the final one: raise \
                     Limits::informational if that is expected"
                )
            }
            Self::UnexpectedUpgrade => f.write_str("the server switches to another protocol unasked (101)"),
            Self::BadContentLength { value } => {
                write!(f, "the Content-Length {value} is not a number of bytes")
            }
            Self::ConflictingContentLengths { first, second } => {
                write!(f, "the Content-Length is both {first} and {second}")
            }
            Self::BadTransferEncoding { value } => {
                write!(f, "the Transfer-Encoding {value} is not just \"chunked\"")
            }
            Self::TransferEncodingInHttp10 => f.write_str("an HTTP/1.0 response has a Transfer-Encoding"),
            Self::BadChunkSize { byte } => write!(f, "the size of a chunk contains {}", Visible(*byte)),
            Self::ChunkTooLarge => f.write_str("the size of a chunk has more than 16 digits"),
            Self::BadChunkExtension { byte } => {
                write!(f, "the extension of a chunk contains {}", Visible(*byte))
            }
            Self::ChunkExtensionsTooLarge { limit } => {
                write!(
                    f,
                    "the extensions of the chunks exceed the limit of {limit} bytes: raise \
                     Limits::chunk_extension_bytes if that is expected"
                )
            }
            Self::BadChunkEnd { byte } => {
                write!(f, "a chunk is followed by {} and not by the end of its line", Visible(*byte))
            }
            Self::ClosedBeforeHead => f.write_str("the server closed the connection without an answer"),
            Self::ClosedInsideHead => {
                f.write_str("the server closed the connection inside the response head")
            }
            Self::BodyTooShort { announced, received } => {
                write!(f, "the server announced {announced} bytes and closed the connection after {received}")
            }
            Self::ClosedInsideChunk { missing } => {
                write!(f, "the server closed the connection {missing} bytes before the end of a chunk")
            }
            Self::ClosedBeforeLastChunk => {
                f.write_str("the server closed the connection before the last chunk")
            }
            Self::ClosedInsideTrailers => f.write_str("the server closed the connection inside the trailers"),
            Self::BodyTooLong => f.write_str("the server sent more than the body it announced"),
        }
    }
}

/// A single byte of the peer's, escaped and in quotes.
struct Visible(u8);

impl fmt::Display for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.escape_ascii())
    }
}

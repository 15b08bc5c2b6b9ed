use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use super::body::{BodyDecoder, Piece};
use super::head::HeadReader;
use super::input::Input;
use super::{Asked, CloseReason, Framing, ProtoError, Verdict};
use crate::Limits;

/// Turns the bytes of a connection into the events of one response.
///
/// It asks for nothing and waits for nothing: whoever has bytes puts them into [`space`](Self::space), says so with
/// [`fill`](Self::fill), and takes events until one says [`NeedData`](Event::NeedData). The events are the same
/// wherever the bytes are cut, apart from where one [`Body`](Event::Body) ends and the next begins.
///
/// # Examples
///
/// ```
/// use http::Method;
/// use http_lite::Limits;
/// use http_lite::proto::{Event, ProtoError, ResponseReader};
///
/// let mut reader = ResponseReader::new(&Method::GET, &Limits::default());
/// let mut arriving = &b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"[..];
/// let mut body = Vec::new();
/// loop {
///     match reader.next_event()? {
///         Event::NeedData => {
///             let read = std::io::Read::read(&mut arriving, reader.space()).expect("a slice can be read");
///             if read == 0 { reader.end_of_stream() } else { reader.fill(read) }
///         }
///         Event::Body(bytes) => body.extend_from_slice(&bytes),
///         Event::Idle => break, // after `End`, unless something came that does not belong there
///         _ => {}
///     }
/// }
/// assert_eq!(body, b"hello");
/// # Ok::<(), ProtoError>(())
/// ```
#[derive(Debug)]
pub struct ResponseReader {
    /// What of the request decides how the response is read.
    asked: Asked,
    /// What the server may make this reader hold.
    limits: Limits,
    /// What has arrived and is not understood yet.
    input: Input,
    /// Whether more can arrive.
    stream: Stream,
    /// Where in the response the next byte belongs.
    phase: Phase,
    /// Bytes that have come for this response.
    received: u64,
}

/// Something that happened on the connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Nothing more is known until more bytes come, or the stream ends. It is never the answer after
    /// [`end_of_stream`](ResponseReader::end_of_stream).
    NeedData,
    /// A 1xx head; the final one is still to come.
    Informational(Response<()>),
    /// The head of the response, and how the end of its body will be known.
    Head(Response<()>, Framing),
    /// A piece of the body, at least one byte.
    Body(Bytes),
    /// The response is complete.
    End {
        /// What followed a chunked body; empty for every other one.
        trailers: HeaderMap,
        /// Whether the connection could be used again.
        verdict: Verdict,
    },
    /// The end has been reported, and nothing has come since that would be HTTP.
    Idle,
}

/// What is known of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Open,
    Ended,
}

/// What is being read.
#[derive(Debug)]
enum Phase {
    /// The heads, of which the final one is the last.
    Head(HeadReader),
    /// The body, and what will be said of the connection after it.
    Body(BodyDecoder, Verdict),
    /// Nothing: the response is complete, and this was said of the connection.
    Complete(Verdict),
    /// Nothing, ever again.
    Failed(ProtoError),
}

impl ResponseReader {
    /// A reader for the response to this request, or to one with this method.
    #[must_use]
    pub fn new(asked: impl Into<Asked>, limits: &Limits) -> Self {
        Self {
            asked: asked.into(),
            limits: limits.clone(),
            input: Input::default(),
            stream: Stream::Open,
            phase: Phase::Head(HeadReader::new(limits)),
            received: 0,
        }
    }

    /// Begins the next response on the same connection, the one to this request.
    ///
    /// # Errors
    ///
    /// If the connection cannot carry another response, or not yet. Nothing changes then.
    pub fn next_response(&mut self, asked: impl Into<Asked>) -> Result<(), NotReusable> {
        match self.phase {
            Phase::Complete(Verdict::Close(reason)) => return Err(NotReusable::Closes(reason)),
            Phase::Complete(Verdict::KeepAlive) => {}
            Phase::Failed(_) => return Err(NotReusable::Failed),
            Phase::Head(_) | Phase::Body(..) => return Err(NotReusable::Unfinished),
        }
        if !self.input.is_empty() {
            return Err(NotReusable::Spoken);
        }
        if self.stream == Stream::Ended {
            return Err(NotReusable::Ended);
        }
        self.asked = asked.into();
        self.phase = Phase::Head(HeadReader::new(&self.limits));
        self.received = 0;
        Ok(())
    }

    /// Where to put the next bytes of the stream; never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.input.space()
    }

    /// Says that the first `count` bytes of [`space`](Self::space) now hold bytes of the stream.
    ///
    /// # Panics
    ///
    /// If `count` is more than there was space.
    pub fn fill(&mut self, count: usize) {
        self.input.fill(count);
        self.received = self.received.saturating_add(count as u64);
    }

    /// How many bytes have come since this reader, or this response, was begun. If there are none, nobody has
    /// begun to answer.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.received
    }

    /// Takes what has come behind the head that ended HTTP on this connection: a 101, or a 2xx to `CONNECT`. Empty
    /// for every other response, whose bytes are the reader's own business.
    #[must_use]
    pub fn take_rest(&mut self) -> Bytes {
        match self.phase {
            Phase::Body(_, verdict) | Phase::Complete(verdict) if verdict.leaves_http() => {
                self.input.take(usize::MAX)
            }
            _ => Bytes::new(),
        }
    }

    /// Says that no more bytes will come.
    pub fn end_of_stream(&mut self) {
        self.stream = Stream::Ended;
    }

    /// The next event, or [`Event::NeedData`].
    ///
    /// # Errors
    ///
    /// If the server broke the protocol or stopped too early. Every later call says the same. Bytes after the
    /// end of the response are an error too, but only after [`Event::End`]: what was handed out before is right.
    pub fn next_event(&mut self) -> Result<Event, ProtoError> {
        let event = self.advance();
        if let Err(error) = &event {
            self.phase = Phase::Failed(error.clone());
        }
        event
    }

    fn advance(&mut self) -> Result<Event, ProtoError> {
        match &mut self.phase {
            Phase::Head(heads) => match heads.next_head(&mut self.input, &self.limits)? {
                Some(head) if head.status() == StatusCode::SWITCHING_PROTOCOLS => self.switch(head),
                Some(head) if head.status().is_informational() => Ok(Event::Informational(head)),
                Some(head) => self.begin_body(head),
                None if self.stream == Stream::Open => Ok(Event::NeedData),
                None => Err(heads.closed(&self.input)),
            },
            Phase::Body(decoder, verdict) => {
                let piece = match decoder.decode(&mut self.input)? {
                    None if self.stream == Stream::Ended => Some(decoder.closed()?),
                    piece => piece,
                };
                let verdict = *verdict;
                Ok(match piece {
                    Some(Piece::Data(data)) => Event::Body(data),
                    Some(Piece::End(trailers)) => {
                        self.phase = Phase::Complete(verdict);
                        Event::End { trailers, verdict }
                    }
                    None => Event::NeedData,
                })
            }
            Phase::Complete(verdict) if verdict.leaves_http() || self.input.is_empty() => {
                self.input.rest();
                Ok(Event::Idle)
            }
            Phase::Complete(_) => Err(ProtoError::BodyTooLong),
            Phase::Failed(error) => Err(error.clone()),
        }
    }

    fn switch(&mut self, head: Response<()>) -> Result<Event, ProtoError> {
        if !self.asked.allows_switch(&head) {
            return Err(ProtoError::UnexpectedUpgrade);
        }
        self.begin_body(head)
    }

    fn begin_body(&mut self, head: Response<()>) -> Result<Event, ProtoError> {
        let framing = Framing::of(&self.asked.method, &head)?;
        let verdict = match Verdict::of(&self.asked.method, &head, framing) {
            Verdict::KeepAlive if self.asked.closes => Verdict::Close(CloseReason::RequestCloses),
            verdict => verdict,
        };
        self.phase = Phase::Body(BodyDecoder::new(framing, &self.limits), verdict);
        Ok(Event::Head(head, framing))
    }
}

/// Why a connection cannot carry another response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReusable {
    /// The response has not been read to its end.
    Unfinished,
    /// The response, or its request, said that it was the last one.
    Closes(CloseReason),
    /// The server has said something since, and nobody can know what it is the answer to (CVE-2026-6733).
    Spoken,
    /// The server has closed the connection since.
    Ended,
    /// The response broke the protocol.
    Failed,
}

impl std::error::Error for NotReusable {}

impl fmt::Display for NotReusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfinished => f.write_str("the response has not been read to its end"),
            Self::Closes(reason) => write!(f, "the connection ends with its response ({reason:?})"),
            Self::Spoken => f.write_str("the server has sent something unasked"),
            Self::Ended => f.write_str("the server has closed the connection"),
            Self::Failed => f.write_str("the response broke the protocol"),
        }
    }
}

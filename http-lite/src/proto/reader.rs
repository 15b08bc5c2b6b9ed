use bytes::Bytes;
use http::{HeaderMap, Method, Response};

use super::body::{BodyDecoder, Piece};
use super::head::HeadReader;
use super::input::Input;
use super::{Framing, ProtoError, Verdict};
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
    /// The method of the request, on which the framing depends.
    method: Method,
    /// What the server may make this reader hold.
    limits: Limits,
    /// What has arrived and is not understood yet.
    input: Input,
    /// Whether more can arrive.
    stream: Stream,
    /// Where in the response the next byte belongs.
    phase: Phase,
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
    /// The end has been reported, and nothing has come since.
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
    /// Nothing: the response is complete.
    Complete,
    /// Nothing, ever again.
    Failed(ProtoError),
}

impl ResponseReader {
    /// A reader for the response to a request with this method.
    #[must_use]
    pub fn new(method: &Method, limits: &Limits) -> Self {
        Self {
            method: method.clone(),
            limits: limits.clone(),
            input: Input::default(),
            stream: Stream::Open,
            phase: Phase::Head(HeadReader::new(limits)),
        }
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
                        self.phase = Phase::Complete;
                        Event::End { trailers, verdict }
                    }
                    None => Event::NeedData,
                })
            }
            Phase::Complete if self.input.is_empty() => Ok(Event::Idle),
            Phase::Complete => Err(ProtoError::BodyTooLong),
            Phase::Failed(error) => Err(error.clone()),
        }
    }

    fn begin_body(&mut self, head: Response<()>) -> Result<Event, ProtoError> {
        let framing = Framing::of(&self.method, &head)?;
        let verdict = Verdict::of(&self.method, &head, framing);
        self.phase = Phase::Body(BodyDecoder::new(framing, &self.limits), verdict);
        Ok(Event::Head(head, framing))
    }
}

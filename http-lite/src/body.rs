use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;

use crate::exchange::Exchange;
use crate::proto::{Event, Framing};
use crate::upgraded::Upgraded;
use crate::{Error, ErrorKind, Phase};

#[cfg(feature = "http-body")]
mod http_body;
mod read;
#[cfg(feature = "stream")]
mod stream;

/// The body of a response, read from its connection as it is asked for.
///
/// Nothing is read ahead by a task of its own: a body that nobody asks costs nothing, and holds back its server. If the
/// request's body is still being sent, that goes on while this is asked.
///
/// When the end is reached, the connection is there for the next request. Dropped before, it reads what has arrived, up
/// to [`Limits::drain_bytes`](crate::Limits::drain_bytes), without waiting: if that was the rest, the connection is
/// kept as well, and closed if not.
///
/// It can also be read as an [`AsyncRead`](futures_io::AsyncRead); with the feature `stream` it is a `Stream` of
/// [`Bytes`], with the feature `http-body` an `http_body::Body`.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), http_lite::Error> {
/// let mut body = http_lite::get("http://127.0.0.1:8080/large").await?.into_body();
/// let mut length = 0;
/// while let Some(chunk) = body.chunk().await? {
///     length += chunk.len();
/// }
/// println!("{length} bytes, trailers {:?}", body.trailers());
/// # Ok(())
/// # }
/// ```
pub struct Body {
    state: State,
    /// What followed the body; empty before its end.
    trailers: HeaderMap,
    /// How its end is known.
    framing: Framing,
    /// How many bytes were taken from the connection.
    given: u64,
    /// The most bytes to collect.
    limit: usize,
    /// What was taken from the connection, and did not fit into the last [`read`](futures_io::AsyncRead).
    unread: Bytes,
}

/// What can be had from the connection.
enum State {
    /// More.
    Open(Box<Exchange>),
    /// The end.
    Ended,
    /// No body, but the connection itself.
    Upgraded(Upgraded),
    /// Only this error, and after it nothing that could be relied on.
    Failing(Error),
    /// Nothing that could be relied on; the connection is closed.
    Failed,
}

impl Body {
    /// The body of a response whose head has just come. If there is none, the connection is free at once.
    pub(crate) fn new(exchange: Box<Exchange>, framing: Framing, leaves_http: bool, limit: usize) -> Self {
        let state = if leaves_http {
            exchange.into_upgraded().map_or(State::Ended, State::Upgraded)
        } else if matches!(framing, Framing::Empty | Framing::Length(0)) {
            exchange.drain();
            State::Ended
        } else {
            State::Open(exchange)
        };
        let (trailers, unread) = Default::default();
        Self { state, trailers, framing, given: 0, limit, unread }
    }

    /// The next piece of the body, at least one byte; `None` at the end, and ever after.
    ///
    /// A piece is a part of the buffer it was read into, which is used again when all its pieces are dropped. To
    /// keep a small one for long, copy it.
    ///
    /// # Errors
    ///
    /// If the connection fails, the server breaks the protocol or stops before the end, or one of the
    /// [`Timeouts`](crate::Timeouts) passes. Bytes behind the end are no error: they are handed to nobody, and the
    /// connection is closed. Every later call is an error too, so that a loop that ignores one cannot
    /// mistake half a body for a whole one.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: if the future is dropped, nothing that was read is lost, and the next call goes on from there.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Collects the rest of the body. If it arrives in one piece, it is not copied.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and if there is more than the [`limit`](Self::limit).
    ///
    /// # Cancel safety
    ///
    /// Not cancel-safe: what was collected is dropped with the future, and so is the body.
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let announced = self.length_of_rest();
        if announced.is_some_and(|length| length > self.limit as u64) {
            return Err(self.too_large());
        }
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return if first.len() > self.limit { Err(self.too_large()) } else { Ok(first) };
        };
        // An announcement is only words: memory is reserved for what has come, and a little ahead.
        let reserved = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX).min(RESERVED_AHEAD);
        let mut collected = Vec::with_capacity(reserved);
        let mut next = Some(first);
        let mut after = Some(second);
        while let Some(chunk) = next {
            if chunk.len() > self.limit.saturating_sub(collected.len()) {
                return Err(self.too_large());
            }
            collected.extend_from_slice(&chunk);
            drop(chunk);
            next = match after.take() {
                Some(chunk) => Some(chunk),
                None => self.chunk().await?,
            };
        }
        Ok(collected.into())
    }

    /// Collects the rest of the body as UTF-8, whatever encoding its `Content-Type` names.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and if the body is not UTF-8.
    ///
    /// # Cancel safety
    ///
    /// Not cancel-safe: what was collected is dropped with the future, and so is the body.
    pub async fn text(self) -> Result<String, Error> {
        let bytes = self.bytes().await?;
        let received = bytes.len() as u64;
        String::from_utf8(bytes.into()).map_err(|error| {
            let source = error.utf8_error();
            Error::new(ErrorKind::NotUtf8 { source }, Phase::Body).after(received, true)
        })
    }

    /// Changes how many bytes [`bytes`](Self::bytes) and [`text`](Self::text) collect at most, which is
    /// [`Limits::body_bytes`](crate::Limits::body_bytes) if nobody does.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The length of the whole body in bytes, if it is known before its end.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        match self.framing {
            Framing::Empty => Some(0),
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::ToClose => None,
        }
    }

    /// What followed the body (RFC 9110 section 6.5). Empty before its end, and for all but chunked bodies.
    #[must_use]
    pub fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }

    /// The connection itself, if the server has agreed to go on with something else than HTTP: to a
    /// [`RequestBuilder::upgrade`](crate::RequestBuilder::upgrade) by a 101, or to `CONNECT` by a 2xx. If it did so
    /// before it had the whole request, there is none: the rest would be taken for the other protocol.
    #[must_use]
    pub fn upgrade(mut self) -> Option<Upgraded> {
        match mem::replace(&mut self.state, State::Ended) {
            State::Upgraded(upgraded) => Some(upgraded),
            state => {
                self.state = state;
                None
            }
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if !self.unread.is_empty() {
            return Poll::Ready(Ok(Some(mem::take(&mut self.unread))));
        }
        loop {
            let State::Open(exchange) = &mut self.state else {
                return Poll::Ready(self.last());
            };
            match ready!(exchange.poll_event(cx)) {
                Ok(Event::Body(bytes)) => {
                    self.given = self.given.saturating_add(bytes.len() as u64);
                    return Poll::Ready(Ok(Some(bytes)));
                }
                event => self.end(event),
            }
        }
    }

    /// The connection has said its last.
    fn end(&mut self, event: Result<Event, Error>) {
        self.state = match (event, mem::replace(&mut self.state, State::Failed)) {
            (Ok(Event::End { trailers, verdict }), State::Open(exchange)) => {
                self.trailers = trailers;
                exchange.finish(verdict);
                State::Ended
            }
            (Err(error), _) => State::Failing(error),
            // No other event comes after a head.
            (Ok(_), state) => state,
        };
    }

    /// What there is to say without a connection.
    fn last(&mut self) -> Result<Option<Bytes>, Error> {
        match mem::replace(&mut self.state, State::Failed) {
            State::Failing(error) => Err(error),
            State::Failed => {
                Err(Error::new(ErrorKind::BodyAlreadyFailed, Phase::Body).after(self.given, true))
            }
            state => {
                self.state = state;
                Ok(None)
            }
        }
    }

    /// The length in bytes of what is still to be handed out, if it is known.
    fn length_of_rest(&self) -> Option<u64> {
        let taken = self.given.saturating_sub(self.unread.len() as u64);
        self.content_length().map(|length| length.saturating_sub(taken))
    }

    fn too_large(&self) -> Error {
        Error::new(ErrorKind::BodyTooLarge { limit: self.limit }, Phase::Body).after(self.given, true)
    }
}

/// How many bytes to reserve for a body of which nothing has arrived.
const RESERVED_AHEAD: usize = 64 * 1024;

impl Drop for Body {
    fn drop(&mut self) {
        // A connection that ends with its body is not worth a look.
        if self.framing != Framing::ToClose
            && let State::Open(exchange) = mem::replace(&mut self.state, State::Ended)
        {
            exchange.drain();
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Open(_) => "open",
            State::Ended => "ended",
            State::Upgraded(_) => "upgraded",
            State::Failing(_) | State::Failed => "failed",
        };
        f.debug_struct("Body")
            .field("state", &state)
            .field("content_length", &self.content_length())
            .finish_non_exhaustive()
    }
}

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;

use crate::Error;
use crate::connection::{Connection, Transport};
use crate::proto::{Event, Framing};

/// The body of a response, read from its connection as it is asked for.
///
/// Nothing is read ahead by a task of its own: a body that nobody asks costs nothing, and holds back its server.
/// Dropping it closes the connection.
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
    /// The length, if it was known from the start.
    content_length: Option<u64>,
    /// The most bytes to collect.
    limit: usize,
}

/// What can be had from the connection.
enum State {
    /// More. The stream is of any type, so that the body's own type does not tell plain from encrypted.
    Open(Box<Connection<Box<dyn Transport>>>),
    /// The end; the connection is closed.
    Ended,
    /// Nothing that could be relied on; the connection is closed.
    Failed,
}

impl Body {
    pub(crate) fn new(connection: Connection<Box<dyn Transport>>, framing: Framing, limit: usize) -> Self {
        let content_length = match framing {
            Framing::Empty => Some(0),
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::ToClose => None,
        };
        Self { state: State::Open(Box::new(connection)), trailers: HeaderMap::new(), content_length, limit }
    }

    /// The next piece of the body, at least one byte; `None` at the end, and ever after.
    ///
    /// A piece is a part of the buffer it was read into, which is used again when all its pieces are dropped. To
    /// keep a small one for long, copy it.
    ///
    /// # Errors
    ///
    /// If the connection fails, the server stops before the end, sends more than it announced, or sends nothing for
    /// as long as [`Limits::idle`](crate::Limits::idle). Every later call is an error too, so that a loop that
    /// ignores one cannot mistake half a body for a whole one.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: if the future is dropped, nothing that was read is lost, and the next call goes on from there.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let connection = match &mut self.state {
                State::Open(connection) => connection,
                State::Ended => return Ok(None),
                State::Failed => return Err(Error::BodyAlreadyFailed),
            };
            match connection.next_event().await {
                Ok(Event::Body(bytes)) => return Ok(Some(bytes)),
                // The reader still has to say that nothing follows.
                Ok(Event::End { trailers, .. }) => self.trailers = trailers,
                Ok(Event::Idle) => self.state = State::Ended,
                // Heads come before a body.
                Ok(_) => {}
                Err(error) => {
                    self.state = State::Failed;
                    return Err(error);
                }
            }
        }
    }

    /// Collects the rest of the body.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and if there is more than the [`limit`](Self::limit).
    ///
    /// # Cancel safety
    ///
    /// Not cancel-safe: what was collected is dropped with the future, and the connection is closed.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        self.collect().await.map(Bytes::from)
    }

    /// Collects the rest of the body as UTF-8, whatever encoding its `Content-Type` names.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and if the body is not UTF-8.
    ///
    /// # Cancel safety
    ///
    /// Not cancel-safe: what was collected is dropped with the future, and the connection is closed.
    pub async fn text(self) -> Result<String, Error> {
        let bytes = self.collect().await?;
        String::from_utf8(bytes).map_err(|error| Error::NotUtf8 { source: error.utf8_error() })
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
        self.content_length
    }

    /// What followed the body (RFC 9110 section 6.5). Empty before its end, and for all but chunked bodies.
    #[must_use]
    pub fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }

    async fn collect(mut self) -> Result<Vec<u8>, Error> {
        let limit = self.limit;
        let announced = usize::try_from(self.content_length.unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(Error::BodyTooLarge { limit });
        }
        // An announcement is only words: memory is reserved for what has come, and a little ahead.
        let mut collected = Vec::with_capacity(announced.min(RESERVED_AHEAD));
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > limit.saturating_sub(collected.len()) {
                return Err(Error::BodyTooLarge { limit });
            }
            collected.extend_from_slice(&chunk);
        }
        Ok(collected)
    }
}

/// How many bytes to reserve for a body of which nothing has arrived.
const RESERVED_AHEAD: usize = 64 * 1024;

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Open(_) => "open",
            State::Ended => "ended",
            State::Failed => "failed",
        };
        f.debug_struct("Body").field("state", &state).field("content_length", &self.content_length).finish()
    }
}

#[cfg(test)]
mod tests;

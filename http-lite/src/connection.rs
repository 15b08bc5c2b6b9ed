use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use http::{Method, Response};

use crate::proto::{Event, Framing, ResponseReader};
use crate::wait::{Wait, within};
use crate::{Error, Limits};

/// What a connection runs over: a socket today, TLS over a socket one day, a script in a test.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport for S {}

/// A stream and the reader it feeds, for one request and its response.
#[derive(Debug)]
pub(crate) struct Connection<S> {
    stream: S,
    reader: ResponseReader,
    /// The longest wait for the peer; `None` waits for ever.
    idle: Option<Duration>,
}

impl<S: Transport> Connection<S> {
    /// A connection whose request will have this method.
    pub(crate) fn new(stream: S, method: &Method, limits: &Limits) -> Self {
        Self { stream, reader: ResponseReader::new(method, limits), idle: limits.idle }
    }

    /// Sends a whole request. Dropped half-way, it has sent half of one: the connection is lost.
    pub(crate) async fn send(&mut self, mut request: &[u8]) -> Result<(), Error> {
        while !request.is_empty() {
            let write = poll_fn(|cx| poll_write(&mut self.stream, cx, request));
            let written = within(self.idle, Wait::Send, write).await?;
            request = request.get(written..).unwrap_or_default();
        }
        let flush = poll_fn(|cx| Pin::new(&mut self.stream).poll_flush(cx));
        within(self.idle, Wait::Send, flush).await
    }

    /// The final head. Informational ones are skipped: nobody here has asked for them.
    pub(crate) async fn head(&mut self) -> Result<(Response<()>, Framing), Error> {
        loop {
            if let Event::Head(head, framing) = self.next_event().await? {
                return Ok((head, framing));
            }
        }
    }

    /// The next event that says something. It is cancel-safe: a byte that has been read is in the reader.
    pub(crate) async fn next_event(&mut self) -> Result<Event, Error> {
        loop {
            match self.reader.next_event()? {
                Event::NeedData => self.read().await?,
                event => return Ok(event),
            }
        }
    }

    /// Reads once. The reader gets the bytes in the very poll that read them.
    async fn read(&mut self) -> Result<(), Error> {
        let read = poll_fn(|cx| poll_read(&mut self.stream, cx, &mut self.reader));
        within(self.idle, Wait::Receive, read).await
    }
}

fn poll_read<S: Transport>(
    stream: &mut S,
    cx: &mut Context<'_>,
    reader: &mut ResponseReader,
) -> Poll<io::Result<()>> {
    loop {
        match ready!(Pin::new(&mut *stream).poll_read(cx, reader.space())) {
            Ok(0) => reader.end_of_stream(),
            Ok(count) => reader.fill(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Poll::Ready(Err(error)),
        }
        return Poll::Ready(Ok(()));
    }
}

fn poll_write<S: Transport>(stream: &mut S, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    loop {
        return match ready!(Pin::new(&mut *stream).poll_write(cx, bytes)) {
            Ok(0) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => Poll::Ready(result),
        };
    }
}

#[cfg(test)]
mod tests;

//! What this project's HTTP client needs to run on async-io, and so in smol: made to be copied.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use async_io::Async;
use futures_io::{AsyncRead, AsyncWrite};
use http_lite::{Connect, Destination, Host, Probe, Timer, Transport};

/// Connects by async-io.
pub struct AsyncIoConnector;

impl Connect for AsyncIoConnector {
    type Stream = AsyncIoStream;
    type Timer = AsyncIoTimer;

    /// A name is looked up where it stands, and of its addresses the first is taken: this is for addresses.
    async fn connect(&self, to: Destination<'_>) -> io::Result<AsyncIoStream> {
        let port = to.origin().port();
        let address = match to.origin().host() {
            Host::Ip(address) => SocketAddr::new(*address, port),
            Host::Name(name) => (name.as_str(), port).to_socket_addrs()?.next().ok_or(ErrorKind::NotFound)?,
        };
        let stream = Async::<TcpStream>::connect(address).await?;
        stream.get_ref().set_nodelay(true)?;
        Ok(AsyncIoStream(stream))
    }

    fn timer(&self) -> AsyncIoTimer {
        AsyncIoTimer(None)
    }
}

pub struct AsyncIoStream(Async<TcpStream>);

impl Transport for AsyncIoStream {
    fn probe(&mut self) -> Probe {
        match self.0.get_ref().peek(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Probe::Quiet,
            _ => Probe::Spoken,
        }
    }
}

impl AsyncRead for AsyncIoStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, space)
    }
}

impl AsyncWrite for AsyncIoStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }
}

/// There while the alarm is set.
pub struct AsyncIoTimer(Option<async_io::Timer>);

impl Timer for AsyncIoTimer {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn set(&mut self, deadline: Instant) {
        match &mut self.0 {
            Some(timer) => timer.set_at(deadline),
            None => self.0 = Some(async_io::Timer::at(deadline)),
        }
    }

    fn clear(&mut self) {
        self.0 = None;
    }

    fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(timer) = &mut self.0 else { return Poll::Pending };
        ready!(Pin::new(timer).poll(cx));
        self.0 = None;
        Poll::Ready(())
    }
}

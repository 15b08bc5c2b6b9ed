//! A TCP connection.

use std::future::poll_fn;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use crate::{Direction, Handle, Registration};

/// A TCP connection, for streams without urgent data (see [`Registration::poll_stream`]). Both it and a reference to it implement [`AsyncRead`] and [`AsyncWrite`], so
/// that one task can read while another writes.
///
/// # Examples
///
/// ```
/// # use std::pin::Pin;
/// use futures_io::{AsyncRead, AsyncWrite};
/// use reactor::{TcpListener, TcpStream};
/// use std::future::poll_fn;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
///     let (client, server) = executor::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
///     let (mut client, (mut server, _)) = (client?, server?);
///
///     poll_fn(|cx| Pin::new(&mut client).poll_write(cx, b"hello")).await?;
///     let mut buffer = [0; 16];
///     let length = poll_fn(|cx| Pin::new(&mut server).poll_read(cx, &mut buffer)).await?;
///     assert_eq!(&buffer[..length], b"hello");
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct TcpStream {
    registration: Registration<mio::net::TcpStream>,
}

impl TcpStream {
    /// Connects to `address`, in the current reactor.
    ///
    /// # Errors
    ///
    /// What the system says of the attempt, such as `ConnectionRefused`; or that there is no
    /// current reactor.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the attempt.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::connect_in(&Handle::current()?, address).await
    }

    /// Connects to `address`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// What the system says of the attempt, such as `ConnectionRefused`; or that the reactor was dropped,
    /// or is another one than the current one.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the attempt.
    pub async fn connect_in(handle: &Handle, address: SocketAddr) -> io::Result<Self> {
        // Registered only after connect(2) was called: a socket that is watched before that reports a
        // hang-up (mio#1942).
        let stream = Self::new(mio::net::TcpStream::connect(address)?, handle)?;
        poll_fn(|cx| stream.registration.poll_io(cx, Direction::Write, connected)).await?;
        Ok(stream)
    }

    /// Takes over a stream that is connected or about to be.
    pub(crate) fn new(stream: mio::net::TcpStream, handle: &Handle) -> io::Result<Self> {
        Ok(TcpStream { registration: Registration::new(stream, handle)? })
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// If the system has none.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.registration.get_ref().local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// If the connection is over.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.registration.get_ref().peer_addr()
    }

    /// Whether small writes are sent at once instead of being collected for a moment (Nagle's
    /// algorithm).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.registration.get_ref().set_nodelay(nodelay)
    }

    /// Ends one direction or both. The other end reads the end of the stream.
    ///
    /// # Errors
    ///
    /// If the connection is over.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.registration.get_ref().shutdown(how)
    }
}

/// How a connection attempt has ended; `WouldBlock` if it has not.
fn connected(stream: &mio::net::TcpStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Err(io::ErrorKind::WouldBlock.into()),
        Err(error) => Err(error),
    }
}

impl AsyncRead for &TcpStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let wanted = buffer.len();
        self.registration.poll_stream(cx, Direction::Read, wanted, |mut stream| stream.read(buffer))
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        let wanted = buffers.iter().map(|buffer| buffer.len()).sum();
        self.registration.poll_stream(cx, Direction::Read, wanted, |mut stream| stream.read_vectored(buffers))
    }
}

impl AsyncWrite for &TcpStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.registration.poll_stream(cx, Direction::Write, bytes.len(), |mut stream| stream.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wanted = buffers.iter().map(|buffer| buffer.len()).sum();
        self.registration
            .poll_stream(cx, Direction::Write, wanted, |mut stream| stream.write_vectored(buffers))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What was written is the kernel's already.
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shutdown(Shutdown::Write))
    }
}

impl AsyncRead for TcpStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_read(cx, buffer)
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_read_vectored(cx, buffers)
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_write_vectored(cx, buffers)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self).poll_close(cx)
    }
}

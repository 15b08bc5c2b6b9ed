//! A TCP connection.

use std::io;
use std::net::SocketAddr;

use crate::{Direction, Handle, Registration};

/// A TCP connection, for streams without urgent data (see [`Registration::poll_stream`]).
///
/// Both it and a reference to it implement [`AsyncRead`](futures_io::AsyncRead) and
/// [`AsyncWrite`](futures_io::AsyncWrite), so that one task can read while another writes.
/// [`split`](TcpStream::split) and [`into_split`](TcpStream::into_split) do the same with names.
///
/// It has methods for the options that many need. `socket2::SockRef::from(&stream)` has all others.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use reactor::{TcpListener, TcpStream};
/// use socket2::SockRef;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
///     let (client, server) = executor::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
///     let (mut client, (mut server, _)) = (client?, server?);
///     client.set_nodelay(true)?;
///     SockRef::from(&client).set_linger(Some(Duration::from_secs(1)))?;
///
///     client.write_all(b"hello").await?;
///     let mut buffer = [0; 16];
///     let length = server.read(&mut buffer).await?;
///     assert_eq!(&buffer[..length], b"hello");
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct TcpStream {
    pub(crate) registration: Registration<mio::net::TcpStream>,
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
        Self::connected(mio::net::TcpStream::connect(address)?, handle).await
    }

    /// Reads what there is without taking it: the next read gets the same bytes. Returns how much that is.
    ///
    /// # Errors
    ///
    /// What the system says of the connection.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.registration.async_io(Direction::Read, |stream| stream.peek(buffer)).await
    }

    /// Asks the kernel what there is to read right now, without taking it and without waiting. Returns how much that is;
    /// 0 means that the other end has ended the stream (or that `buffer` is empty).
    ///
    /// Unlike [`try_read`](TcpStream::try_read) it does not believe what the last turn of the reactor found out, which may
    /// have been long ago: it always is a system call. So it tells whether a connection that nobody has looked at for a
    /// while is still as it was left.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is nothing, otherwise what the system says of the connection.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Write};
    /// use reactor::TcpStream;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// reactor::block_on(async {
    ///     let stream = TcpStream::connect(listener.local_addr()?).await?;
    ///     let (mut other_end, _) = listener.accept()?;
    ///     assert_eq!(stream.try_peek(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    ///
    ///     other_end.write_all(b"x")?;
    ///     // No turn has told the reactor of it.
    ///     assert_eq!(stream.try_peek(&mut [0])?, 1);
    ///     Ok(())
    /// })?
    /// # }
    /// ```
    pub fn try_peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.registration.get_ref().peek(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Whether small writes are sent at once; see [`set_nodelay`](TcpStream::set_nodelay).
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.registration.get_ref().nodelay()
    }

    /// Whether small writes are sent at once instead of being collected for a moment (Nagle's
    /// algorithm, RFC 896).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.registration.get_ref().set_nodelay(nodelay)
    }

    /// How many routers a packet may pass; see [`set_ttl`](TcpStream::set_ttl).
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn ttl(&self) -> io::Result<u32> {
        self.registration.get_ref().ttl()
    }

    /// Limits how many routers a packet may pass (`IP_TTL`).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.registration.get_ref().set_ttl(ttl)
    }
}

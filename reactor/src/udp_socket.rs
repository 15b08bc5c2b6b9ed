//! A UDP socket.

use std::io;
use std::net::SocketAddr;

use crate::{Direction, Handle, Registration};

/// A UDP socket: messages that arrive as a whole, or not at all.
///
/// Broadcast and multicast are options of the system's: `socket2::SockRef::from(&socket)` has them.
///
/// # Examples
///
/// ```
/// use reactor::UdpSocket;
/// use socket2::SockRef;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let server = UdpSocket::bind("127.0.0.1:0".parse().unwrap())?;
///     SockRef::from(&server).set_broadcast(true)?;
///     let client = UdpSocket::bind("127.0.0.1:0".parse().unwrap())?;
///     client.connect(server.local_addr()?)?;
///
///     client.send(b"hello").await?;
///     let mut buffer = [0; 1500];
///     let (length, from) = server.recv_from(&mut buffer).await?;
///     assert_eq!((&buffer[..length], from), (&b"hello"[..], client.local_addr()?));
///     server.send_to(b"goodbye", from).await?;
///     assert_eq!(client.recv(&mut buffer).await?, 7);
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct UdpSocket {
    pub(crate) registration: Registration<mio::net::UdpSocket>,
}

impl UdpSocket {
    /// Receives at `address`, in the current reactor. Port 0 lets the system choose;
    /// [`local_addr`](UdpSocket::local_addr) tells which.
    ///
    /// # Errors
    ///
    /// If the system refuses the address, or if there is no current reactor.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        Self::bind_in(&Handle::current()?, address)
    }

    /// Receives at `address`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses the address, or if the reactor was dropped or is another one than the
    /// current one.
    pub fn bind_in(handle: &Handle, address: SocketAddr) -> io::Result<Self> {
        Self::new(mio::net::UdpSocket::bind(address)?, handle)
    }

    /// Sends to `address` from now on, and receives from nobody else. Nothing goes over the wire for
    /// this, so there is nothing to wait for.
    ///
    /// # Errors
    ///
    /// If there is no way to that address.
    pub fn connect(&self, address: SocketAddr) -> io::Result<()> {
        self.registration.get_ref().connect(address)
    }

    /// Sends `message` to `address`. Returns its length.
    ///
    /// # Errors
    ///
    /// What the system says: that there is no way there, or that the message is too long.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future while it waits sends nothing.
    pub async fn send_to(&self, message: &[u8], address: SocketAddr) -> io::Result<usize> {
        self.registration.async_message(Direction::Write, |socket| socket.send_to(message, address)).await
    }

    /// As [`recv_from`](UdpSocket::recv_from), but the message stays there for the next one to receive.
    ///
    /// # Errors
    ///
    /// Those of [`recv_from`](UdpSocket::recv_from).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn peek_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.registration.async_io(Direction::Read, |socket| socket.peek_from(buffer)).await
    }
}

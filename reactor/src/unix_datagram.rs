//! Messages between processes of one machine.

use std::io;
use std::path::Path;

use crate::{Direction, Handle, Registration};

/// A socket for messages between processes of one machine. Unlike UDP's they arrive in order, and
/// a receiver that is too slow makes the sender wait.
///
/// # Examples
///
/// ```
/// use reactor::UnixDatagram;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let (one, other) = UnixDatagram::pair()?;
///     one.send(b"hello").await?;
///     let mut buffer = [0; 16];
///     assert_eq!(other.recv(&mut buffer).await?, 5);
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct UnixDatagram {
    pub(crate) registration: Registration<mio::net::UnixDatagram>,
}

impl UnixDatagram {
    /// Receives at `path`, in the current reactor. Dropping the socket leaves the path behind, and nobody
    /// can receive there until it is removed.
    ///
    /// # Errors
    ///
    /// If the system refuses the path (`AddrInUse` where there is something), or if there is no current
    /// reactor.
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::bind_in(&Handle::current()?, path)
    }

    /// Receives at `path`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses the path, or if the reactor was dropped or is another one than the current
    /// one.
    pub fn bind_in(handle: &Handle, path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(mio::net::UnixDatagram::bind(path)?, handle)
    }

    /// A socket without a path, which can send and cannot be answered, in the current reactor.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if there is no current reactor.
    pub fn unbound() -> io::Result<Self> {
        Self::unbound_in(&Handle::current()?)
    }

    /// A socket without a path, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if the reactor was dropped or is another one than the current one.
    pub fn unbound_in(handle: &Handle) -> io::Result<Self> {
        Self::new(mio::net::UnixDatagram::unbound()?, handle)
    }

    /// Two sockets without a name that are connected to each other, in the current reactor.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if there is no current reactor.
    pub fn pair() -> io::Result<(Self, Self)> {
        Self::pair_in(&Handle::current()?)
    }

    /// Two sockets without a name that are connected to each other, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if the reactor was dropped or is another one than the current one.
    pub fn pair_in(handle: &Handle) -> io::Result<(Self, Self)> {
        let (one, other) = mio::net::UnixDatagram::pair()?;
        Ok((Self::new(one, handle)?, Self::new(other, handle)?))
    }

    /// Sends to `path` from now on, and receives from nobody else.
    ///
    /// # Errors
    ///
    /// If nobody receives there.
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.registration.get_ref().connect(path)
    }

    /// Sends `message` to `path`. Returns its length.
    ///
    /// Between two sockets that are not connected to each other the kernel may report room only when
    /// this one has some, and not when the receiver has: a sender that is faster than its receiver had
    /// better [connect](UnixDatagram::connect) to it.
    ///
    /// # Errors
    ///
    /// What the system says: that nobody receives there, or that the message is too long.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future while it waits sends nothing.
    pub async fn send_to(&self, message: &[u8], path: impl AsRef<Path>) -> io::Result<usize> {
        let path = path.as_ref();
        self.registration.async_message(Direction::Write, |socket| socket.send_to(message, path)).await
    }
}

//! A connection between two processes of one machine.

use std::io;
use std::path::Path;

use crate::{Handle, Registration};

/// A connection between two processes of one machine, or within one.
///
/// Both it and a reference to it implement [`AsyncRead`](futures_io::AsyncRead) and
/// [`AsyncWrite`](futures_io::AsyncWrite), so that one task can read while another writes.
///
/// Descriptors that the other end sends along with its bytes are closed when those are read. Since a read stops behind
/// such bytes, one that brings less than there is room for does not mean that there are no more: unlike for TCP it
/// takes another system call to find that out.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use reactor::UnixStream;
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let (mut one, mut other) = UnixStream::pair()?;
///     one.write_all(b"hello").await?;
///     let mut buffer = [0; 16];
///     assert_eq!(other.read(&mut buffer).await?, 5);
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct UnixStream {
    pub(crate) registration: Registration<mio::net::UnixStream>,
}

impl UnixStream {
    /// Connects to the listener at `path`, in the current reactor.
    ///
    /// # Errors
    ///
    /// What the system says, such as `NotFound` or `ConnectionRefused`; or that there is no current
    /// reactor. On Linux [`WouldBlock`](io::ErrorKind::WouldBlock) means that the listener's queue is
    /// full: the kernel tells nobody when there is room again, so try later.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the attempt.
    pub async fn connect(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::connect_in(&Handle::current()?, path).await
    }

    /// Connects to the listener at `path`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// Those of [`connect`](UnixStream::connect); or that the reactor was dropped, or is another one than
    /// the current one.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the attempt.
    pub async fn connect_in(handle: &Handle, path: impl AsRef<Path>) -> io::Result<Self> {
        Self::connected(mio::net::UnixStream::connect(path)?, handle).await
    }

    /// Two streams without a name that are connected to each other, in the current reactor.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if there is no current reactor.
    pub fn pair() -> io::Result<(Self, Self)> {
        Self::pair_in(&Handle::current()?)
    }

    /// Two streams without a name that are connected to each other, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses, or if the reactor was dropped or is another one than the current one.
    pub fn pair_in(handle: &Handle) -> io::Result<(Self, Self)> {
        let (one, other) = mio::net::UnixStream::pair()?;
        Ok((Self::new(one, handle)?, Self::new(other, handle)?))
    }
}

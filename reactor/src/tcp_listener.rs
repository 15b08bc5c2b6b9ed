//! A socket that others connect to.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use crate::{Direction, Handle, Registration, TcpStream};

/// A TCP socket that others connect to.
///
/// # Examples
///
/// See [`TcpStream`].
#[derive(Debug)]
pub struct TcpListener {
    registration: Registration<mio::net::TcpListener>,
    /// For the streams: they join the listener's reactor.
    handle: Handle,
}

impl TcpListener {
    /// Listens on `address`, in the current reactor. Port 0 lets the system choose;
    /// [`local_addr`](TcpListener::local_addr) tells which.
    ///
    /// # Errors
    ///
    /// If the system refuses the address, or if there is no current reactor.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        Self::bind_in(&Handle::current()?, address)
    }

    /// Listens on `address`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses the address, or if the reactor was dropped or is another one than the
    /// current one.
    pub fn bind_in(handle: &Handle, address: SocketAddr) -> io::Result<Self> {
        let listener = mio::net::TcpListener::bind(address)?;
        Ok(TcpListener { registration: Registration::new(listener, handle)?, handle: handle.clone() })
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    ///
    /// What the system says, such as that there are too many open files. The listener can be used
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// [`accept`](TcpListener::accept) for those who poll by hand.
    ///
    /// # Errors
    ///
    /// Those of [`accept`](TcpListener::accept).
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let (stream, peer) =
            ready!(self.registration.poll_io(cx, Direction::Read, mio::net::TcpListener::accept))?;
        Poll::Ready(Ok((TcpStream::new(stream, &self.handle)?, peer)))
    }

    /// The address that this listens on.
    ///
    /// # Errors
    ///
    /// If the system has none.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.registration.get_ref().local_addr()
    }
}

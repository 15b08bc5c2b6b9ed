//! A socket that others connect to.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use crate::rest::Rest;
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
    /// What follows a failure.
    rest: Rest,
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
        let registration = Registration::new(listener, handle)?;
        Ok(TcpListener { registration, handle: handle.clone(), rest: Rest::default() })
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    ///
    /// What the system says, such as that there are too many open files. The listener can be used
    /// again: after an error that is about more than one connection the next call waits for up to
    /// 50 ms first, so that a loop which goes on accepting leaves the thread to others. The connections
    /// that wait to be accepted go on waiting.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.rest.is_over(&self.handle).await?;
        let accepted = poll_fn(|cx| self.poll_accept(cx)).await;
        self.rest.after(&accepted);
        accepted
    }

    /// [`accept`](TcpListener::accept) for those who poll by hand. It does not wait after an error:
    /// whoever polls had better do something else before the next attempt.
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

//! A TCP socket that others connect to.

use std::io;
use std::net::SocketAddr;

use crate::rest::Rest;
use crate::{Handle, Registration};

/// A TCP socket that others connect to. The connections join its reactor.
///
/// Where time goes by a [`VirtualClock`](crate::VirtualClock) there is no pause after an error: what was missing comes
/// back in real time, or does not.
///
/// What has to be set before it listens (`SO_REUSEPORT`, say, or how long its queue is) is set by means of
/// `socket2`, and the result taken over by [`from_std`](TcpListener::from_std):
///
/// ```
/// # #[cfg(unix)]
/// # fn main() -> std::io::Result<()> {
/// use std::net::SocketAddr;
///
/// use reactor::TcpListener;
/// use socket2::{Domain, Socket, Type};
///
/// fn bind_shared(address: SocketAddr) -> std::io::Result<TcpListener> {
///     let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
///     socket.set_reuse_port(true)?;
///     socket.bind(&address.into())?;
///     socket.listen(1024)?;
///     TcpListener::from_std(socket.into())
/// }
///
/// reactor::block_on(async {
///     let first = bind_shared("127.0.0.1:0".parse().unwrap())?;
///     let second = bind_shared(first.local_addr()?)?;
///     assert_eq!(first.local_addr()?, second.local_addr()?);
///     Ok(())
/// })?
/// # }
/// # #[cfg(not(unix))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct TcpListener {
    pub(crate) registration: Registration<mio::net::TcpListener>,
    /// What follows a failure.
    pub(crate) rest: Rest,
}

impl TcpListener {
    /// Listens on `address`, in the current reactor. Port 0 lets the system choose;
    /// [`local_addr`](TcpListener::local_addr) tells which.
    ///
    /// As in the standard library, the port of a listener that is gone can be taken at once on Unix
    /// (`SO_REUSEADDR`).
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
        Self::new(mio::net::TcpListener::bind(address)?, handle)
    }
}

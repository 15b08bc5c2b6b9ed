//! A socket that others of this machine connect to.

use std::io;
use std::path::Path;

use crate::rest::Rest;
use crate::{Handle, Registration};

/// A socket that other processes of this machine connect to, by a path. The connections join its
/// reactor.
///
/// Where time goes by a [`VirtualClock`](crate::VirtualClock) there is no pause after an error: what was missing comes
/// back in real time, or does not.
///
/// # Examples
///
/// ```
/// use reactor::{UnixListener, UnixStream};
///
/// # fn main() -> std::io::Result<()> {
/// let path = std::env::temp_dir().join(format!("onethread-{}", std::process::id()));
/// reactor::block_on(async {
///     let listener = UnixListener::bind(&path)?;
///     let (client, server) = executor::join!(UnixStream::connect(&path), listener.accept());
///     assert_eq!(client?.peer_addr()?.as_pathname(), Some(&*path));
///     server?;
///     std::fs::remove_file(&path)
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct UnixListener {
    pub(crate) registration: Registration<mio::net::UnixListener>,
    /// What follows a failure.
    pub(crate) rest: Rest,
}

impl UnixListener {
    /// Listens at `path`, in the current reactor. Dropping the listener leaves the path behind, and
    /// nobody can listen there until it is removed.
    ///
    /// # Errors
    ///
    /// If the system refuses the path (`AddrInUse` where there is something), or if there is no current
    /// reactor.
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::bind_in(&Handle::current()?, path)
    }

    /// Listens at `path`, in the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the system refuses the path, or if the reactor was dropped or is another one than the current
    /// one.
    pub fn bind_in(handle: &Handle, path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(mio::net::UnixListener::bind(path)?, handle)
    }
}

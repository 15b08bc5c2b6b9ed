//! A socket that others connect to.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::{Direction, Handle, Registration, TcpStream, sleep};

/// How long [`TcpListener::accept`] lets be after it has failed for want of something that others
/// may give back, such as a descriptor: they can only do so if they get to run.
const REST: Duration = Duration::from_millis(50);

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
    /// Until when accepting would most likely fail again.
    rests_until: Cell<Option<Instant>>,
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
        Ok(TcpListener { registration, handle: handle.clone(), rests_until: Cell::new(None) })
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    ///
    /// What the system says, such as that there are too many open files. The listener can be used
    /// again: after an error that is about more than one connection the next call waits for up to
    /// 50 ms first, so that a loop which goes on accepting leaves the thread to others. What waits to be
    /// accepted goes on waiting.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.rest().await?;
        let accepted = poll_fn(|cx| self.poll_accept(cx)).await;
        if accepted.as_ref().is_err_and(|error| !is_about_one_connection(error)) {
            self.rests_until.set(Instant::now().checked_add(REST));
        }
        accepted
    }

    /// Waits while accepting would most likely fail again. No event tells when that is over: the
    /// connections that wait have had theirs.
    async fn rest(&self) -> io::Result<()> {
        let until = self.rests_until.get();
        let left = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return Ok(());
        }
        let mut sleep = pin!(sleep(left));
        poll_fn(|cx| {
            self.handle.check_turned()?;
            let _entered = self.handle.enter();
            sleep.as_mut().poll(cx).map(Ok)
        })
        .await
    }

    /// [`accept`](TcpListener::accept) for those who poll by hand. It never rests: whoever is told of an
    /// error had better do something else before the next attempt.
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

/// Whether the next connection can be accepted all the same.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

use std::future::Future;
use std::io;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_io::{AsyncRead, AsyncWrite};

use crate::url::Origin;

mod erased;

pub(crate) use erased::Connector;

/// Makes a [`Client`](crate::Client)'s connections, and the timers that watch over them.
///
/// It is all the client knows of the world: with another one than the default, [`TcpConnector`](crate::TcpConnector),
/// the same client runs over other sockets, other reactors, a test's script, or TLS.
///
/// # Examples
///
/// Everything over one Unix socket, whatever the URL says:
///
/// ```no_run
/// use std::io;
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
///
/// use futures_io::{AsyncRead, AsyncWrite};
/// use http_lite::{Client, Connect, Destination, Probe, ReactorTimer, Transport};
/// use reactor::UnixStream;
///
/// struct Daemon;
///
/// impl Connect for Daemon {
///     type Stream = Local;
///     type Timer = ReactorTimer;
///
///     async fn connect(&self, _: Destination<'_>) -> io::Result<Local> {
///         Ok(Local(UnixStream::connect("/run/daemon.sock").await?))
///     }
///
///     fn timer(&self) -> ReactorTimer {
///         ReactorTimer::new()
///     }
/// }
///
/// struct Local(UnixStream);
///
/// impl Transport for Local {
///     // A daemon of one's own: each request gets a connection of its own, and nothing has to be asked.
///     fn probe(&mut self) -> Probe {
///         Probe::Spoken
///     }
/// }
///
/// impl AsyncRead for Local {
///     fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
///         Pin::new(&mut self.0).poll_read(cx, space)
///     }
/// }
///
/// impl AsyncWrite for Local {
///     fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
///         Pin::new(&mut self.0).poll_write(cx, bytes)
///     }
///
///     fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
///         Pin::new(&mut self.0).poll_flush(cx)
///     }
///
///     fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
///         Pin::new(&mut self.0).poll_close(cx)
///     }
/// }
///
/// let client = Client::builder().connector(Daemon).build();
/// # drop(client);
/// ```
pub trait Connect {
    /// What it connects by.
    type Stream: Transport + 'static;
    /// What it measures time by.
    type Timer: Timer + 'static;

    /// Makes a connection over which HTTP can be spoken at once.
    ///
    /// # Errors
    ///
    /// Whatever stands in its way, in words that a user of the client can act on. They become part of an
    /// [`Error`](crate::Error).
    ///
    /// # Cancel safety
    ///
    /// It is dropped when its time is over, and with the request: then there must be nothing left of it.
    fn connect(&self, to: Destination<'_>) -> impl Future<Output = io::Result<Self::Stream>>;

    /// A timer that is not set.
    fn timer(&self) -> Self::Timer;

    /// Whether URLs with this scheme can be asked over these connections. Only `http` can, unless it is said
    /// otherwise: `https` over a plain connection would be a lie.
    fn supports(&self, scheme: crate::Scheme) -> bool {
        scheme == crate::Scheme::Http
    }
}

/// Where a connection goes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Destination<'request> {
    origin: &'request Origin,
}

impl<'request> Destination<'request> {
    pub(crate) fn new(origin: &'request Origin) -> Self {
        Self { origin }
    }

    /// Scheme, host and port of the URL. A connection is used again for all that have them in common.
    #[must_use]
    pub fn origin(&self) -> &'request Origin {
        self.origin
    }
}

/// A connection that can be used again.
///
/// It may always be ready: after some megabytes without a wait the client lets others have a turn, and looks at the
/// timeouts. (By a virtual clock that goes on only when nothing is ready, time stands still meanwhile.)
pub trait Transport: AsyncRead + AsyncWrite + Unpin {
    /// Whether anything has arrived that was not read: bytes, the end, an error.
    ///
    /// It is asked before a connection is used again. What arrives while nobody waits for anything cannot be the
    /// answer to a request that is not sent yet, and would be taken for it (CVE-2026-6733). So it must ask the
    /// operating system, now, and not believe what a reactor knew in its last turn. It must not wait, and it may lose
    /// what has arrived: the connection is closed then.
    ///
    /// A connection that cannot be asked says [`Probe::Spoken`], and is used only once.
    fn probe(&mut self) -> Probe;
}

/// What a [`probe`](Transport::probe) has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Nothing has arrived: the connection is as it was left.
    Quiet,
    /// Something has arrived, or it cannot be known.
    Spoken,
}

/// A clock and an alarm, of which each connection has one.
pub trait Timer {
    /// What time it is.
    fn now(&self) -> Instant;

    /// Sets the alarm, or moves it.
    fn set(&mut self, deadline: Instant);

    /// Takes the alarm back. Nobody is woken, and the waker is dropped.
    fn clear(&mut self);

    /// Ready once the alarm is over: then it is not set any more. The task that polled it last is woken. If it is
    /// not set, it is pending.
    fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

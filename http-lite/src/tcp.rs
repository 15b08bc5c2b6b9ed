use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use futures_io::AsyncRead;
use reactor::{Budget, Sleep, TcpStream};

use crate::connect::{Connect, Destination, Probe, Timer, Transport};
use crate::resolve::resolve;

/// Plain TCP connections of the [`reactor`] that is entered on this thread: what a [`Client`](crate::Client) uses
/// unless it is given something else. Small writes are sent at once (`TCP_NODELAY`).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct TcpConnector;

impl Connect for TcpConnector {
    type Stream = TcpStream;
    type Timer = ReactorTimer;

    /// Tries each address in turn. If all fail, the first says why: the others are second choices.
    async fn connect(&self, to: Destination<'_>) -> io::Result<TcpStream> {
        let mut failure = None;
        for address in resolve(to.origin())? {
            match open(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| io::Error::new(ErrorKind::NotFound, "the name has no address")))
    }

    fn timer(&self) -> ReactorTimer {
        ReactorTimer::new()
    }
}

/// What a connection may read between two turns of the reactor. A large body comes in pieces that use up the usual budget
/// with one read each, and a turn between any two of them takes a good part of what the reads take; with this, others wait
/// for about half a millisecond.
const BUDGET: Budget = Budget::bytes(1024 * 1024);

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.registration().set_budget(BUDGET);
    // A request is one write, and whoever sends a body in pieces has a reason. If the system refuses, it is slower.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

impl Transport for TcpStream {
    fn probe(&mut self) -> Probe {
        match self.try_peek(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => return Probe::Spoken,
        }
        // A client may be used under one reactor after the other, and a socket only under its own: elsewhere it is an
        // error to wait for it.
        match Pin::new(self).poll_read(&mut Context::from_waker(Waker::noop()), &mut [0]) {
            Poll::Pending => Probe::Quiet,
            Poll::Ready(_) => Probe::Spoken,
        }
    }
}

/// A timer of the [`reactor`] that is entered on this thread.
#[derive(Debug, Default)]
pub struct ReactorTimer {
    /// There while the alarm is set.
    sleep: Option<Sleep>,
}

impl ReactorTimer {
    /// A timer that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Timer for ReactorTimer {
    fn now(&self) -> Instant {
        reactor::now()
    }

    fn set(&mut self, deadline: Instant) {
        match &mut self.sleep {
            Some(sleep) => sleep.reset(deadline),
            None => self.sleep = Some(reactor::sleep_until(deadline)),
        }
    }

    fn clear(&mut self) {
        self.sleep = None;
    }

    /// # Panics
    ///
    /// Where no reactor is entered, as [`Sleep`] does.
    fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(sleep) = &mut self.sleep else {
            return Poll::Pending;
        };
        let poll = Pin::new(sleep).poll(cx);
        if poll.is_ready() {
            self.sleep = None;
        }
        poll
    }
}

//! hyper 1.x on this project's executor and reactor: what the traits of `hyper::rt` ask for, to be copied.
//!
//! ```toml
//! futures-io = "0.3"
//! hyper = { version = "1.12", features = ["http1", "server"] }
//! send_wrapper = { version = "0.6", features = ["futures"] }
//! ```
//!
//! - [`HyperStream`] around a `reactor::TcpStream` is what `serve_connection` and `handshake` take.
//! - [`HyperTimer`] goes to `Builder::timer`; hyper has no time limits without it.
//! - [`HyperExecutor`] is for HTTP/2, which spawns.
//!
//! No runtime of tokio is needed: hyper's own tree has tokio's channels in it, and they do without.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures_io::{AsyncRead, AsyncWrite};
use hyper::rt::{Executor, Read, ReadBufCursor, Sleep, Timer, Write};
use send_wrapper::SendWrapper;

/// Bytes that are read at once, at most.
const ROOM: usize = 16 << 10;

/// A stream as hyper wants it. All streams with the traits of futures-io will do, those of TLS too.
pub struct HyperStream<S> {
    stream: S,
    /// hyper's own buffers are not initialised, and to hand them on is `unsafe`. So bytes are read in here first.
    room: Box<[u8; ROOM]>,
}

impl<S> HyperStream<S> {
    pub fn new(stream: S) -> Self {
        HyperStream { stream, room: Box::new([0; ROOM]) }
    }
}

impl<S: AsyncRead + Unpin> Read for HyperStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let HyperStream { stream, room } = &mut *self;
        let room = &mut room[..cursor.remaining().min(ROOM)];
        let count = ready!(Pin::new(stream).poll_read(cx, room))?;
        cursor.put_slice(&room[..count]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Write for HyperStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }

    /// So that a head and a body leave by one system call.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, buffers)
    }
}

/// Time limits for hyper, by the timers of the current reactor.
#[derive(Clone, Copy, Debug)]
pub struct HyperTimer;

impl Timer for HyperTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(HyperSleep(SendWrapper::new(reactor::sleep(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(HyperSleep(SendWrapper::new(reactor::sleep_until(deadline))))
    }

    /// By the clock that the sleeps go by, which may be a test's.
    fn now(&self) -> Instant {
        reactor::now()
    }
}

/// hyper wants a sleep that could go to another thread. Ours cannot, and does not: the wrapper would panic there.
struct HyperSleep(SendWrapper<reactor::Sleep>);

impl Future for HyperSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut *self.0).poll(cx)
    }
}

impl Sleep for HyperSleep {}

/// Spawns what hyper wants to run beside, as tasks of the executor that runs.
#[derive(Clone, Copy, Debug)]
pub struct HyperExecutor;

impl<F: Future<Output = ()> + 'static> Executor<F> for HyperExecutor {
    fn execute(&self, future: F) {
        executor::spawn(future).detach();
    }
}

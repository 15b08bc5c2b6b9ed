//! Sockets and timers for the bare loop: as little as readiness and a wheel can be, where there are tasks.
//!
//! A readiness and a waker for each direction of each socket, by number, and a waker for each timer. No generation, no
//! budget, no look at sockets while a task is ready, no errors, no second reactor. It is what
//! an executor of boxed futures without `unsafe` cannot do without, and so the floor of those.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_io::{AsyncRead, AsyncWrite};
use mio::event::Source;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Token};

use super::bare::Bare;
use crate::net::{ANY_PORT, FuturesStream, Net};
use crate::raw_mio::{BOTH, EVENTS, wheel};

thread_local! {
    static REACTOR: RefCell<Option<Reactor>> = const { RefCell::new(None) };
}

struct Reactor {
    poll: mio::Poll,
    events: Events,
    /// Both directions of each source, by its token: to read, to write.
    sources: Vec<[Side; 2]>,
    /// The tokens to be used again.
    vacant: Vec<usize>,
    wheel: wheel::Wheel<Waker>,
}

#[derive(Default)]
struct Side {
    ready: bool,
    /// No event comes any more, so a short read does not mean that one will.
    closed: bool,
    waiting: Option<Waker>,
}

impl Side {
    fn set_ready(&mut self, closed: bool) {
        self.ready = true;
        self.closed |= closed;
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

/// Sets up sockets and timers for this thread.
pub fn set_up() -> io::Result<()> {
    let reactor = Reactor {
        poll: mio::Poll::new()?,
        events: Events::with_capacity(EVENTS),
        sources: Vec::new(),
        vacant: Vec::new(),
        wheel: wheel::Wheel::new(Instant::now()),
    };
    REACTOR.set(Some(reactor));
    Ok(())
}

/// Lets the wheel know what time it is, after a pause.
pub fn catch_up() {
    REACTOR.with_borrow_mut(|reactor| {
        if let Some(reactor) = reactor {
            reactor.wheel.fire(Instant::now(), Waker::wake);
        }
    });
}

/// Waits for something to happen, and wakes those who wait for that.
pub fn wait() {
    with(|reactor| {
        let left = reactor.wheel.next_deadline().map(|at| at.saturating_duration_since(Instant::now()));
        match reactor.poll.poll(&mut reactor.events, left) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return,
            result => result.expect("the system can wait"),
        }
        for event in &reactor.events {
            let [read, write] = &mut reactor.sources[event.token().0];
            if event.is_readable() {
                read.set_ready(event.is_read_closed());
            }
            if event.is_writable() {
                write.set_ready(event.is_write_closed());
            }
        }
        // What is woken here is the bare loop's own, and asks nothing of this.
        reactor.wheel.fire(Instant::now(), Waker::wake);
    });
}

fn with<T>(look: impl FnOnce(&mut Reactor) -> T) -> T {
    REACTOR.with_borrow_mut(|reactor| look(reactor.as_mut().expect("nobody will ever be woken")))
}

/// A source that is watched.
pub struct Watched<S: Source> {
    source: S,
    token: usize,
}

impl<S: Source> Watched<S> {
    fn new(mut source: S) -> io::Result<Self> {
        with(|reactor| {
            let token = reactor.vacant.pop().unwrap_or_else(|| {
                reactor.sources.push(Default::default());
                reactor.sources.len() - 1
            });
            reactor.sources[token] = [true, true].map(|ready| Side { ready, ..Side::default() });
            reactor.poll.registry().register(&mut source, Token(token), BOTH)?;
            Ok(Watched { source, token })
        })
    }

    /// Tries, if it may be worth it, or waits. What moves less than `room` has left nothing for the next one.
    fn poll_io(
        &mut self,
        cx: &mut Context<'_>,
        side: usize,
        room: usize,
        attempt: impl FnOnce(&mut S) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let token = self.token;
        if with(|reactor| reactor.sources[token][side].ready) {
            match attempt(&mut self.source) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Ok(moved) if moved > 0 && moved < room => {
                    with(|reactor| {
                        let side = &mut reactor.sources[token][side];
                        side.ready = side.closed;
                    });
                    return Poll::Ready(Ok(moved));
                }
                result => return Poll::Ready(result),
            }
        }
        with(|reactor| {
            let side = &mut reactor.sources[token][side];
            side.ready = false;
            side.waiting = Some(cx.waker().clone());
        });
        Poll::Pending
    }
}

impl<S: Source> Drop for Watched<S> {
    fn drop(&mut self) {
        with(|reactor| {
            reactor.poll.registry().deregister(&mut self.source).expect("it is watched");
            reactor.vacant.push(self.token);
        });
    }
}

impl AsyncRead for Watched<TcpStream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_io(cx, 0, buffer.len(), |stream| stream.read(buffer))
    }
}

impl AsyncWrite for Watched<TcpStream> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_io(cx, 1, bytes.len(), |stream| stream.write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Sleep {
    deadline: Instant,
    timer: Option<wheel::Timer>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        with(|reactor| match &self.timer {
            Some(timer) if reactor.wheel.has_fired(timer) => {
                self.timer = None;
                Poll::Ready(())
            }
            // In these workloads it is always the same task that polls.
            Some(_) => Poll::Pending,
            None => {
                self.timer = Some(reactor.wheel.insert(self.deadline, cx.waker().clone()));
                Poll::Pending
            }
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            with(|reactor| drop(reactor.wheel.remove(timer)));
        }
    }
}

impl Net for Bare {
    type Listener = std::cell::RefCell<Watched<TcpListener>>;
    type Stream = FuturesStream<Watched<TcpStream>>;

    async fn listen() -> io::Result<(Self::Listener, SocketAddr)> {
        let listener = TcpListener::bind(ANY_PORT)?;
        let address = listener.local_addr()?;
        Ok((RefCell::new(Watched::new(listener)?), address))
    }

    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        let mut accepted = None;
        std::future::poll_fn(|cx| {
            listener.borrow_mut().poll_io(cx, 0, 0, |listener| {
                accepted = Some(listener.accept()?.0);
                Ok(0)
            })
        })
        .await?;
        Watched::new(accepted.expect("it was accepted")).map(FuturesStream)
    }

    async fn connect(address: SocketAddr) -> io::Result<Self::Stream> {
        let mut stream = Watched::new(TcpStream::connect(address)?)?;
        std::future::poll_fn(|cx| {
            stream.poll_io(cx, 1, 0, |stream| match stream.peer_addr() {
                Err(error) if error.kind() == ErrorKind::NotConnected => Err(ErrorKind::WouldBlock.into()),
                result => result.map(|_| 0),
            })
        })
        .await?;
        Ok(FuturesStream(stream))
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        Sleep { deadline: Instant::now() + duration, timer: None }
    }
}

//! What the suites share.

#![allow(dead_code, reason = "each suite uses a part of this")]

pub(crate) mod child;
pub(crate) mod clock;
pub(crate) mod timers;
pub(crate) mod wakers;

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::process;
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use executor::Park;
use futures_io::{AsyncRead, AsyncWrite};
use reactor::{Budget, Entered, Reactor, TcpStream, Turn, VirtualClock};

use self::wakers::Count;

/// A port of the system's choice.
pub(crate) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// After this long a test hangs for good.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the process, and says why, if it is not dropped in time: a lost wake is a failure then, and
/// not a hang.
#[must_use]
pub(crate) struct Watchdog {
    _alive: Sender<()>,
}

pub(crate) fn watchdog() -> Watchdog {
    let (alive, test) = mpsc::channel::<()>();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if test.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            // Not by `eprintln!`: libtest would keep that for a report which it does not live to
            // give.
            let _ = writeln!(io::stderr(), "{name} hangs: it was not woken in {PATIENCE:?}");
            process::abort();
        }
    });
    Watchdog { _alive: alive }
}

/// `reactor::block_on`, watched.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let _watchdog = watchdog();
    reactor::block_on(future).expect("the system has descriptors for a reactor")
}

/// A reactor that the test turns by hand, entered as long as this lives.
pub(crate) struct Rig {
    pub(crate) reactor: Rc<Reactor>,
    _entered: Entered,
    _watchdog: Watchdog,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::around(Reactor::new())
    }

    /// One whose time is that of `clock`.
    pub(crate) fn with_clock(clock: &VirtualClock) -> Self {
        Self::around(Reactor::with_clock(clock))
    }

    fn around(reactor: io::Result<Reactor>) -> Self {
        let reactor = reactor.expect("the system has descriptors for a reactor");
        Rig { _entered: reactor.handle().enter(), reactor: Rc::new(reactor), _watchdog: watchdog() }
    }

    /// Looks for events without waiting.
    pub(crate) fn look(&self) -> Turn {
        self.reactor.turn(Some(Duration::ZERO)).unwrap()
    }

    /// Turns until `count` was woken that often.
    pub(crate) fn turn_until(&self, count: &Count, wakes: usize) {
        while count.wakes() < wakes {
            let _ = self.reactor.turn(None).unwrap();
        }
    }

    /// The smallest executor there is, and not ours: it polls after a wake, and turns the reactor
    /// until there is one.
    pub(crate) fn drive<F: Future>(&self, future: F) -> F::Output {
        let count = Count::new();
        let mut future = pin!(future);
        loop {
            let wakes = count.wakes();
            if let Poll::Ready(output) = future.as_mut().poll(&mut count.context()) {
                return output;
            }
            self.turn_until(&count, wakes + 1);
        }
    }

    /// A connection: this end in the reactor, its first event past, and the other end outside of
    /// it.
    pub(crate) fn connect(&self) -> (TcpStream, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
        let stream = self.drive(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        let (peer, _) = listener.accept().unwrap();
        let _ = self.look();
        (stream, peer)
    }
}

/// Lets a test keep the reactor that an executor sleeps in.
pub(crate) struct SharedPark(pub(crate) Rc<Reactor>);

impl Park for SharedPark {
    fn park(&self, timeout: Option<Duration>) {
        self.0.park(timeout);
    }

    fn look(&self) {
        Park::look(&*self.0);
    }

    fn now(&self) -> Option<Instant> {
        Park::now(&*self.0)
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.0.next_deadline()
    }

    fn unparker(&self) -> Waker {
        self.0.unparker()
    }
}

/// Both ends of a connection in the current reactor.
pub(crate) async fn connection() -> (TcpStream, TcpStream) {
    let listener = reactor::TcpListener::bind(ANY_PORT).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap());
    let (client, server) = executor::join!(client, listener.accept());
    (client.unwrap(), server.unwrap().0)
}

/// Closes a socket when everything that it has sent, the end included, is at the other side.
pub(crate) fn close_after_arrival(stream: std::net::TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::from_secs(30))).unwrap();
    drop(stream);
}

pub(crate) fn poll_read(stream: &TcpStream, waker: &Waker, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
    let mut stream = stream;
    Pin::new(&mut stream).poll_read(&mut Context::from_waker(waker), buffer)
}

pub(crate) fn poll_write(stream: &TcpStream, waker: &Waker, bytes: &[u8]) -> Poll<io::Result<usize>> {
    let mut stream = stream;
    Pin::new(&mut stream).poll_write(&mut Context::from_waker(waker), bytes)
}

/// Writes until the kernel has no more room and `waker` waits for some. Returns how much went in.
pub(crate) fn fill(stream: &TcpStream, waker: &Waker) -> usize {
    let mut written = 0;
    stream.registration().set_budget(Budget::UNLIMITED);
    while let Poll::Ready(result) = poll_write(stream, waker, &[b'x'; 1 << 16]) {
        written += result.unwrap();
    }
    written
}

pub(crate) async fn read_some(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut stream = stream;
    poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, buffer)).await
}

pub(crate) async fn read_exact(stream: &TcpStream, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let length = read_some(stream, buffer).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[length..];
    }
    Ok(())
}

pub(crate) async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    let mut stream = stream;
    while !bytes.is_empty() {
        let length = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, bytes)).await?;
        bytes = &bytes[length..];
    }
    Ok(())
}

/// What a poll that must be ready and well has brought.
#[track_caller]
pub(crate) fn ready<T>(poll: Poll<io::Result<T>>) -> T {
    match poll {
        Poll::Ready(result) => result.unwrap(),
        Poll::Pending => panic!("it waits, and should be ready"),
    }
}

/// What a poll that must have failed says.
#[track_caller]
pub(crate) fn failed<T>(poll: Poll<io::Result<T>>) -> io::Error {
    match poll {
        Poll::Ready(Err(error)) => error,
        Poll::Ready(Ok(_)) => panic!("it succeeded, and should fail"),
        Poll::Pending => panic!("it waits, and should fail"),
    }
}

/// Whether a loop that watches the reactor's descriptor would turn it now.
#[cfg(unix)]
pub(crate) fn wants_a_turn(reactor: &Reactor) -> bool {
    use std::os::fd::{AsFd, AsRawFd};

    // Made anew each time: it then reports what is so, not what has changed.
    let mut poll = mio::Poll::new().unwrap();
    let descriptor = reactor.as_fd().as_raw_fd();
    let mut source = mio::unix::SourceFd(&descriptor);
    poll.registry().register(&mut source, mio::Token(0), mio::Interest::READABLE).unwrap();
    let mut events = mio::Events::with_capacity(1);
    poll.poll(&mut events, Some(Duration::ZERO)).unwrap();
    !events.is_empty()
}

/// The slot's index: the half of the token that is not the generation.
pub(crate) fn slot_of(registration: &impl Debug) -> u32 {
    let text = format!("{registration:?}");
    let (_, token) = text.rsplit_once("Token(").expect("a registration shows its token");
    let (number, _) = token.split_once(')').expect("a token ends");
    let number: u64 = number.parse().expect("a token is a number");
    u32::try_from(number & u64::from(u32::MAX)).expect("half of it fits")
}

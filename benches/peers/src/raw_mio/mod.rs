//! The reactor's workloads as loops over `mio::Poll`, written by hand: no executor, no tasks, no futures. What
//! is left is what the kernel takes, so nobody can do much better with readiness.

mod bulk;
mod connect;
mod echo;
mod sleep;
pub mod wheel;

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token};

use rounds::child::Sampler;

use crate::net::ANY_PORT;

use crate::workloads::Scale;
use crate::workloads::reactor::Kind;

/// What it is called in the tables.
pub const NAME: &str = "raw mio";

pub const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);
/// How many events are taken from the kernel at once, as in the reactor.
pub const EVENTS: usize = 1024;

/// What takes samples of this kind.
///
/// # Errors
///
/// If there is nothing to measure.
pub fn sampler(kind: Kind, scale: Scale) -> Result<Sampler, String> {
    let amount = kind.amount(scale);
    match kind {
        Kind::Echo(connections) => {
            Ok(Box::new(move || Ok(echo::round_trips(connections, amount).per_operation())))
        }
        Kind::Bulk => Ok(Box::new(move || Ok(bulk::transfer(amount).per_operation()))),
        Kind::Connect => Ok(Box::new(move || Ok(connect::again_and_again(amount).per_operation()))),
        Kind::SleepDrop => Ok(Box::new(move || Ok(sleep::make_and_drop(amount).per_operation()))),
        Kind::SleepFire => Ok(Box::new(move || Ok(sleep::fire(amount, Kind::quiet(scale)).per_operation()))),
        Kind::SleepLate => Ok(Box::new(move || Ok(sleep::lateness(amount).per_operation()))),
        Kind::ConnectionMemory | Kind::TimerMemory => Err("it has no tasks".into()),
    }
}

/// What there is one of in each loop.
struct Loop {
    poll: Poll,
    events: Events,
}

impl Loop {
    fn new() -> Self {
        let poll = Poll::new().expect("the system has descriptors");
        Loop { poll, events: Events::with_capacity(EVENTS) }
    }

    fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// Waits for events.
    fn wait(&mut self, timeout: Option<Duration>) -> impl Iterator<Item = &Event> {
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == ErrorKind::Interrupted => self.events.clear(),
            result => result.expect("the system can wait"),
        }
        self.events.iter()
    }

    /// Makes a number of connections, with tokens `2 * number` for the end that connected and one more for the
    /// one that was accepted.
    fn connect(&mut self, count: usize) -> Vec<[TcpStream; 2]> {
        let listener = std::net::TcpListener::bind(ANY_PORT).expect("a port of loopback is free");
        let address = listener.local_addr().expect("it is bound");
        let connect = |number: usize| {
            let client = TcpStream::connect(address).expect("there is somebody who listens");
            let (server, _) = listener.accept().expect("a connection waits to be accepted");
            server.set_nonblocking(true).expect("it can");
            let mut ends = [client, TcpStream::from_std(server)];
            for (end, stream) in ends.iter_mut().enumerate() {
                self.poll
                    .registry()
                    .register(stream, Token(2 * number + end), BOTH)
                    .expect("it can be watched");
            }
            ends
        };
        (0..count).map(connect).collect()
    }

    fn listen(&mut self, token: Token) -> TcpListener {
        let mut listener = TcpListener::bind(ANY_PORT).expect("a port of loopback is free");
        self.registry().register(&mut listener, token, Interest::READABLE).expect("it can be watched");
        listener
    }
}

/// Reads once; `None` if there is nothing yet.
fn read(mut stream: &TcpStream, buffer: &mut [u8]) -> Option<usize> {
    match stream.read(buffer) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => None,
        result => Some(result.expect("the other end is there")),
    }
}

/// Writes once; `None` if there is no room.
fn write(mut stream: &TcpStream, bytes: &[u8]) -> Option<usize> {
    match stream.write(bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => None,
        result => Some(result.expect("the other end is there")),
    }
}

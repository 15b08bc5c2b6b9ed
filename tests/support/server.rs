//! A server that does exactly what a test tells it to, right or wrong.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use super::watchdog::PATIENCE;

/// One thing that a server does.
pub enum Step {
    /// Reads the request, up to its empty line.
    Read,
    /// Waits for the request and leaves it unread. Closing over unread bytes is what resets a
    /// connection.
    LeaveUnread,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes, each in a packet of its own.
    Trickle(Vec<u8>),
    /// Sends these bytes again and again until the client has hung up.
    Flood(Vec<u8>),
    /// Waits until all who share this barrier are here.
    Meet(Arc<Barrier>),
    /// Waits for [`Server::go_on`]; until the server is dropped if it is never called.
    AwaitTest,
}

/// A server for one connection, on a thread of its own. It closes the connection after its last
/// step.
pub struct Server {
    address: SocketAddr,
    signal: Sender<()>,
    /// How playing the script ended.
    outcome: Receiver<io::Result<()>>,
}

impl Server {
    /// Plays these steps for the first client.
    pub fn play(steps: impl IntoIterator<Item = Step, IntoIter: Send + 'static>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let (signal, signals) = mpsc::channel();
        let (sender, outcome) = mpsc::channel();
        let mut steps = steps.into_iter();
        thread::spawn(move || {
            let played = listener.accept().and_then(|(mut stream, _)| {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                steps.try_for_each(|step| play(step, &mut stream, &signals))
            });
            // Nobody asks how a server fared that did what it should.
            let _ = sender.send(played);
        });
        Server { address, signal, outcome }
    }

    /// Reads the request, sends a response and closes.
    pub fn answer(response: impl Into<Vec<u8>>) -> Self {
        Self::play([Step::Read, Step::Send(response.into())])
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends one [`Step::AwaitTest`].
    pub fn go_on(&self) {
        self.signal.send(()).expect("the server waits for this");
    }

    /// Waits for the end of the script, or for the error that ended it.
    pub fn outcome(self) -> io::Result<()> {
        self.outcome.recv_timeout(PATIENCE).expect("a server comes to the end of its script")
    }
}

fn play(step: Step, stream: &mut TcpStream, signals: &Receiver<()>) -> io::Result<()> {
    match step {
        Step::Read => read_request(stream),
        Step::LeaveUnread => stream.peek(&mut [0]).map(drop),
        Step::Send(bytes) => stream.write_all(&bytes),
        Step::Trickle(bytes) => bytes.chunks(1).try_for_each(|byte| {
            stream.write_all(byte)?;
            // So that the client is likely to read before the next one; right it must be either
            // way.
            thread::sleep(Duration::from_millis(1));
            Ok(())
        }),
        Step::Flood(bytes) => loop {
            stream.write_all(&bytes)?;
        },
        Step::Meet(barrier) => {
            barrier.wait();
            Ok(())
        }
        Step::AwaitTest => {
            // A test that has ended waits for nothing more.
            let _ = signals.recv_timeout(PATIENCE);
            Ok(())
        }
    }
}

fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    Ok(())
}

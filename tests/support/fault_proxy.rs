//! A proxy that does to connections what networks do.
//!
//! It is made of blocking sockets and threads: what it tests had better not be what it is built of.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::fault_script::{Script, Step};
use super::random::Xorshift;

/// How long a thread of the proxy sits in a system call before it looks whether it is to stop.
const TICK: Duration = Duration::from_millis(5);
/// How much is forwarded at once.
const BUFFER: usize = 1 << 16;

/// Forwards connections, each as its script says, until it is dropped.
pub struct FaultProxy {
    address: SocketAddr,
    control: Arc<Control>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the test tells all threads of a proxy, and what they tell it.
#[derive(Default)]
struct Control {
    released: AtomicBool,
    over: AtomicBool,
    /// How many clients there were.
    connections: AtomicUsize,
    /// How often bytes were made up, and sent.
    made_up: AtomicUsize,
}

impl FaultProxy {
    /// Forwards all connections as the same script says.
    pub fn new(server: SocketAddr, script: Script) -> Self {
        Self::each(server, move |_| script.clone())
    }

    /// Forwards connections as the script says that `script` makes for each. The first one is 0.
    pub fn each(server: SocketAddr, script: impl Fn(usize) -> Script + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let control = Arc::new(Control::default());
        let shared = Arc::clone(&control);
        let acceptor = thread::spawn(move || accept(&listener, server, &script, &shared));
        FaultProxy { address, control, acceptor: Some(acceptor) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// How many connections were made to it so far.
    pub fn connections(&self) -> usize {
        self.control.connections.load(Ordering::SeqCst)
    }

    /// How often it has sent bytes that nobody had sent to it. They have left it by then.
    pub fn made_up(&self) -> usize {
        self.control.made_up.load(Ordering::SeqCst)
    }

    /// Ends every [`Step::Stall`].
    pub fn release(&self) {
        self.control.released.store(true, Ordering::SeqCst);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.control.over.store(true, Ordering::SeqCst);
        // Ends its wait for the next client.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(
    listener: &TcpListener,
    server: SocketAddr,
    script: &impl Fn(usize) -> Script,
    control: &Arc<Control>,
) {
    let mut pumps = Vec::new();
    loop {
        let accepted = listener.accept();
        if control.over.load(Ordering::SeqCst) {
            break;
        }
        let script = script(control.connections.fetch_add(1, Ordering::SeqCst));
        let link = accepted.and_then(|(client, _)| Link::new(client, server, Arc::clone(control)));
        let Ok(link) = link.map(Arc::new) else { continue };
        for (direction, steps) in
            [(Direction::ToServer, &script.to_server), (Direction::ToClient, &script.to_client)]
        {
            let (link, steps, random) = (Arc::clone(&link), steps.clone(), Xorshift(script.seed));
            pumps.push(thread::spawn(move || Pump { link, direction, random }.run(&steps)));
        }
    }
    for pump in pumps {
        let _ = pump.join();
    }
}

/// A connection, which is two.
struct Link {
    client: TcpStream,
    server: TcpStream,
    control: Arc<Control>,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Ended in order: whatever still comes is swallowed.
    Cut,
    /// The sockets will be reset when both directions have let go of them.
    Reset,
}

impl Link {
    fn new(client: TcpStream, server: SocketAddr, control: Arc<Control>) -> io::Result<Self> {
        let server = TcpStream::connect(server).inspect_err(|_| reset_on_close(&client))?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(TICK))?;
            stream.set_write_timeout(Some(TICK))?;
        }
        Ok(Link { client, server, control, state: Mutex::new(State::Open) })
    }

    /// Ends both directions; the first end is the one that counts.
    fn end(&self, end: State) {
        let mut state = self.state.lock().expect("no thread panics while it has this");
        if *state == State::Open {
            *state = end;
        }
    }

    fn state(&self) -> State {
        *self.state.lock().expect("no thread panics while it has this")
    }

    fn is_over(&self) -> bool {
        self.control.over.load(Ordering::SeqCst)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.state() == State::Reset {
            reset_on_close(&self.client);
            reset_on_close(&self.server);
        }
    }
}

/// Has the peer be told of a reset instead of an end.
pub fn reset_on_close(stream: &TcpStream) {
    // It fails where the connection is broken already, and there is nothing to reset.
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

#[derive(Clone, Copy)]
enum Direction {
    ToServer,
    ToClient,
}

/// Why a direction takes no further step.
enum Stop {
    /// Its source has ended.
    EndOfSource,
    /// The connection is broken, or others have ended it.
    Broken,
}

/// One direction of a link.
struct Pump {
    link: Arc<Link>,
    direction: Direction,
    random: Xorshift,
}

impl Pump {
    fn run(mut self, steps: &[Step]) {
        let stop = steps.iter().try_for_each(|step| self.play(*step));
        match stop.and_then(|()| self.forward(usize::MAX, BUFFER)) {
            Err(Stop::Broken) if !self.link.is_over() => self.link.end(State::Reset),
            _ => drop(self.target().shutdown(Shutdown::Write)),
        }
        if self.link.state() == State::Cut {
            self.swallow();
        }
    }

    fn play(&mut self, step: Step) -> Result<(), Stop> {
        match step {
            Step::Forward(bytes) => self.forward(bytes, BUFFER),
            Step::Trickle { bytes, most } => self.trickle(bytes, most),
            Step::Delay(duration) => {
                thread::sleep(duration);
                Ok(())
            }
            Step::Stall => self.stall(),
            Step::Garbage(bytes) => {
                let garbage = self.random.bytes(bytes);
                self.make_up(&garbage)
            }
            Step::Forge(bytes) => self.make_up(bytes),
            Step::Finish => {
                let _ = self.target().shutdown(Shutdown::Write);
                self.swallow();
                Err(Stop::EndOfSource)
            }
            Step::Cut => {
                self.link.end(State::Cut);
                let _ = self.source().shutdown(Shutdown::Write);
                Err(Stop::EndOfSource)
            }
            Step::Reset => Err(Stop::Broken),
        }
    }

    fn forward(&mut self, mut bytes: usize, most: usize) -> Result<(), Stop> {
        let mut buffer = vec![0; most.min(BUFFER)];
        while bytes > 0 {
            let wanted = bytes.min(buffer.len());
            let length = self.read(&mut buffer[..wanted])?;
            self.write_all(&buffer[..length])?;
            bytes -= length;
        }
        Ok(())
    }

    fn trickle(&mut self, mut bytes: usize, most: usize) -> Result<(), Stop> {
        while bytes > 0 {
            let length = (1 + self.random.below(most)).min(bytes);
            self.forward(length, length)?;
            bytes -= length;
            // So that the other side is likely to read before the next ones come.
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn stall(&self) -> Result<(), Stop> {
        while !self.link.control.released.load(Ordering::SeqCst) {
            self.check()?;
            thread::sleep(TICK);
        }
        Ok(())
    }

    fn make_up(&self, bytes: &[u8]) -> Result<(), Stop> {
        self.write_all(bytes)?;
        self.link.control.made_up.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Reads until the source has ended, for nobody.
    fn swallow(&self) {
        let mut buffer = vec![0; BUFFER];
        while !self.link.is_over() && self.link.state() != State::Reset {
            match self.source().read(&mut buffer) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if is_tick(&error) => {}
                Err(_) => return,
            }
        }
    }

    fn read(&self, buffer: &mut [u8]) -> Result<usize, Stop> {
        loop {
            self.check()?;
            match self.source().read(buffer) {
                Ok(0) => return Err(Stop::EndOfSource),
                Ok(length) => return Ok(length),
                Err(error) if is_tick(&error) => {}
                Err(_) => return Err(Stop::Broken),
            }
        }
    }

    fn write_all(&self, mut bytes: &[u8]) -> Result<(), Stop> {
        while !bytes.is_empty() {
            self.check()?;
            match self.target().write(bytes) {
                Ok(length) => bytes = &bytes[length..],
                Err(error) if is_tick(&error) => {}
                Err(_) => return Err(Stop::Broken),
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Stop> {
        if self.link.is_over() || self.link.state() != State::Open { Err(Stop::Broken) } else { Ok(()) }
    }

    fn source(&self) -> &TcpStream {
        match self.direction {
            Direction::ToServer => &self.link.client,
            Direction::ToClient => &self.link.server,
        }
    }

    fn target(&self) -> &TcpStream {
        match self.direction {
            Direction::ToServer => &self.link.server,
            Direction::ToClient => &self.link.client,
        }
    }
}

/// Whether nothing has happened but the passing of a [`TICK`].
fn is_tick(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

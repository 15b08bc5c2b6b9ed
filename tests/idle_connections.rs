//! Ten thousand connections that say nothing, on one thread; then all of them at once.
//!
//! A program of its own, without libtest, which has threads itself. The other ends are in a second process, so
//! that each has the descriptors it needs.

mod support;

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use executor::JoinSet;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpListener, TcpStream, sleep, timeout};

use support::child::skip;
use support::meter::{Meter, metered_here};
use support::procfs::{resident_kib, threads};

/// How many there are.
const CONNECTIONS: u64 = 10_000;
/// What a process needs besides.
const OTHER_DESCRIPTORS: u64 = 100;
/// How many connect at once: fewer than wait to be accepted without loss.
const AT_ONCE: u64 = 100;
/// How long anything may take before this gives up.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> io::Result<()> {
    if let Some(address) = env::args().nth(1).and_then(|argument| argument.parse().ok()) {
        return reactor::block_on(other_ends(address))?;
    }
    if cfg!(not(target_os = "linux")) {
        skip("this system has no /proc to count threads in");
    } else if !enough_descriptors()? {
        skip("the system grants too few descriptors: see `ulimit -Hn`");
    } else {
        metered_here(serve)?;
    }
    Ok(())
}

fn enough_descriptors() -> io::Result<bool> {
    let needed = CONNECTIONS + OTHER_DESCRIPTORS;
    Ok(rlimit::increase_nofile_limit(needed)? >= needed)
}

/// The server, and what it costs.
async fn serve(meter: Meter) -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let mut peer = Peer::start(listener.local_addr()?)?;
    let before = resident_kib();
    let mut servers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (stream, _) = timeout(PATIENCE, listener.accept()).await??;
        servers.spawn(answer(stream));
    }
    // Each is polled, and waits, before this goes on.
    executor::yield_now().await;
    let bytes = (resident_kib() - before) * 1024 / CONNECTIONS;
    assert_eq!(threads(), 1, "with all connections open");

    let quiet = meter.effort();
    sleep(Duration::from_millis(50)).await;
    let spent = meter.since(quiet);
    assert!(spent.polls <= 5 && spent.parks <= 10, "idle connections are no work: {spent:?}");

    // Nobody turns the reactor meanwhile, so all have data when this does: more than one turn takes.
    peer.say("speak")?;
    peer.expect("spoken")?;
    let idle = meter.effort();
    while let Some(answered) = timeout(PATIENCE, servers.join_next()).await? {
        answered.expect("no task panics")?;
    }
    assert_eq!(threads(), 1, "with traffic on all connections");
    peer.expect("heard all")?;
    // A poll for the data and one for the end of each, one for each result, and a few.
    let spent = meter.since(idle);
    assert!(spent.polls as u64 <= 3 * CONNECTIONS + 100, "{spent:?} for {CONNECTIONS} connections");
    println!("{CONNECTIONS} idle connections, {bytes} bytes each with their tasks, on one OS thread ... ok");
    println!("then traffic on all of them: {spent:?}");
    Ok(())
}

/// Reads a number, answers with the next one, and waits for the end.
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut number = [0; 8];
    stream.read_exact(&mut number).await?;
    stream.write_all(&(u64::from_le_bytes(number) + 1).to_le_bytes()).await?;
    assert_eq!(stream.read(&mut number).await?, 0);
    Ok(())
}

/// The process with the other ends.
struct Peer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start(address: SocketAddr) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .arg(address.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Ok(Peer { child, output })
    }

    fn say(&mut self, word: &str) -> io::Result<()> {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{word}")
    }

    /// Waits for this word; no longer than the peer waits for anything.
    fn expect(&mut self, word: &str) -> io::Result<()> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        assert_eq!(line.trim_end(), word);
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connects, speaks on all connections when it is told to, and hears all answers.
async fn other_ends(address: SocketAddr) -> io::Result<()> {
    assert!(enough_descriptors()?, "the parent was granted as many");
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS / AT_ONCE {
        let attempts = executor::join_all((0..AT_ONCE).map(|_| TcpStream::connect(address)));
        for stream in timeout(PATIENCE, attempts).await? {
            streams.push(stream?);
        }
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    assert_eq!(line, "speak\n");
    for (number, mut stream) in (0..).zip(&streams) {
        stream.write_all(&u64::to_le_bytes(number)).await?;
    }
    println!("spoken");
    let answers = executor::join_all((0..).zip(streams).map(async |(number, mut stream)| {
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).await?;
        assert_eq!(u64::from_le_bytes(answer), number + 1);
        io::Result::Ok(())
    }));
    timeout(PATIENCE, answers).await?.into_iter().collect::<io::Result<()>>()?;
    println!("heard all");
    Ok(())
}

//! What a budget does to a stream that always has something: `cargo bench -p onethread-benches --bench bulk`.
//!
//! Bytes go through a TCP connection in chunks of 64 KiB: between two tasks of one thread, which take
//! turns by the budget while what they move is in the processor's cache; and to and from a process of
//! its own, where all that it does is one more look for events each time that it is used up. Where small messages go
//! to and fro it seldom is.
//!
//! The budgets take turns, so that whatever else the machine does meanwhile hits all alike. The ratios are
//! medians of those of the rounds. To count system calls or instructions instead, run it once for one budget:
//!
//! ```text
//! strace -c target/release/deps/bulk-* --bench --rounds 1 --only reading --budget none
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command};
use std::time::Instant;

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{Budget, Handle, TcpListener, TcpStream};

const ROUNDS: usize = 15;
/// Bytes of a message that goes to and fro.
const MESSAGE: usize = 64;
const CHUNK: usize = 64 * 1024;
/// How many chunks go through a connection: 256 MiB for figures, 1 MiB to see whether it works.
const CHUNKS: usize = 4096;
const FEW_CHUNKS: usize = 16;

/// The address that the other process is to connect to; set for that process alone.
const PEER: &str = "ONETHREAD_BULK_PEER";

/// What the other process is asked for if it is to send back what it gets.
const ECHO: u64 = u64::MAX;

const BUDGETS: [(&str, Budget); 7] = [
    ("none", Budget::UNLIMITED),
    ("16 KiB", Budget::bytes(16 << 10)),
    ("64 KiB", Budget::bytes(64 << 10)),
    ("128 KiB", Budget::bytes(128 << 10)),
    ("256 KiB", Budget::bytes(256 << 10)),
    ("1 MiB", Budget::bytes(1 << 20)),
    ("4 MiB", Budget::bytes(4 << 20)),
];

fn main() -> io::Result<()> {
    if let Ok(address) = env::var(PEER) {
        return peer(address.parse().expect("the other process has given an address"));
    }
    let options = Options::new(env::args().skip(1).collect());
    println!(
        "ns per KiB, and the ratio to no budget; medians of {} rounds of {} chunks",
        options.rounds, options.chunks
    );
    compare(&options, "both ends on this thread", |plan| reactor::block_on(both_ends(plan))?)?;
    compare(&options, "reading from a process", |plan| reactor::block_on(reading(plan))?)?;
    compare(&options, "writing to a process", |plan| reactor::block_on(writing(plan))?)?;
    println!("\nns per round trip of {MESSAGE} bytes, as many as there are chunks");
    compare(&options, "asking a process", |plan| reactor::block_on(asking(plan))?)
}

/// What is to be measured, and how often.
struct Options {
    rounds: usize,
    chunks: usize,
    /// Words of the names that are meant; empty for all.
    only: String,
    budget: String,
}

impl Options {
    fn new(arguments: Vec<String>) -> Self {
        let value = |name: &str| {
            let place = arguments.iter().position(|argument| argument == name)?;
            arguments.get(place + 1).cloned()
        };
        // `cargo test --benches` wants to know only whether it runs.
        let measuring = arguments.iter().any(|argument| argument == "--bench");
        let (rounds, chunks) = if measuring { (ROUNDS, CHUNKS) } else { (1, FEW_CHUNKS) };
        let rounds = value("--rounds").map_or(rounds, |rounds| rounds.parse().expect("rounds are a number"));
        let [only, budget] = ["--only", "--budget"].map(|name| value(name).unwrap_or_default());
        Options { rounds, chunks, only, budget }
    }
}

/// Measures one way of moving bytes with all budgets.
fn compare(options: &Options, name: &str, mut run: impl FnMut(Plan) -> io::Result<f64>) -> io::Result<()> {
    if !name.contains(&options.only) {
        return Ok(());
    }
    println!("\n{name}");
    let budgets: Vec<_> = BUDGETS.into_iter().filter(|(name, _)| name.contains(&options.budget)).collect();
    let mut samples = vec![Vec::new(); budgets.len()];
    for round in 0..options.rounds {
        for turn in 0..budgets.len() {
            // Another one begins in each round.
            let which = (round + turn) % budgets.len();
            samples[which].push(run(Plan { chunks: options.chunks, budget: budgets[which].1 })?);
        }
    }
    let without = samples.first().cloned().unwrap_or_default();
    for ((budget, _), samples) in budgets.iter().zip(samples) {
        let ratios = samples.iter().zip(&without).map(|(with, without)| with / without).collect();
        println!("  {budget:>8} {:8.1} {:8.2}", median(samples), median(ratios));
    }
    Ok(())
}

/// What one sample is.
#[derive(Clone, Copy)]
struct Plan {
    chunks: usize,
    budget: Budget,
}

impl Plan {
    /// Nanoseconds for each KiB since then.
    fn nanoseconds(self, start: Instant) -> f64 {
        start.elapsed().as_secs_f64() * 1e9 / (self.chunks * CHUNK / 1024) as f64
    }
}

/// A writing task and a reading one.
async fn both_ends(plan: Plan) -> io::Result<f64> {
    Handle::current()?.set_budget(plan.budget);
    let listener = TcpListener::bind(any_port())?;
    let (writer, reader) = executor::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
    let (writer, reader) = (writer?, reader?.0);
    let start = Instant::now();
    let writing = executor::spawn(write_all(writer, plan.chunks));
    read_all(reader, plan.chunks).await?;
    writing.await.expect("the writer does not panic")?;
    Ok(plan.nanoseconds(start))
}

async fn reading(plan: Plan) -> io::Result<f64> {
    let (mut stream, mut peer) = connect(plan).await?;
    let start = Instant::now();
    stream.write_all(&(plan.chunks as u64).to_le_bytes()).await?;
    read_all(stream, plan.chunks).await?;
    let took = plan.nanoseconds(start);
    peer.wait()?;
    Ok(took)
}

async fn writing(plan: Plan) -> io::Result<f64> {
    let (mut stream, mut peer) = connect(plan).await?;
    let start = Instant::now();
    stream.write_all(&0_u64.to_le_bytes()).await?;
    write_all(&stream, plan.chunks).await?;
    stream.close().await?;
    assert_eq!(stream.read(&mut [0]).await?, 0, "it has read everything, and goes");
    let took = plan.nanoseconds(start);
    peer.wait()?;
    Ok(took)
}

async fn asking(plan: Plan) -> io::Result<f64> {
    let (mut stream, mut peer) = connect(plan).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&ECHO.to_le_bytes()).await?;
    let mut message = [b'x'; MESSAGE];
    let start = Instant::now();
    for _ in 0..plan.chunks {
        stream.write_all(&message).await?;
        stream.read_exact(&mut message).await?;
    }
    let took = start.elapsed().as_secs_f64() * 1e9 / plan.chunks as f64;
    stream.close().await?;
    peer.wait()?;
    Ok(took)
}

async fn write_all(mut stream: impl AsyncWriteExt + Unpin, chunks: usize) -> io::Result<()> {
    let chunk = vec![b'x'; CHUNK];
    for _ in 0..chunks {
        stream.write_all(&chunk).await?;
    }
    Ok(())
}

async fn read_all(mut stream: impl AsyncReadExt + Unpin, chunks: usize) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    let mut missing = chunks * CHUNK;
    while missing > 0 {
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => missing -= length,
        }
    }
    Ok(())
}

/// A connection with a process of its own.
async fn connect(plan: Plan) -> io::Result<(TcpStream, Child)> {
    Handle::current()?.set_budget(plan.budget);
    let listener = TcpListener::bind(any_port())?;
    let peer = Command::new(env::current_exe()?).env(PEER, listener.local_addr()?.to_string()).spawn()?;
    Ok((listener.accept().await?.0, peer))
}

/// The other process: sends as many chunks as it is asked for and takes all that comes, or sends it back.
fn peer(address: SocketAddr) -> io::Result<()> {
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut wanted = [0; 8];
    stream.read_exact(&mut wanted)?;
    let mut chunk = vec![b'x'; CHUNK];
    let (chunks, echo) = match u64::from_le_bytes(wanted) {
        ECHO => (0, true),
        chunks => (chunks, false),
    };
    for _ in 0..chunks {
        stream.write_all(&chunk)?;
    }
    loop {
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            length if echo => stream.write_all(&chunk[..length])?,
            _ => {}
        }
    }
}

fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

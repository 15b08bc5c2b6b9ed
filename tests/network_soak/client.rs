//! A client, which comes once and does one thing.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use executor::{join, spawn};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpStream, sleep, timeout};

use crate::server::{CUT, order};
use crate::support::random::Xorshift;

/// The most that a client sends.
const MOST: usize = 100_000;
/// The longest that it is patient, in microseconds.
const PATIENCE: usize = 3_000;

/// Where clients try to connect to.
#[derive(Clone, Copy)]
pub(crate) struct Addresses {
    /// Somebody serves.
    pub(crate) serving: SocketAddr,
    /// Nobody listens.
    pub(crate) refusing: SocketAddr,
    /// Nobody answers.
    pub(crate) silent: SocketAddr,
}

/// What a client does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Sends, ends its direction, and gets all of it back.
    Exchange,
    /// As above, while it gives up one read after another.
    GiveUpReads,
    /// Ends its direction and gets nothing back.
    SendToTheMute,
    /// Sends after the other direction has ended.
    SendAgainstTheEnd,
    /// Is cut off in the middle.
    BeCutOff,
    /// Closes over what it has not read, which is a reset.
    Reset,
    /// Says nothing and closes.
    SayNothing,
    /// Is aborted somewhere in an exchange.
    BeAborted,
    /// Drops an attempt to connect that has just begun.
    DropAttempt,
    /// Is refused.
    BeRefused,
    /// Waits in vain for a connection.
    WaitInVain,
}

impl Deed {
    pub(crate) const ALL: [Deed; 11] = [
        Deed::Exchange,
        Deed::GiveUpReads,
        Deed::SendToTheMute,
        Deed::SendAgainstTheEnd,
        Deed::BeCutOff,
        Deed::Reset,
        Deed::SayNothing,
        Deed::BeAborted,
        Deed::DropAttempt,
        Deed::BeRefused,
        Deed::WaitInVain,
    ];
}

/// Does it.
///
/// # Panics
///
/// If it does not go as it should.
pub(crate) async fn play(deed: Deed, addresses: Addresses, mut random: Xorshift) {
    let server = addresses.serving;
    let load = random.below(MOST);
    let load = random.bytes(load);
    let pause = Duration::from_micros(random.below(PATIENCE) as u64);
    match deed {
        Deed::Exchange => assert!(exchange(server, order::ECHO, &load).await.unwrap() == load),
        Deed::GiveUpReads => give_up_reads(server, &load, pause / 30).await.unwrap(),
        Deed::SendToTheMute => assert_eq!(exchange(server, order::MUTE, &load).await.unwrap(), b""),
        Deed::SendAgainstTheEnd => assert_eq!(exchange(server, order::HALF, &load).await.unwrap(), b""),
        Deed::BeCutOff => be_cut_off(server, &load).await,
        Deed::Reset => {
            let mut stream = connect(server, order::ECHO).await.unwrap();
            stream.write_all(&load).await.unwrap();
            sleep(pause).await;
        }
        Deed::SayNothing => {
            let _stream = TcpStream::connect(server).await.unwrap();
            sleep(pause).await;
        }
        Deed::BeAborted => {
            let exchange = spawn(async move { exchange(server, order::ECHO, &load).await.map(drop) });
            sleep(pause).await;
            exchange.abort();
            match exchange.await {
                Ok(result) => result.unwrap(),
                Err(error) => assert!(error.is_cancelled()),
            }
        }
        Deed::DropAttempt => drop_attempt(server).await,
        Deed::BeRefused => {
            let error = TcpStream::connect(addresses.refusing).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        }
        Deed::WaitInVain => assert!(timeout(pause, TcpStream::connect(addresses.silent)).await.is_err()),
    }
}

/// Connects, and says what it wants.
async fn connect(server: SocketAddr, order: u8) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(&[order]).await?;
    Ok(stream)
}

/// Sends all and ends its direction, while it reads until the other one ends.
async fn exchange(server: SocketAddr, order: u8, load: &[u8]) -> io::Result<Vec<u8>> {
    let stream = connect(server, order).await?;
    let (sent, received) = join!(send(&stream, load), receive(&stream));
    sent?;
    received
}

async fn send(mut stream: &TcpStream, load: &[u8]) -> io::Result<()> {
    stream.write_all(load).await?;
    stream.close().await
}

async fn receive(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await?;
    Ok(received)
}

/// An exchange whose reads are dropped again and again before anything has come. None takes anything along.
async fn give_up_reads(server: SocketAddr, load: &[u8], patience: Duration) -> io::Result<()> {
    let stream = connect(server, order::ECHO).await?;
    let reads = async {
        let (mut received, mut buffer, mut stream) = (Vec::new(), vec![0; 4096], &stream);
        loop {
            match timeout(patience, stream.read(&mut buffer)).await {
                Err(_elapsed) => executor::yield_now().await,
                Ok(read) => match read? {
                    0 => return io::Result::Ok(received),
                    length => received.extend_from_slice(&buffer[..length]),
                },
            }
        }
    };
    let (sent, received) = join!(send(&stream, load), reads);
    sent?;
    assert!(received? == load);
    Ok(())
}

/// What comes before the end is a beginning of what was sent.
async fn be_cut_off(server: SocketAddr, load: &[u8]) {
    let stream = connect(server, order::CUT).await.unwrap();
    let mut received = Vec::new();
    let reads = async {
        let (mut stream, mut buffer) = (&stream, [0; 300]);
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            received.extend_from_slice(&buffer[..length]);
        }
    };
    let (sent, ()) = join!(send(&stream, load), reads);
    assert!(received.len() <= CUT && load.starts_with(&received));
    if let Err(error) = sent {
        let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::NotConnected];
        assert!(kinds.contains(&error.kind()), "{error}");
    }
}

async fn drop_attempt(server: SocketAddr) {
    let mut attempt = pin!(TcpStream::connect(server));
    std::future::poll_fn(|cx: &mut Context<'_>| {
        let _ = attempt.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
}

//! Sockets and timers need no thread but the one that awaits them.
//!
//! A program of its own, without libtest, which has threads itself.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use executor::Executor;
use futures_io::{AsyncRead, AsyncWrite};
use reactor::{Reactor, TcpListener, TcpStream, VirtualClock, interval, sleep, timeout};

fn main() -> io::Result<()> {
    let Ok(threads) = threads() else {
        eprintln!("skipped: this system has no /proc/self/task to count threads in");
        return Ok(());
    };
    assert_eq!(threads, 1, "this test starts none");
    let seen = reactor::block_on(sockets_and_timers())??;
    assert_eq!(seen, [1, 1, 1], "while connecting, transferring, waiting");
    assert_eq!(self::threads()?, 1, "none is left behind");

    let clock = VirtualClock::auto();
    let reactor = Reactor::with_clock(&clock)?;
    let _entered = reactor.handle().enter();
    let start = clock.now();
    let seen = Executor::with_park(reactor).block_on(hours_and_sockets(&clock))?;
    assert_eq!(seen, [1, 1], "while hours pass, and while a socket stops them");
    assert_eq!((clock.now() - start).as_secs(), 3 * 3600, "and that is how many there are");
    println!("block_on_with_sockets_and_timers_keeps_to_one_thread ... ok");
    Ok(())
}

/// Does a little of everything, and counts the threads on the way.
async fn sockets_and_timers() -> io::Result<[usize; 3]> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let client = TcpStream::connect(listener.local_addr()?);
    let (client, server) = executor::join!(client, listener.accept());
    let connecting = threads()?;

    let (client, server) = (client?, server?.0);
    let write = std::future::poll_fn(|cx| Pin::new(&mut &client).poll_write(cx, b"hello"));
    let mut buffer = [0; 8];
    let read = std::future::poll_fn(|cx| Pin::new(&mut &server).poll_read(cx, &mut buffer));
    let (read, written) = executor::join!(read, write);
    assert_eq!(read?, written?);
    let transferring = threads()?;

    sleep(Duration::from_millis(2)).await;
    let never = timeout(Duration::from_millis(2), listener.accept()).await;
    assert!(never.is_err(), "nobody connects");
    Ok([connecting, transferring, threads()?])
}

/// Lets hours pass on a virtual clock, some of them before and some after a transfer, for which it stands still.
async fn hours_and_sockets(clock: &VirtualClock) -> io::Result<[usize; 2]> {
    let mut hourly = interval(Duration::from_secs(3600));
    hourly.tick().await;
    hourly.tick().await;
    let pinned = clock.pin();
    let waiting = threads()?;
    drop(pinned);
    let seen = sockets_and_no_time().await?;
    hourly.tick().await;
    hourly.tick().await;
    Ok([waiting, seen])
}

/// A connection and a byte, under a time limit that a clock which moved would break.
async fn sockets_and_no_time() -> io::Result<usize> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let client = TcpStream::connect(listener.local_addr()?);
    let (client, server) = executor::join!(client, timeout(Duration::from_millis(1), listener.accept()));
    let (client, (server, _)) = (client?, server??);
    let mut buffer = [0; 8];
    let read = std::future::poll_fn(|cx| Pin::new(&mut &server).poll_read(cx, &mut buffer));
    let write = std::future::poll_fn(|cx| Pin::new(&mut &client).poll_write(cx, b"!"));
    let (read, written) = executor::join!(timeout(Duration::from_millis(1), read), write);
    assert_eq!((read??, written?), (1, 1));
    threads()
}

fn threads() -> io::Result<usize> {
    Ok(fs::read_dir("/proc/self/task")?.count())
}

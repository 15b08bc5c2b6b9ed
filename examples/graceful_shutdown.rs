//! A server that goes when it is asked to: Ctrl-C, or SIGTERM, closes its listener; the connections that
//! are open are served to their end; then the process is done.
//!
//! ```text
//! cargo run --release --example graceful_shutdown                   # until Ctrl-C
//! cargo run --release --example graceful_shutdown -- --self-test    # asks itself
//! ```

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {
    println!("this shows how signals become events, which takes a Unix");
}

#[cfg(unix)]
mod unix {
    use std::env;
    use std::io::{self, ErrorKind};
    use std::net::SocketAddr;
    use std::pin::pin;
    use std::time::Duration;

    use executor::{Either, JoinSet, join, select};
    use futures_lite::future::poll_once;
    use futures_lite::{AsyncReadExt, AsyncWriteExt};
    use mio::Interest;
    use reactor::{Direction, Handle, Registration, TcpListener, TcpStream, timeout};
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::low_level::{raise, signal_name};
    use signal_hook_mio::v1_0::Signals;

    /// How long the open connections have to come to their end.
    const GRACE: Duration = Duration::from_secs(5);

    pub(crate) fn main() -> io::Result<()> {
        let self_test = env::args().any(|argument| argument == "--self-test");
        reactor::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0".parse().expect("this is an address"))?;
            let address = listener.local_addr()?;
            println!("echoing at {address}; Ctrl-C ends it");
            if self_test {
                let (unfinished, heard) = join!(serve(listener), client(address));
                assert_eq!(heard?, "first half, second half");
                assert_eq!(unfinished?, 0, "every connection was served to its end");
            } else {
                serve(listener).await?;
            }
            Ok(())
        })?
    }

    // ANCHOR: signals
    /// The signals that ask for an end, as a source like any other.
    fn signals() -> io::Result<Registration<Signals>> {
        Registration::with_interest(Signals::new([SIGINT, SIGTERM])?, &Handle::current()?, Interest::READABLE)
    }

    /// The next signal that arrives.
    async fn next(signals: &mut Registration<Signals>) -> io::Result<i32> {
        let next = |signals: &mut Signals| signals.pending().next().ok_or(ErrorKind::WouldBlock.into());
        signals.async_io_mut(Direction::Read, next).await
    }
    // ANCHOR_END: signals

    // ANCHOR: serve
    /// Serves until a signal arrives, and then those who are there. Returns how many have not come to an end.
    async fn serve(listener: TcpListener) -> io::Result<usize> {
        let mut signals = signals()?;
        let mut connections = JoinSet::new();
        let signal = loop {
            match select(pin!(listener.accept()), pin!(next(&mut signals))).await {
                Either::Left(Ok((stream, _))) => drop(connections.spawn(echo(stream))),
                // Too many open files, say. The next `accept` waits a little, and those who are served go on.
                Either::Left(Err(error)) => eprintln!("a connection was not accepted: {error}"),
                Either::Right(signal) => break signal?,
            }
            // Those that have ended need no room any more.
            while let Some(Some(_)) = poll_once(connections.join_next()).await {}
        };
        // Whoever knocks from now on is refused, and may find another server.
        drop(listener);
        let name = signal_name(signal).unwrap_or("a signal");
        println!("{name}: {} connections are open, and have {GRACE:?} to end", connections.len());
        let finishing = async { while connections.join_next().await.is_some() {} };
        // A second signal ends the patience as well.
        let _ = timeout(GRACE, select(pin!(finishing), pin!(next(&mut signals)))).await;
        println!("{} of them have not ended", connections.len());
        Ok(connections.len())
    }
    // ANCHOR_END: serve

    /// Sends back what arrives, until the client ends the stream.
    async fn echo(mut stream: TcpStream) -> io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            match stream.read(&mut buffer).await? {
                0 => return stream.close().await,
                length => stream.write_all(&buffer[..length]).await?,
            }
        }
    }

    /// A client that is in the middle of something when the signal arrives. Returns what it has heard.
    async fn client(address: SocketAddr) -> io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        let mut first = [0; 12];
        stream.write_all(b"first half, ").await?;
        stream.read_exact(&mut first).await?;

        raise(SIGTERM)?;
        // The listener is closed, once the signal was seen.
        while let Ok(knock) = TcpStream::connect(address).await {
            drop(knock);
            reactor::sleep(Duration::from_millis(1)).await;
        }
        println!("nobody else gets in, and this connection goes on");

        let mut rest = String::new();
        stream.write_all(b"second half").await?;
        stream.close().await?;
        stream.read_to_string(&mut rest).await?;
        Ok(String::from_utf8_lossy(&first).into_owned() + &rest)
    }
}

//! Executor and reactor inside an event loop that owns the thread and knows nothing of futures. It
//! watches one more file descriptor, that is all.
//!
//! ```text
//! cargo run --release --example embed_in_epoll
//! ```

#[cfg(unix)]
mod support;

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {
    println!("this shows how a file descriptor is watched, which takes a Unix");
}

#[cfg(unix)]
mod unix {
    use std::io::{self, ErrorKind, Read, Write};
    use std::os::fd::{AsFd, AsRawFd};
    use std::time::{Duration, Instant};

    use executor::Executor;
    use futures_lite::{AsyncReadExt, AsyncWriteExt};
    use mio::net::{TcpListener, TcpStream};
    use mio::unix::SourceFd;
    use mio::{Events, Interest, Poll, Token};
    use reactor::Reactor;

    use crate::support::os;

    /// What the loop watches: its own listener, its own connection, and our reactor.
    const LISTENER: Token = Token(0);
    const CONNECTION: Token = Token(1);
    const REACTOR: Token = Token(2);

    pub(crate) fn main() -> io::Result<()> {
        // The loop, which was here first. It is a server that shouts back.
        let mut poll = Poll::new()?;
        let mut server = Server::new(&poll)?;

        // ANCHOR: embed
        // The guest: an executor that never gets to sleep, and a descriptor to watch on its behalf.
        let reactor = Reactor::new()?;
        let handle = reactor.handle();
        let _entered = handle.enter();
        poll.registry().register(&mut SourceFd(&handle.as_fd().as_raw_fd()), REACTOR, Interest::READABLE)?;
        let executor = Executor::with_park(reactor);
        // ANCHOR_END: embed

        let address = server.listener.local_addr()?;
        let client = executor.spawn(async move {
            reactor::sleep(Duration::from_millis(20)).await;
            let mut stream = reactor::TcpStream::connect(address).await?;
            stream.write_all(b"hello").await?;
            stream.close().await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            io::Result::Ok(answer)
        });

        // ANCHOR: loop
        let mut events = Events::with_capacity(16);
        let mut asleep = 0;
        loop {
            // The guest does what it can do without waiting, and says how long it could sleep.
            let _progress = executor.run_until_stalled();
            if client.is_finished() {
                break;
            }
            let timeout = executor.next_deadline().map(|at| at.saturating_duration_since(Instant::now()));
            poll.poll(&mut events, timeout)?;
            asleep += 1;
            for event in &events {
                match event.token() {
                    REACTOR => {} // The next `run_until_stalled` asks it.
                    _ => server.serve(&poll)?,
                }
            }
        }
        // ANCHOR_END: loop

        let answer = executor.block_on(client).expect("the client does not panic")?;
        println!("the answer is {answer:?}, after {asleep} waits, on {} OS thread", os::threads());
        assert_eq!(answer, "HELLO");
        assert!(asleep < 50, "the loop slept until something happened, and did not spin");
        assert!(os::threads().0.is_none_or(|threads| threads == 1));
        Ok(())
    }

    /// The loop's own business: whatever one client says comes back in capitals.
    struct Server {
        listener: TcpListener,
        connection: Option<TcpStream>,
    }

    impl Server {
        fn new(poll: &Poll) -> io::Result<Self> {
            let mut listener = TcpListener::bind("127.0.0.1:0".parse().expect("this is an address"))?;
            poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
            Ok(Server { listener, connection: None })
        }

        fn serve(&mut self, poll: &Poll) -> io::Result<()> {
            if let Ok((mut connection, _)) = self.listener.accept() {
                poll.registry().register(&mut connection, CONNECTION, Interest::READABLE)?;
                self.connection = Some(connection);
            }
            let Some(connection) = &mut self.connection else { return Ok(()) };
            let mut buffer = [0; 64];
            loop {
                match connection.read(&mut buffer) {
                    Ok(0) => {
                        self.connection = None;
                        return Ok(());
                    }
                    Ok(length) => connection.write_all(&buffer[..length].to_ascii_uppercase())?,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

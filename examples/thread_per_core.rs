//! More than one core, honestly: a whole runtime (executor, reactor, listener, tasks) on each of several
//! threads, with nothing shared between them. The kernel deals the connections out, since all listeners
//! have the same port (`SO_REUSEPORT`).
//!
//! ```text
//! cargo run --release --example thread_per_core
//! ```
//!
//! No task ever moves to another thread, so no task has to be `Send`. The price: a thread whose connections
//! have much to do gets no help from one whose connections have nothing to do.
//!
//! What it prints is what the machine can do while the clients, on as many threads, share its cores with
//! the servers. On two cores the second server thread has to take its core from the clients.

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this shows how connections are dealt out to threads, which Linux does by SO_REUSEPORT");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::Cell;
    use std::io;
    use std::net::SocketAddr;
    use std::rc::Rc;
    use std::sync::mpsc::{self, Sender};
    use std::thread;
    use std::time::Instant;

    use executor::{AbortHandle, join_all, spawn};
    use futures_lite::{AsyncReadExt, AsyncWriteExt};
    use reactor::{TcpListener, TcpStream};
    use socket2::{Domain, Socket, Type};

    /// More threads than that would show nothing more.
    const MAX_THREADS: usize = 8;
    /// The connections of all clients together: so many that each server gets some.
    const CONNECTIONS: usize = 128;
    /// The requests on each connection, one after the other.
    const REQUESTS: usize = 400;
    /// How many connections may wait to be accepted.
    const BACKLOG: i32 = 1024;
    /// A question and its answer have this many bytes.
    const MESSAGE: usize = 64;

    pub(crate) fn main() -> io::Result<()> {
        let cores = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        println!("threads  requests/s  answers of each thread");
        for threads in [1, cores.max(2)] {
            let served = measure(threads)?;
            assert_eq!(
                served.iter().sum::<u64>(),
                (CONNECTIONS * REQUESTS) as u64,
                "each answer was counted"
            );
            assert!(served.iter().all(|served| *served > 0), "a thread has served nobody: {served:?}");
        }
        Ok(())
    }

    /// Serves all clients from that many threads. Returns how many requests each of them has answered.
    fn measure(threads: usize) -> io::Result<Vec<u64>> {
        // Bound first, so that the others know the port; they all join before anybody connects.
        let first = bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        for _ in 1..threads {
            listeners.push(bind(address)?);
        }
        let (started, servers_started) = mpsc::channel();
        let servers: Vec<_> = listeners
            .into_iter()
            .map(|listener| {
                let started = started.clone();
                thread::spawn(move || reactor::block_on(server(listener, started))?)
            })
            .collect();
        let stops: Vec<AbortHandle> = servers_started.iter().take(threads).collect();

        let start = Instant::now();
        let clients: Vec<_> =
            (0..threads).map(|number| thread::spawn(move || clients(address, number, threads))).collect();
        for client in clients {
            client.join().expect("a client does not panic")?;
        }
        let took = start.elapsed();

        // An abort handle is the one thing of a task that other threads may hold.
        stops.iter().for_each(AbortHandle::abort);
        let served = servers.into_iter().map(|server| server.join().expect("a server does not panic"));
        let served = served.collect::<io::Result<Vec<_>>>()?;
        let rate = (CONNECTIONS * REQUESTS) as f64 / took.as_secs_f64();
        println!("{threads:7}  {rate:10.0}  {served:?}");
        Ok(served)
    }

    // ANCHOR: bind
    /// A listener that shares its port with others of its kind.
    fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    }
    // ANCHOR_END: bind

    // ANCHOR: server
    /// One of the servers: serves until it is aborted. Returns how many requests it has answered.
    async fn server(listener: std::net::TcpListener, started: Sender<AbortHandle>) -> io::Result<u64> {
        let listener = TcpListener::from_std(listener)?;
        // A plain cell: whatever happens on this thread stays there.
        let served = Rc::new(Cell::new(0));
        let counter = Rc::clone(&served);
        let accepting = spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => spawn(answer(stream, Rc::clone(&counter))).detach(),
                    // Too many open files, say. The next `accept` waits a little, and those who are served go on.
                    Err(error) => eprintln!("a connection was not accepted: {error}"),
                }
            }
        });
        started.send(accepting.abort_handle()).expect("somebody waits until all servers have started");
        let ended: Result<(), _> = accepting.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "it goes on until it is aborted");
        Ok(served.get())
    }
    // ANCHOR_END: server

    /// Answers each message with its bytes in the reverse order.
    async fn answer(mut stream: TcpStream, served: Rc<Cell<u64>>) -> io::Result<()> {
        let mut message = [0; MESSAGE];
        while stream.read_exact(&mut message).await.is_ok() {
            message.reverse();
            stream.write_all(&message).await?;
            served.set(served.get() + 1);
        }
        Ok(())
    }

    /// The clients of one of `threads` threads.
    fn clients(address: SocketAddr, number: usize, threads: usize) -> io::Result<()> {
        let mine = (number..CONNECTIONS).step_by(threads);
        reactor::block_on(async {
            let ends = join_all(mine.map(|connection| spawn(client(address, connection)))).await;
            ends.into_iter().try_for_each(|end| end.expect("a client does not panic"))
        })?
    }

    async fn client(address: SocketAddr, connection: usize) -> io::Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        let mut answer = [0; MESSAGE];
        for request in 0..REQUESTS {
            let mut message: [u8; MESSAGE] = std::array::from_fn(|byte| (byte + connection + request) as u8);
            stream.write_all(&message).await?;
            stream.read_exact(&mut answer).await?;
            message.reverse();
            assert_eq!(answer, message, "the wrong answer to request {request} of connection {connection}");
        }
        Ok(())
    }
}

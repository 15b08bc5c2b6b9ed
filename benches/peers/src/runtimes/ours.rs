//! This project's executor: alone, or over its reactor.

use std::future::Future;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::time::Duration;

use executor::{Executor, JoinHandle};
use reactor::{Reactor, TcpListener, TcpStream};

use crate::net::{ANY_PORT, FuturesStream, Net};
use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct Ours(Executor);

impl Runtime for Ours {
    const NAME: &'static str = rounds::OURS;

    type Join<T: 'static> = Unwrapped<JoinHandle<T>>;

    fn new(needs: Needs) -> Result<Self, String> {
        if !needs.driver {
            return Ok(Ours(Executor::new()));
        }
        let reactor = Reactor::new().map_err(|error| error.to_string())?;
        // For the rest of the process, as the runtime itself.
        mem::forget(reactor.handle().enter());
        Ok(Ours(Executor::with_park(reactor)))
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Unwrapped(executor::spawn(future))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        executor::spawn(future).detach();
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        executor::yield_now()
    }
}

impl Net for Ours {
    type Listener = TcpListener;
    type Stream = FuturesStream<TcpStream>;

    async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
        let listener = TcpListener::bind(ANY_PORT)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(listener: &TcpListener) -> io::Result<Self::Stream> {
        listener.accept().await.map(|(stream, _)| FuturesStream(stream))
    }

    async fn connect(address: SocketAddr) -> io::Result<Self::Stream> {
        TcpStream::connect(address).await.map(FuturesStream)
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        reactor::sleep(duration)
    }
}

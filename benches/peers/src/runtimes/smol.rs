//! smol: its `LocalExecutor`, alone or under async-io's `block_on`, which drives sockets and timers.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use async_executor::{LocalExecutor, Task};
use async_io::{Async, Timer};

use crate::net::{ANY_PORT, FuturesStream, Net};
use crate::runtime::{Needs, Runtime};

pub struct Smol {
    executor: LocalExecutor<'static>,
    needs: Needs,
}

impl Runtime for Smol {
    const NAME: &'static str = "smol LocalExecutor";

    type Join<T: 'static> = Task<T>;

    fn new(needs: Needs) -> Result<Self, String> {
        Ok(Smol { executor: LocalExecutor::new(), needs })
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        let run = self.executor.run(future);
        if self.needs.driver { async_io::block_on(run) } else { futures_lite::future::block_on(run) }
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        self.executor.spawn(future)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        self.executor.spawn(future).detach();
    }

    fn yield_now(&'static self) -> impl Future<Output = ()> {
        futures_lite::future::yield_now()
    }
}

impl Net for Smol {
    type Listener = Async<TcpListener>;
    type Stream = FuturesStream<Async<TcpStream>>;

    async fn listen() -> io::Result<(Self::Listener, SocketAddr)> {
        let listener = Async::<TcpListener>::bind(ANY_PORT)?;
        let address = listener.get_ref().local_addr()?;
        Ok((listener, address))
    }

    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        listener.accept().await.map(|(stream, _)| FuturesStream(stream))
    }

    async fn connect(address: SocketAddr) -> io::Result<Self::Stream> {
        Async::<TcpStream>::connect(address).await.map(FuturesStream)
    }

    async fn sleep(duration: Duration) {
        Timer::after(duration).await;
    }
}

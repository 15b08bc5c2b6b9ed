//! glommio, which knows no other driver than io_uring.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use glommio::net::{TcpListener, TcpStream};
use glommio::timer::Timer;
use glommio::{LocalExecutor, LocalExecutorBuilder, Placement, Task};

use super::uring;
use crate::net::{ANY_PORT, FuturesStream, Net};
use crate::runtime::{Needs, Runtime};

/// Bytes of registered buffers. The workloads bring buffers of their own, and the usual limit of locked memory
/// is low.
const IO_MEMORY: usize = 64 << 10;

pub struct Glommio(LocalExecutor);

impl Runtime for Glommio {
    const NAME: &'static str = "glommio";

    type Join<T: 'static> = Task<T>;

    fn new(_: Needs) -> Result<Self, String> {
        uring::check()?;
        let builder = LocalExecutorBuilder::new(Placement::Unbound).io_memory(IO_MEMORY);
        builder.make().map(Glommio).map_err(|error| error.to_string())
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.run(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        glommio::spawn_local(future)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        glommio::spawn_local(future).detach();
    }

    async fn yield_now(&'static self) {
        glommio::executor().yield_task_queue_now().await;
    }
}

impl Net for Glommio {
    type Listener = TcpListener;
    type Stream = FuturesStream<TcpStream>;

    async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
        let listener = TcpListener::bind(ANY_PORT)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(listener: &TcpListener) -> io::Result<Self::Stream> {
        Ok(FuturesStream(listener.accept().await?))
    }

    async fn connect(address: SocketAddr) -> io::Result<Self::Stream> {
        Ok(FuturesStream(TcpStream::connect(address).await?))
    }

    async fn sleep(duration: Duration) {
        Timer::new(duration).await;
    }
}

//! compio on io_uring.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use compio_io::{AsyncRead, AsyncWriteExt};
use compio_net::{TcpListener, TcpStream};
use compio_runtime::JoinHandle;

use super::uring;
use crate::net::{ANY_PORT, Net, Stream};
use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct Compio(compio_runtime::Runtime);

impl Runtime for Compio {
    const NAME: &'static str = "compio";

    type Join<T: 'static> = Unwrapped<JoinHandle<T>>;

    fn new(_: Needs) -> Result<Self, String> {
        uring::check()?;
        compio_runtime::Runtime::new().map(Compio).map_err(|error| error.to_string())
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Unwrapped(compio_runtime::spawn(future))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        compio_runtime::spawn(future).detach();
    }
}

impl Net for Compio {
    type Listener = TcpListener;
    type Stream = TcpStream;

    async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
        let listener = TcpListener::bind(ANY_PORT).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        listener.accept().await.map(|(stream, _)| stream)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect(address)
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        compio_runtime::time::sleep(duration)
    }
}

impl Stream for TcpStream {
    async fn read(&mut self, buffer: Vec<u8>) -> io::Result<(usize, Vec<u8>)> {
        let (count, buffer) = AsyncRead::read(self, buffer).await.into();
        Ok((count?, buffer))
    }

    async fn write_all(&mut self, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        let (written, buffer) = AsyncWriteExt::write_all(self, buffer).await.into();
        written.map(|()| buffer)
    }
}

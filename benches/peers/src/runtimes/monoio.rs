//! monoio on io_uring.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
use monoio::net::{TcpListener, TcpStream};
use monoio::task::JoinHandle;
use monoio::time::TimeDriver;
use monoio::{IoUringDriver, RuntimeBuilder};

use super::uring;
use crate::net::{ANY_PORT, Net, Stream};
use crate::runtime::{Needs, Runtime};

pub struct Monoio(RefCell<monoio::Runtime<TimeDriver<IoUringDriver>>>);

impl Runtime for Monoio {
    const NAME: &'static str = "monoio";

    type Join<T: 'static> = JoinHandle<T>;

    fn new(_: Needs) -> Result<Self, String> {
        uring::check()?;
        let builder = RuntimeBuilder::<IoUringDriver>::new().enable_timer();
        let runtime = builder.build().map_err(|error| error.to_string())?;
        Ok(Monoio(RefCell::new(runtime)))
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.borrow_mut().block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        monoio::spawn(future)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        drop(monoio::spawn(future));
    }
}

impl Net for Monoio {
    type Listener = TcpListener;
    type Stream = TcpStream;

    async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
        let listener = TcpListener::bind(ANY_PORT)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        listener.accept().await.map(|(stream, _)| stream)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect_addr(address)
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        monoio::time::sleep(duration)
    }
}

impl Stream for TcpStream {
    async fn read(&mut self, buffer: Vec<u8>) -> io::Result<(usize, Vec<u8>)> {
        let (count, buffer) = AsyncReadRent::read(self, buffer).await;
        Ok((count?, buffer))
    }

    async fn write_all(&mut self, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        let (written, buffer) = AsyncWriteRentExt::write_all(self, buffer).await;
        written.map(|_| buffer)
    }
}

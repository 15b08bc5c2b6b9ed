//! tokio's sockets and timers, the same for both of its ways to run tasks on one thread.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::tokio_current_thread::TokioCurrentThread;
use super::tokio_local_set::TokioLocalSet;
use crate::net::{ANY_PORT, Net, Stream};

impl Net for TokioCurrentThread {
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
        tokio::time::sleep(duration)
    }
}

impl Net for TokioLocalSet {
    type Listener = TcpListener;
    type Stream = TcpStream;

    fn listen() -> impl Future<Output = io::Result<(TcpListener, SocketAddr)>> {
        TokioCurrentThread::listen()
    }

    fn accept(listener: &TcpListener) -> impl Future<Output = io::Result<TcpStream>> {
        TokioCurrentThread::accept(listener)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TokioCurrentThread::connect(address)
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        TokioCurrentThread::sleep(duration)
    }
}

impl Stream for TcpStream {
    async fn read(&mut self, mut buffer: Vec<u8>) -> io::Result<(usize, Vec<u8>)> {
        Ok((AsyncReadExt::read(self, &mut buffer).await?, buffer))
    }

    async fn write_all(&mut self, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        AsyncWriteExt::write_all(self, &buffer).await?;
        Ok(buffer)
    }
}

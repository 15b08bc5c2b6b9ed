//! What a runtime must be able to do with sockets and timers to take part in the reactor's workloads.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{AsyncReadExt, AsyncWriteExt};

use crate::runtime::Runtime;

/// A port of the system's choice.
pub const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A runtime with sockets and timers. All of it is called inside the runtime, from a task or a `block_on`.
pub trait Net: Runtime {
    type Listener: 'static;
    type Stream: Stream;

    /// Listens on [`ANY_PORT`], and says which it is.
    fn listen() -> impl Future<Output = io::Result<(Self::Listener, SocketAddr)>>;

    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>>;

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<Self::Stream>>;

    fn sleep(duration: Duration) -> impl Future<Output = ()> + 'static;
}

/// A connection. Buffers are handed over and come back, since io_uring wants to own them while it works; for
/// the others that is a move of three words.
pub trait Stream: 'static {
    /// Reads into the beginning of `buffer`, as much as there is at once and fits. Of the buffer that comes
    /// back only that many bytes mean anything: it may have been cut to them or not.
    fn read(&mut self, buffer: Vec<u8>) -> impl Future<Output = io::Result<(usize, Vec<u8>)>>;

    /// Writes all of `buffer`.
    fn write_all(&mut self, buffer: Vec<u8>) -> impl Future<Output = io::Result<Vec<u8>>>;
}

/// A stream with the traits of futures-io.
pub struct FuturesStream<S>(pub S);

impl<S: AsyncRead + AsyncWrite + Unpin + 'static> Stream for FuturesStream<S> {
    async fn read(&mut self, mut buffer: Vec<u8>) -> io::Result<(usize, Vec<u8>)> {
        Ok((self.0.read(&mut buffer).await?, buffer))
    }

    async fn write_all(&mut self, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        self.0.write_all(&buffer).await?;
        Ok(buffer)
    }
}

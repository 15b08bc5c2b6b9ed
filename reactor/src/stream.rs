//! What all streams of bytes have in common: TCP's, Unix's, and the halves of either.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::ops::Deref;
#[cfg(unix)]
use std::os::unix::net::SocketAddr as UnixAddress;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

#[cfg(unix)]
use crate::UnixStream;
use crate::{
    Direction, Handle, OwnedReadHalf, OwnedWriteHalf, ReadHalf, Registration, TcpStream, WriteHalf, split,
};

/// A socket that carries bytes both ways, [`TcpStream`] or `UnixStream`, with what its [`AsyncRead`]
/// and [`AsyncWrite`] do for a shared reference. The halves of a stream are written for either.
///
/// It is here to be named. To be implemented, by a stream of your own, there are those two traits.
pub trait Stream: Sealed {
    /// As [`AsyncRead::poll_read`]. With an empty buffer it is ready at once.
    ///
    /// # Errors
    ///
    /// What the system says of the connection, or that it would have to wait for a reactor that nobody
    /// turns.
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// As [`AsyncRead::poll_read_vectored`].
    ///
    /// # Errors
    ///
    /// Those of [`poll_read`](Stream::poll_read).
    fn poll_read_vectored(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>>;

    /// As [`AsyncWrite::poll_write`].
    ///
    /// # Errors
    ///
    /// Those of [`poll_read`](Stream::poll_read).
    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// As [`AsyncWrite::poll_write_vectored`].
    ///
    /// # Errors
    ///
    /// Those of [`poll_read`](Stream::poll_read).
    fn poll_write_vectored(&self, cx: &mut Context<'_>, buffers: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Ends one direction or both. The other end reads the end of the stream.
    ///
    /// # Errors
    ///
    /// If the connection is over.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;
}

/// Keeps [`Stream`] to the sockets of this crate.
pub trait Sealed {}

/// How many buffers the standard library hands to the kernel at once, which takes no more (`IOV_MAX` of Linux, macOS
/// and the BSDs). What is in further ones was not asked for: to move only what is in these is not short.
const BUFFERS_AT_ONCE: usize = 1024;

/// How much can be moved by one system call.
fn length_of<B: Deref<Target = [u8]>>(buffers: &[B]) -> usize {
    buffers.iter().take(BUFFERS_AT_ONCE).map(|buffer| buffer.len()).sum()
}

/// What every stream can do. `$to_be_read` says how much the read into a buffer of some length brings at least, if more
/// is to be had without waiting.
macro_rules! stream {
    ($Stream:ident, $Source:ty, $Address:ty, $to_be_read:expr) => {
        impl $Stream {
            /// Takes over a stream that is about to be connected, and waits until it is.
            ///
            /// It must not be registered before connect(2) was called: a socket that is watched before that
            /// reports a hang-up (mio#1942).
            pub(crate) async fn connected(source: $Source, handle: &Handle) -> io::Result<Self> {
                let stream = Self::new(source, handle)?;
                // Whatever has come before it was registered is an event all the same, once the kernel is asked; mostly
                // the other end answers first, and the read that finds nothing is saved.
                stream.registration.begins_unread();
                // A connection that was established has another end. The error is asked for when there is none, and not
                // before: mostly there is one, and a system call is saved.
                let attempt = |source: &$Source| {
                    let Err(unknown) = source.peer_addr() else { return Ok(()) };
                    match source.take_error()? {
                        Some(error) => Err(error),
                        None if unknown.kind() == io::ErrorKind::NotConnected => {
                            Err(io::ErrorKind::WouldBlock.into())
                        }
                        None => Err(unknown),
                    }
                };
                stream.registration.async_io(Direction::Write, attempt).await?;
                Ok(stream)
            }

            /// Takes over a stream that was accepted, and that may be answered and closed before it has to wait.
            pub(crate) fn accepted(source: $Source, handle: &Handle) -> io::Result<Self> {
                Ok($Stream { registration: Registration::when_it_waits(source, handle)? })
            }

            /// Two halves, to read in one place and write in another of the same task, under a `join!`
            /// for example.
            pub fn split(&mut self) -> (ReadHalf<'_, $Stream>, WriteHalf<'_, $Stream>) {
                split::lend(self)
            }

            /// Two halves that can go to different tasks.
            #[must_use]
            pub fn into_split(self) -> (OwnedReadHalf<$Stream>, OwnedWriteHalf<$Stream>) {
                split::share(self)
            }

            /// Reads what there is, without waiting. Returns how much that was; 0 means that the other end
            /// has ended the stream (or that `buffer` is empty).
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is nothing yet as far as the reactor knows (which knows of a stream that has just
            /// connected only after a turn), or if the [`Budget`](crate::Budget) is used up; otherwise what the system
            /// says.
            pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                if buffer.is_empty() {
                    return Ok(0);
                }
                let wanted = $to_be_read(buffer.len());
                self.registration.try_stream(Direction::Read, wanted, |mut stream| stream.read(buffer))
            }

            /// Writes as much as there is room for, without waiting. Returns how much that was.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is no room, or if the [`Budget`](crate::Budget) is used up; otherwise
            /// what the system says.
            pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
                let wanted = bytes.len();
                self.registration.try_stream(Direction::Write, wanted, |mut stream| stream.write(bytes))
            }

            /// Waits until there may be room to write, or an error.
            ///
            /// # Errors
            ///
            /// If it would have to wait for a reactor that was dropped, or while another one is current.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses nothing.
            pub async fn writable(&self) -> io::Result<()> {
                self.registration.writable().await
            }

            /// Ends one direction or both. The other end reads the end of the stream.
            ///
            /// # Errors
            ///
            /// If the connection is over.
            pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
                self.registration.get_ref().shutdown(how)
            }

            /// The address of this end.
            ///
            /// # Errors
            ///
            /// If the system has none.
            pub fn local_addr(&self) -> io::Result<$Address> {
                self.registration.get_ref().local_addr()
            }

            /// The address of the other end.
            ///
            /// # Errors
            ///
            /// If the connection is over.
            pub fn peer_addr(&self) -> io::Result<$Address> {
                self.registration.get_ref().peer_addr()
            }
        }

        impl Sealed for $Stream {}

        impl Stream for $Stream {
            fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
                if buffer.is_empty() {
                    return Poll::Ready(Ok(0));
                }
                let wanted = $to_be_read(buffer.len());
                self.registration.poll_stream(cx, Direction::Read, wanted, |mut stream| stream.read(buffer))
            }

            fn poll_read_vectored(
                &self,
                cx: &mut Context<'_>,
                buffers: &mut [IoSliceMut<'_>],
            ) -> Poll<io::Result<usize>> {
                let length = length_of(buffers);
                if length == 0 {
                    return Poll::Ready(Ok(0));
                }
                self.registration.poll_stream(cx, Direction::Read, $to_be_read(length), |mut stream| {
                    stream.read_vectored(buffers)
                })
            }

            fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                let wanted = bytes.len();
                self.registration.poll_stream(cx, Direction::Write, wanted, |mut stream| stream.write(bytes))
            }

            fn poll_write_vectored(
                &self,
                cx: &mut Context<'_>,
                buffers: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let wanted = length_of(buffers);
                self.registration.poll_stream(cx, Direction::Write, wanted, |mut stream| {
                    stream.write_vectored(buffers)
                })
            }

            fn shutdown(&self, how: Shutdown) -> io::Result<()> {
                self.shutdown(how)
            }
        }

        async_read!([] $Stream, stream => stream);
        async_read!([] &$Stream, stream => *stream);
        async_write!([] $Stream, stream => stream);
        async_write!([] &$Stream, stream => *stream);
    };
}

/// [`AsyncRead`] for what has a [`Stream`] inside.
macro_rules! async_read {
    ([$($generics:tt)*] $Reader:ty, $reader:ident => $stream:expr) => {
        impl<$($generics)*> AsyncRead for $Reader {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffer: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                let $reader = &*self;
                Stream::poll_read($stream, cx, buffer)
            }

            fn poll_read_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffers: &mut [IoSliceMut<'_>],
            ) -> Poll<io::Result<usize>> {
                let $reader = &*self;
                Stream::poll_read_vectored($stream, cx, buffers)
            }
        }
    };
}

/// [`AsyncWrite`] for what has a [`Stream`] inside.
macro_rules! async_write {
    ([$($generics:tt)*] $Writer:ty, $writer:ident => $stream:expr) => {
        impl<$($generics)*> AsyncWrite for $Writer {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $writer = &*self;
                Stream::poll_write($stream, cx, bytes)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffers: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let $writer = &*self;
                Stream::poll_write_vectored($stream, cx, buffers)
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                // What was written is the kernel's already.
                Poll::Ready(Ok(()))
            }

            fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $writer = &*self;
                Poll::Ready(match Stream::shutdown($stream, Shutdown::Write) {
                    // A reset has closed it already, and what it has cost was said to those who read or wrote.
                    Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
                    closed => closed,
                })
            }
        }
    };
}

// A read that brings less has emptied the socket.
stream!(TcpStream, mio::net::TcpStream, SocketAddr, |length| length);
// A read stops behind bytes that were sent with a descriptor, or by somebody else, though there are more: no read is
// short, and only `WouldBlock` says that there is nothing left.
#[cfg(unix)]
stream!(UnixStream, mio::net::UnixStream, UnixAddress, |_length| 0);

async_read!([T: Stream] ReadHalf<'_, T>, half => half.stream);
async_read!([T: Stream] OwnedReadHalf<T>, half => &*half.stream);
async_write!([T: Stream] WriteHalf<'_, T>, half => half.stream);
async_write!([T: Stream] OwnedWriteHalf<T>, half => &*half.stream);

//! What all sockets have in common: written once, for each of them.
//!
//! By macros, since the sockets of the standard library and of mio share their methods but no traits.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd;
#[cfg(unix)]
use std::os::unix::net::{self as unix, SocketAddr as UnixAddress};
#[cfg(windows)]
use std::os::windows::io as windows;
use std::task::{Context, Poll, ready};

use crate::{Direction, Handle, Registration, TcpListener, TcpStream, UdpSocket};
#[cfg(unix)]
use crate::{UnixDatagram, UnixListener, UnixStream};

/// What every socket can do, whatever it is for: `$Socket` has a field `registration` around mio's
/// `$Source`, and the standard library calls the same thing `$Std`. Other fields begin as they do by `default`.
macro_rules! socket {
    ($Socket:ident, $Source:ty, $Std:ty $(, $field:ident)*) => {
        impl $Socket {
            /// Takes over a socket of the standard library, in the current reactor. It is made
            /// non-blocking.
            ///
            /// This is how a socket comes in that was set up by other means (`socket2`, say, which
            /// knows all options), or that was inherited from another process.
            ///
            /// # Errors
            ///
            /// If the kernel refuses, or if there is no current reactor.
            pub fn from_std(socket: $Std) -> io::Result<Self> {
                Self::from_std_in(&Handle::current()?, socket)
            }

            /// Takes over a socket of the standard library, in the reactor of `handle`. It is made
            /// non-blocking.
            ///
            /// # Errors
            ///
            /// If the kernel refuses, or if the reactor was dropped or is another one than the current
            /// one.
            pub fn from_std_in(handle: &Handle, socket: $Std) -> io::Result<Self> {
                socket.set_nonblocking(true)?;
                Self::new(<$Source>::from_std(socket), handle)
            }

            /// Gives the socket to the standard library. It stays non-blocking; its method
            /// `set_nonblocking` changes that.
            ///
            /// # Errors
            ///
            /// If the kernel did not watch it any more.
            pub fn into_std(self) -> io::Result<$Std> {
                self.registration.into_inner().map(Into::into)
            }

            pub(crate) fn new(source: $Source, handle: &Handle) -> io::Result<Self> {
                let registration = Registration::new(source, handle)?;
                Ok($Socket { registration, $($field: Default::default(),)* })
            }

            /// The registration behind it, for operations that have no method here.
            #[must_use]
            pub fn registration(&self) -> &Registration<$Source> {
                &self.registration
            }

            /// Waits until there may be something to read: data, a connection, an error or the end.
            ///
            /// # Errors
            ///
            /// If it would have to wait for a reactor that was dropped, or while another one is current.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses nothing.
            pub async fn readable(&self) -> io::Result<()> {
                self.registration.readable().await
            }

            /// The error that the system keeps for this socket, if any, which forgets it with this.
            ///
            /// # Errors
            ///
            /// If the system does not tell.
            pub fn take_error(&self) -> io::Result<Option<io::Error>> {
                self.registration.get_ref().take_error()
            }
        }

        #[cfg(unix)]
        impl fd::AsFd for $Socket {
            fn as_fd(&self) -> fd::BorrowedFd<'_> {
                self.registration.get_ref().as_fd()
            }
        }

        #[cfg(unix)]
        impl fd::AsRawFd for $Socket {
            fn as_raw_fd(&self) -> fd::RawFd {
                self.registration.get_ref().as_raw_fd()
            }
        }

        #[cfg(windows)]
        impl windows::AsSocket for $Socket {
            fn as_socket(&self) -> windows::BorrowedSocket<'_> {
                self.registration.get_ref().as_socket()
            }
        }

        #[cfg(windows)]
        impl windows::AsRawSocket for $Socket {
            fn as_raw_socket(&self) -> windows::RawSocket {
                self.registration.get_ref().as_raw_socket()
            }
        }
    };
}

/// What a socket can do that others connect to.
macro_rules! listener {
    ($Listener:ident, $Stream:ident, $Source:ty, $Address:ty) => {
        impl $Listener {
            /// The next connection, and where it comes from.
            ///
            /// # Errors
            ///
            /// What the system says, such as that there are too many open files; also where the reactor was dropped or
            /// another one is current. The listener can be used
            /// again: after an error that is about more than one connection the next call waits for up to
            /// 50 ms first, so that a loop which goes on accepting leaves the thread to others. The
            /// connections that wait to be accepted go on waiting.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses no connection.
            pub async fn accept(&self) -> io::Result<($Stream, $Address)> {
                let handle = self.registration.handle();
                // A stream could not join the reactor then, and would be lost.
                handle.check_turned()?;
                self.rest.is_over(handle).await?;
                let accepted = self.registration.async_io(Direction::Read, <$Source>::accept).await;
                let accepted =
                    accepted.and_then(|(stream, peer)| Ok(($Stream::accepted(stream, handle)?, peer)));
                self.rest.after(&accepted, handle);
                accepted
            }

            #[doc = concat!("[`accept`](", stringify!($Listener), "::accept) for those who poll by hand.")]
            /// It does not wait after an error: whoever polls had better do something else before the next
            /// attempt.
            ///
            /// # Errors
            ///
            #[doc = concat!("Those of [`accept`](", stringify!($Listener), "::accept).")]
            pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<($Stream, $Address)>> {
                let handle = self.registration.handle();
                handle.check_turned()?;
                let accept = self.registration.poll_io(cx, Direction::Read, <$Source>::accept);
                let (stream, peer) = ready!(accept)?;
                Poll::Ready(Ok(($Stream::accepted(stream, handle)?, peer)))
            }

            /// The address that this listens on.
            ///
            /// # Errors
            ///
            /// If the system has none.
            pub fn local_addr(&self) -> io::Result<$Address> {
                self.registration.get_ref().local_addr()
            }
        }
    };
}

/// What a socket can do that sends and receives one message at a time.
macro_rules! datagram {
    ($Socket:ident, $Address:ty) => {
        impl $Socket {
            /// Sends `message` to the address that this is connected to. Returns its length.
            ///
            /// # Errors
            ///
            /// What the system says: that there is no such address, or that the message is too long; or
            /// that an earlier one met nobody.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future while it waits sends nothing.
            pub async fn send(&self, message: &[u8]) -> io::Result<usize> {
                self.registration.async_message(Direction::Write, |socket| socket.send(message)).await
            }

            /// Receives a message from the address that this is connected to, or from anybody if it is
            /// not. Returns its length; what does not fit into `buffer` is lost.
            ///
            /// # Errors
            ///
            /// What the system says, such as that an earlier message met nobody.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses no message.
            pub async fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
                self.registration.async_message(Direction::Read, |socket| socket.recv(buffer)).await
            }

            /// Receives a message, and tells where it comes from. Returns its length; what does not fit
            /// into `buffer` is lost.
            ///
            /// # Errors
            ///
            /// What the system says, such as that an earlier message met nobody.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses no message.
            pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, $Address)> {
                self.registration.async_message(Direction::Read, |socket| socket.recv_from(buffer)).await
            }

            /// Sends `message`, if there is room for it now, to the address that this is connected to.
            ///
            /// # Errors
            ///
            #[doc = concat!("`WouldBlock` if there is no room, or if the [`Budget`](crate::Budget) is used up; otherwise those of [`send`](", stringify!($Socket), "::send).")]
            pub fn try_send(&self, message: &[u8]) -> io::Result<usize> {
                // A message is never a part of one, so none is short.
                self.registration.try_stream(Direction::Write, 0, |socket| socket.send(message))
            }

            /// Receives a message if there is one.
            ///
            /// # Errors
            ///
            #[doc = concat!("`WouldBlock` if there is none, or if the [`Budget`](crate::Budget) is used up; otherwise those of [`recv`](", stringify!($Socket), "::recv).")]
            pub fn try_recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
                self.registration.try_stream(Direction::Read, 0, |socket| socket.recv(buffer))
            }

            /// Waits until there may be room to send something.
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

            /// The address of this end.
            ///
            /// # Errors
            ///
            /// If the system has none.
            pub fn local_addr(&self) -> io::Result<$Address> {
                self.registration.get_ref().local_addr()
            }

            /// The address that this is connected to.
            ///
            /// # Errors
            ///
            /// If it is connected to none.
            pub fn peer_addr(&self) -> io::Result<$Address> {
                self.registration.get_ref().peer_addr()
            }
        }
    };
}

socket!(TcpStream, mio::net::TcpStream, std::net::TcpStream);
socket!(TcpListener, mio::net::TcpListener, std::net::TcpListener, rest);
socket!(UdpSocket, mio::net::UdpSocket, std::net::UdpSocket);
listener!(TcpListener, TcpStream, mio::net::TcpListener, SocketAddr);
datagram!(UdpSocket, SocketAddr);

#[cfg(unix)]
mod on_unix {
    use super::*;

    socket!(UnixStream, mio::net::UnixStream, unix::UnixStream);
    socket!(UnixListener, mio::net::UnixListener, unix::UnixListener, rest);
    socket!(UnixDatagram, mio::net::UnixDatagram, unix::UnixDatagram);
    listener!(UnixListener, UnixStream, mio::net::UnixListener, UnixAddress);
    datagram!(UnixDatagram, UnixAddress);
}

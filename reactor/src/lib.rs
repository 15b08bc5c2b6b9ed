//! Sockets and timers for one OS thread: readiness by [mio], turned into wakes.
//!
//! It is what an [`executor::Executor`] sleeps in. It has no thread of its own, no lock and no
//! global, and it runs under any other executor of the same thread just as well, as long as
//! somebody calls [`Reactor::turn`].
//!
//! ```
//! use std::time::Duration;
//! use reactor::{TcpListener, TcpStream, sleep, timeout};
//!
//! # fn main() -> std::io::Result<()> {
//! reactor::block_on(async {
//!     let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
//!     let address = listener.local_addr()?;
//!     let client = executor::spawn(async move {
//!         sleep(Duration::from_millis(1)).await;
//!         TcpStream::connect(address).await
//!     });
//!     let (_stream, peer) = timeout(Duration::from_secs(10), listener.accept()).await??;
//!     assert_eq!(peer, client.await.unwrap()?.local_addr()?);
//!     Ok(())
//! })?
//! # }
//! ```
//!
//! # The whole idea
//!
//! An operation on a socket is tried. If the kernel says that it would block, the task's waker
//! stays in the socket's slot ([`Registration::poll_io`]). When nothing else is to be done, the
//! executor calls [`Reactor::turn`]: it asks the kernel which sockets have become ready, notes that
//! in their slots, and wakes who waits there. Those tasks try again, and so on. Timers are the same
//! with the clock in place of the kernel.
//!
//! # Which reactor?
//!
//! A socket joins the *current* reactor of its thread: [`block_on()`] makes one, [`Handle::enter`]
//! makes one current for a scope. Or it is told: [`TcpStream::connect_in`],
//! [`TcpListener::bind_in`], [`Registration::new`]. Without either, and also when a socket would
//! wait for a reactor which was dropped, or while another one is current, there is an error that says so. Where none is
//! current, whoever has the socket's reactor has to turn it: an executor that sleeps in it does. If nobody turns it, the
//! socket waits for ever, which nobody can tell from a long wait.
//!
//! # What there is to wait for
//!
//! [`TcpStream`], [`TcpListener`] and [`UdpSocket`], and on Unix `UnixStream`, `UnixListener` and
//! `UnixDatagram`. Streams and their halves implement the traits of [`futures_io`], so that crates which are
//! written for those run unchanged. Options that have no method here are set by means of `socket2`: every
//! socket lends its descriptor (`socket2::SockRef::from(&stream)`), and is [made](TcpStream::from_std) of
//! one of the standard library's.
//!
//! Whatever else mio can watch joins by [`Registration::new`]: signals, pipes, serial ports, or any file
//! descriptor.
//!
//! # Time
//!
//! - [`sleep()`] and [`sleep_until`] wait, [`timeout()`] and [`timeout_at`] stop waiting, [`interval()`] ticks. A [`Sleep`]
//!   can be [reset](Sleep::reset), and given [slack](Sleep::with_slack) to share its wake with others.
//! - A timer is never early. If the thread is free it is late by what the kernel's wait is rounded up to, at most a
//!   millisecond; on Linux the feature `precise` brings that down to what the kernel takes to wake a thread, for
//!   a system call more each time that the thread sleeps for a timer. On other systems the feature does nothing.
//! - Timers that are due in the same turn wake their tasks in the order of their deadlines, and those with the same deadline
//!   in the order in which they were set. What is set meanwhile waits for the next turn.
//! - A duration that no clock can count, which is some centuries, means never. One of zero, and a deadline
//!   that had passed when the sleep was made in the scope of its reactor, is over at the first poll, and sets no timer.
//! - Setting, moving and cancelling a timer take the same short time however many there are; a pending one takes 40 bytes
//!   in the reactor besides its future. Making a sleep looks at the clock once, which is most of what it costs, and polling
//!   it does not, unless it ends within a millisecond.
//! - In tests, a [`VirtualClock`] takes the place of the system's: hours pass in no time, to the nanosecond, only when
//!   nothing else can happen or only when the test says so. [`now`] is what time it is for a reactor.
//!
//! # Fairness
//!
//! A socket that always has something must not keep the thread to itself. Each direction of each source has
//! a [`Budget`] of bytes and operations from one turn to the next; who has used it up waits for the next
//! turn, in which all others get theirs.
//!
//! # What it is not
//!
//! It knows no names (they would have to be looked up, which blocks or needs a protocol of its own)
//! and no files (which are always "ready", and block): such work goes to a thread of its own, as
//! `examples/blocking_work.rs` in the repository shows.

#![forbid(unsafe_code)]

mod reactor;
mod registration;
mod slot;
mod watch;
mod readiness;
mod budget;
mod slots;
mod handle;
mod socket;
mod stream;
mod split;
mod tcp_stream;
mod tcp_listener;
mod udp_socket;
#[cfg(unix)]
mod unix_stream;
#[cfg(unix)]
mod unix_listener;
#[cfg(unix)]
mod unix_datagram;
mod rest;
mod sleep;
mod timeout;
mod interval;
mod virtual_clock;
mod waiter;
mod time;
mod wake;
mod wheel;
#[cfg(all(feature = "precise", target_os = "linux"))]
mod precise;
mod block_on;

pub use self::block_on::block_on;
pub use self::budget::Budget;
pub use self::handle::{Entered, Handle, now};
pub use self::interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use self::reactor::{Reactor, Turn};
pub use self::readiness::Direction;
pub use self::registration::Registration;
pub use self::sleep::{Sleep, sleep, sleep_until};
pub use self::split::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use self::stream::Stream;
pub use self::tcp_listener::TcpListener;
pub use self::tcp_stream::TcpStream;
pub use self::timeout::{Elapsed, Timeout, timeout, timeout_at};
pub use self::udp_socket::UdpSocket;
#[cfg(unix)]
pub use self::unix_datagram::UnixDatagram;
#[cfg(unix)]
pub use self::unix_listener::UnixListener;
#[cfg(unix)]
pub use self::unix_stream::UnixStream;
pub use self::virtual_clock::{Pinned, VirtualClock};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

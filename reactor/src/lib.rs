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
//! wait for a reactor which was dropped or is not the current one, there is an error that says so.
//!
//! # What it is not
//!
//! It knows no names (they would have to be looked up, which blocks or needs a protocol of its own)
//! and no files (which are always "ready", and block).

#![forbid(unsafe_code)]

mod reactor;
mod registration;
mod readiness;
mod handle;
mod tcp_stream;
mod tcp_listener;
mod rest;
mod sleep;
mod timeout;
mod timers;
mod block_on;

pub use self::block_on::block_on;
pub use self::handle::{Entered, Handle};
pub use self::reactor::{Reactor, Turn};
pub use self::readiness::Direction;
pub use self::registration::Registration;
pub use self::sleep::{Sleep, sleep};
pub use self::tcp_listener::TcpListener;
pub use self::tcp_stream::TcpStream;
pub use self::timeout::{Elapsed, Timeout, timeout};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

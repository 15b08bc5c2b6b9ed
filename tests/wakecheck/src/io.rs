//! A stream that does what a test tells it to, for code over [`futures_io::AsyncRead`] and
//! [`futures_io::AsyncWrite`].
//!
//! A [`Script`] says what the reads and the writes of a [`ScriptedStream`] come to: bytes in pieces,
//! short writes, would-block, interrupted, end, reset. The test keeps the other end, a [`Peer`]: it
//! lets go what the script holds back, and knows what was written, flushed, closed and dropped.
//!
//! # Examples
//!
//! ```
//! use std::future::poll_fn;
//! use std::io;
//! use std::pin::Pin;
//!
//! use futures_io::{AsyncRead, AsyncWrite};
//! use wakecheck::io::{ReadStep, Script, WriteStep, cuts};
//!
//! /// The code under test: asks once, and returns all that comes.
//! async fn ask<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, mut question: &[u8]) -> io::Result<Vec<u8>> {
//!     while !question.is_empty() {
//!         let length = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, question)).await?;
//!         question = &question[length..];
//!     }
//!     let (mut answer, mut space) = (Vec::new(), [0; 4]);
//!     loop {
//!         match poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, &mut space)).await? {
//!             0 => return Ok(answer),
//!             length => answer.extend_from_slice(&space[..length]),
//!         }
//!     }
//! }
//!
//! // However the answer is cut, and however little is taken at once.
//! for pieces in cuts(b"an answer") {
//!     let script = Script::new().read(ReadStep::AfterWritten(8)).reads(pieces).write_most(3).halting();
//!     let (stream, peer) = script.open();
//!     assert_eq!(peer.run(ask(stream, b"question")).unwrap(), b"an answer");
//!     assert_eq!(peer.written(), b"question");
//!     assert!(peer.is_dropped() && peer.is_played());
//! }
//!
//! // An error is told.
//! let (stream, peer) = Script::new().write(WriteStep::Most(2)).write(WriteStep::Reset).open();
//! let error = peer.run(ask(stream, b"question")).unwrap_err();
//! assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
//! assert_eq!(peer.written(), b"qu");
//! ```
//!
//! Nothing hangs: [`Peer::run`] panics where nothing will ever wake the future, and says where its
//! stream stands.
//!
//! ```should_panic
//! # use std::future::poll_fn;
//! # use std::pin::Pin;
//! # use futures_io::AsyncRead;
//! # use wakecheck::io::{ReadStep, Script};
//! let (mut stream, peer) = Script::new().read("abc").read(ReadStep::Blocked).open();
//! let mut space = [0; 2];
//! for _ in 0..3 {
//!     // panics in the third turn: nothing will ever wake this future: reads: 1 of 2 steps played, now Blocked; ..
//!     peer.run(poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, &mut space))).unwrap();
//! }
//! ```

mod step;
mod script;
mod stream;
mod peer;
mod state;
mod lane;
mod cuts;

pub use self::cuts::{byte_by_byte, cuts, pairs_of_cuts};
pub use self::peer::Peer;
pub use self::script::Script;
pub use self::step::{ReadStep, WriteStep};
pub use self::stream::ScriptedStream;

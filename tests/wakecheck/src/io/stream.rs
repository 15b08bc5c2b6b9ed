//! The end of a scripted stream that the code under test has.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use super::state::{Direction, Shared, State, Turn};
use super::{Peer, Script};

/// A stream that plays a [`Script`].
///
/// A call that has to wait keeps the waker of its direction's last poll and drops the former one, as
/// the contract of `poll` has it; flush and close share that of the writes.
///
/// # Panics
///
/// Its reads and writes panic where they would wait for the test, and the test has dropped the
/// [`Peer`]: nothing would ever wake them.
pub struct ScriptedStream {
    shared: Arc<Shared>,
}

impl ScriptedStream {
    pub(super) fn new(script: Script) -> (Self, Peer) {
        let shared = Arc::new(Shared::new(script));
        (ScriptedStream { shared: Arc::clone(&shared) }, Peer::new(shared))
    }

    /// Whether a read would have to wait now. This plays no step and counts as no read: it is what a
    /// `peek` at a socket that does not block would tell.
    #[must_use]
    pub fn would_block(&self) -> bool {
        self.shared.with(|state| state.would_block())
    }

    fn poll<T>(
        &self,
        direction: Direction,
        cx: &Context<'_>,
        play: impl FnOnce(&mut State) -> Turn<T>,
    ) -> Poll<io::Result<T>> {
        // Cloned now, because a waker is foreign code and has no business under a lock.
        let waker = cx.waker().clone();
        let (turn, former) = self.shared.change(|state| {
            let turn = state.call(direction).unwrap_or_else(|| play(state));
            let keep = matches!(turn, Turn::Wait).then_some(waker);
            (turn, state.replace_waker(direction, keep))
        });
        drop(former);
        match turn {
            Turn::Ready(result) => Poll::Ready(result),
            Turn::Yield => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Turn::Wait => Poll::Pending,
            Turn::Forever => panic!(
                "nothing will ever wake this future: it waits until the test lets go, and the test has dropped the peer"
            ),
        }
    }
}

impl AsyncRead for ScriptedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll(Direction::Read, cx, |state| state.read(space))
    }
}

impl AsyncWrite for ScriptedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll(Direction::Write, cx, |state| state.write(&[IoSlice::new(bytes)]))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(Direction::Write, cx, |state| state.write(slices))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(Direction::Write, cx, State::flush)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(Direction::Write, cx, State::close)
    }
}

impl Drop for ScriptedStream {
    fn drop(&mut self) {
        drop(self.shared.with(State::drop_stream));
    }
}

impl fmt::Debug for ScriptedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScriptedStream").field(&format_args!("{}", self.shared)).finish()
    }
}

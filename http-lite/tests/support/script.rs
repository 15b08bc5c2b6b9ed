//! A client whose connections are scripts.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};
use http_lite::{Client, ClientBuilder, Connect, Destination, Probe, ReactorTimer, Transport};
use wakecheck::io::{Peer, Script, ScriptedStream};

/// Connects to one script after the other, and keeps their other ends.
#[derive(Clone, Default)]
pub(crate) struct Scripts(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    to_come: VecDeque<Script>,
    peers: Vec<Rc<Peer>>,
    /// How often a connection attempt has to wait before it is there; `None` for ever.
    halts: Option<usize>,
    waits_for_ever: bool,
    /// How many of the next writes fail, whatever the script says.
    failing_writes: usize,
}

impl Scripts {
    pub(crate) fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        let scripts_to_come = scripts.into_iter().collect();
        Self(Rc::new(RefCell::new(State { to_come: scripts_to_come, ..State::default() })))
    }

    /// No connection ever comes about.
    pub(crate) fn unreachable() -> Self {
        Self(Rc::new(RefCell::new(State { waits_for_ever: true, ..State::default() })))
    }

    /// Every connection has to be waited for.
    pub(crate) fn halting(self) -> Self {
        self.0.borrow_mut().halts = Some(1);
        self
    }

    /// The next write fails, and takes nothing.
    pub(crate) fn fail_next_write(&self) {
        self.0.borrow_mut().failing_writes = 1;
    }

    /// A client over these connections.
    pub(crate) fn client(&self) -> Client {
        self.builder().build()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().connector(self.clone())
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.0.borrow().peers.len()
    }

    /// The other end of a connection.
    pub(crate) fn peer(&self, number: usize) -> Rc<Peer> {
        Rc::clone(&self.0.borrow().peers[number])
    }

    /// What was written to a connection.
    pub(crate) fn written(&self, number: usize) -> String {
        String::from_utf8(self.peer(number).written()).unwrap()
    }
}

impl Connect for Scripts {
    type Stream = Scripted;
    type Timer = ReactorTimer;

    async fn connect(&self, _: Destination<'_>) -> io::Result<Scripted> {
        let (mut halts, waits_for_ever) = {
            let state = self.0.borrow();
            (state.halts.unwrap_or(0), state.waits_for_ever)
        };
        poll_fn(|cx| {
            if waits_for_ever {
                return Poll::Pending;
            }
            if halts == 0 {
                return Poll::Ready(());
            }
            halts -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        let script = self.0.borrow_mut().to_come.pop_front();
        let script = script.ok_or_else(|| io::Error::other("the test has no further connection"))?;
        let (stream, peer) = script.open();
        self.0.borrow_mut().peers.push(Rc::new(peer));
        Ok(Scripted(stream, self.clone()))
    }

    fn timer(&self) -> ReactorTimer {
        ReactorTimer::new()
    }
}

/// A scripted stream that can be asked whether anything has arrived.
pub(crate) struct Scripted(ScriptedStream, Scripts);

impl Scripted {
    fn check_write(&self) -> io::Result<()> {
        let mut state = self.1.0.borrow_mut();
        if state.failing_writes == 0 {
            return Ok(());
        }
        state.failing_writes -= 1;
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

impl Transport for Scripted {
    fn probe(&mut self) -> Probe {
        if self.0.would_block() { Probe::Quiet } else { Probe::Spoken }
    }
}

impl AsyncRead for Scripted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, space)
    }
}

impl AsyncWrite for Scripted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_write()?;
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_write()?;
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }
}

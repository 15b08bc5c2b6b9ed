//! A source and its slot, tied together.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::os::fd::AsRawFd;
use std::task::{Context, Poll};

use mio::Interest;
use mio::event::Source;

use crate::slot::Slot;
use crate::watch::Watch;
use crate::{Budget, Direction, Handle};

mod message;

/// A source that the kernel watches for a reactor: registered once, edge-triggered, until it is
/// dropped.
///
/// All sockets of this crate are one of these inside (those that were accepted are registered when they first have to
/// wait, on Unix), and whatever else mio can watch becomes one in the
/// same way: pipes, signals (`signal-hook-mio`), serial ports, or any file descriptor by way of
/// [`SourceFd`](https://docs.rs/mio/1/mio/unix/struct.SourceFd.html).
///
/// [`poll_io`](Registration::poll_io) is all that a socket needs: an operation that says
/// [`WouldBlock`](io::ErrorKind::WouldBlock) when there is nothing to be had yet. It must be that
/// operation that says so, and not a look beforehand: only a `WouldBlock` from the source makes a
/// further event certain.
///
/// # One task for each direction
///
/// At most one task waits in each direction: if a second one does, it takes the place of the first,
/// which is woken to find that out. Two tasks that both go on waiting wake each other without end,
/// so give each direction to one task. Who drops an `async` method's future ([`async_io`](Registration::async_io),
/// [`readable`](Registration::readable)) waits no more. The `poll` methods cannot know of that, and neither can
/// `AsyncRead` and `AsyncWrite`: whoever stops waiting there (because a time limit has passed, say) stays the one to be
/// woken until the next event, may be woken once for nothing, and holds up an
/// [automatic clock](crate::VirtualClock) as long.
///
/// # Examples
///
/// The descriptor of an `eventfd`, a `timerfd` or a `pidfd` is registered like this pipe:
///
/// ```
/// # #[cfg(unix)]
/// # fn main() -> std::io::Result<()> {
/// use std::io::{Read, Write};
///
/// use mio::Interest;
/// use reactor::{Direction, Handle, Registration};
///
/// let answer = reactor::block_on(async {
///     let (mut sender, receiver) = mio::unix::pipe::new()?;
///     let receiver = Registration::with_interest(receiver, &Handle::current()?, Interest::READABLE)?;
///     sender.write_all(b"hello")?;
///     let mut buffer = [0; 16];
///     let length = receiver.async_io(Direction::Read, |mut receiver| receiver.read(&mut buffer)).await?;
///     std::io::Result::Ok(buffer[..length].to_vec())
/// })??;
/// assert_eq!(answer, b"hello");
/// # Ok(())
/// # }
/// # #[cfg(not(unix))]
/// # fn main() {}
/// ```
pub struct Registration<S: Source> {
    /// There until it is dropped or taken out.
    source: Option<S>,
    slot: Slot,
}

/// What sockets are watched for.
const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

impl<S: Source> Registration<S> {
    /// Makes `source` known to the reactor of `handle`, for reading and writing.
    ///
    /// # Errors
    ///
    /// If the kernel cannot watch such a source or watches it already, or the reactor is gone or another one is current.
    pub fn new(source: S, handle: &Handle) -> io::Result<Self> {
        Self::with_interest(source, handle, BOTH)
    }

    /// [`new`](Registration::new) for a socket that may never have to wait: the kernel is asked to watch it when it first
    /// does. If it refuses, for want of memory or because somebody else has had it watch the descriptor meanwhile, the
    /// operation that had to wait fails.
    #[cfg(unix)]
    pub(crate) fn when_it_waits(socket: S, handle: &Handle) -> io::Result<Self>
    where
        S: AsRawFd,
    {
        let slot = Slot::new(handle, BOTH, Watch::Later(socket.as_raw_fd()))?;
        Ok(Registration { source: Some(socket), slot })
    }

    /// [`new`](Registration::new): elsewhere mio must have seen the socket itself before it is used.
    #[cfg(not(unix))]
    pub(crate) fn when_it_waits(socket: S, handle: &Handle) -> io::Result<Self> {
        Self::new(socket, handle)
    }

    /// Makes `source` known to the reactor of `handle`, for the directions of `interest` alone. Waiting in
    /// the other one is an error.
    ///
    /// [`Interest::PRIORITY`](https://docs.rs/mio/1/mio/struct.Interest.html) counts as reading.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Registration::new).
    pub fn with_interest(mut source: S, handle: &Handle, interest: Interest) -> io::Result<Self> {
        let slot = Slot::new(handle, interest, Watch::Always)?;
        handle.registry().register(&mut source, slot.token(), interest)?;
        Ok(Registration { source: Some(source), slot })
    }

    /// The source itself.
    pub fn get_ref(&self) -> &S {
        present(self.source.as_ref())
    }

    /// The source itself. What takes its place must be registered in its stead, which this cannot do, so
    /// put nothing there.
    pub fn get_mut(&mut self) -> &mut S {
        present(self.source.as_mut())
    }

    /// Ends the registration and gives the source back. Who waits for it is not woken.
    ///
    /// # Errors
    ///
    /// If the kernel did not watch the source any more. It is dropped then.
    pub fn into_inner(mut self) -> io::Result<S> {
        let mut source = present(self.source.take());
        self.slot.end_watch(&mut source)?;
        Ok(source)
    }

    /// Says that there is nothing to be read yet, or nothing that an event will not tell of: a read that would only find
    /// that out waits at once.
    pub(crate) fn begins_unread(&self) {
        self.slot.expect_event(Direction::Read);
    }

    /// The reactor that this belongs to.
    pub fn handle(&self) -> &Handle {
        self.slot.handle()
    }

    /// Changes how much each direction may do between two turns, from now on.
    pub fn set_budget(&self, budget: Budget) {
        self.slot.set_budget(budget);
    }

    /// Tries `operation`; if it would block, waits until the kernel says that it may not.
    ///
    /// # Errors
    ///
    /// What the operation fails with, except for `WouldBlock` and `Interrupted`. Also if it would
    /// have to wait for a reactor that was dropped, or while another one is current.
    #[inline]
    pub fn poll_io<T>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let source = self.get_ref();
        let poll = self.slot.poll(cx, direction, || operation(source));
        if poll.is_ready() {
            self.slot.charge(direction, 0);
        }
        poll
    }

    /// As [`poll_io`](Registration::poll_io), for an operation that changes the source.
    ///
    /// # Errors
    ///
    /// Those of [`poll_io`](Registration::poll_io).
    pub fn poll_io_mut<T>(
        &mut self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut operation: impl FnMut(&mut S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let source = present(self.source.as_mut());
        let poll = self.slot.poll(cx, direction, || operation(source));
        if poll.is_ready() {
            self.slot.charge(direction, 0);
        }
        poll
    }

    /// As [`poll_io`](Registration::poll_io), for an operation on a stream of bytes that was to
    /// move `wanted` of them. If it moves fewer, the kernel has no more, or no more room, and
    /// the next attempt waits without asking it: a system call less (tokio#4840).
    ///
    /// Not for streams with urgent data: a read stops at its mark, which looks like a short one. Nor for
    /// terminals, where it stops at the end of a line, nor for Unix streams on which descriptors arrive. With 0 as
    /// `wanted` no operation counts as short, so that it suits these as well.
    ///
    /// # Errors
    ///
    /// Those of [`poll_io`](Registration::poll_io).
    #[inline]
    pub fn poll_stream(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        wanted: usize,
        mut operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let source = self.get_ref();
        let poll = self.slot.poll(cx, direction, || operation(source));
        if let Poll::Ready(result) = &poll {
            self.slot.charge_stream(direction, wanted, result);
        }
        poll
    }

    /// Tries `operation` without waiting, and even that only if it is not known to be in vain.
    ///
    /// # Errors
    ///
    /// What the operation fails with, except for `Interrupted`. `WouldBlock` if it would have to wait, or
    /// has used up its [`Budget`]: [`poll_ready`](Registration::poll_ready) waits for either.
    pub fn try_io<T>(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        let source = self.get_ref();
        let result = self.slot.attempt(direction, || operation(source));
        if result.is_some() {
            self.slot.charge(direction, 0);
        }
        result.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    /// As [`try_io`](Registration::try_io), for the operations of
    /// [`poll_stream`](Registration::poll_stream).
    ///
    /// # Errors
    ///
    /// Those of [`try_io`](Registration::try_io).
    pub fn try_stream(
        &self,
        direction: Direction,
        wanted: usize,
        mut operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let source = self.get_ref();
        let result = self.slot.attempt(direction, || operation(source));
        if let Some(result) = &result {
            self.slot.charge_stream(direction, wanted, result);
        }
        result.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    /// Waits until an operation in that direction is worth [trying](Registration::try_io). It may find
    /// all the same that it would block.
    ///
    /// # Errors
    ///
    /// If it would have to wait for a reactor that was dropped, or while another one is current.
    pub fn poll_ready(&self, cx: &mut Context<'_>, direction: Direction) -> Poll<io::Result<()>> {
        self.slot.poll(cx, direction, || Ok(()))
    }

    /// [`readable`](Registration::readable) for those who poll by hand.
    ///
    /// # Errors
    ///
    /// Those of [`poll_ready`](Registration::poll_ready).
    pub fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_ready(cx, Direction::Read)
    }

    /// [`writable`](Registration::writable) for those who poll by hand.
    ///
    /// # Errors
    ///
    /// Those of [`poll_ready`](Registration::poll_ready).
    pub fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_ready(cx, Direction::Write)
    }

    /// Waits until there may be something to read: bytes, a connection, an error or the end.
    ///
    /// # Errors
    ///
    /// If it would have to wait for a reactor that was dropped, or while another one is current.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn readable(&self) -> io::Result<()> {
        self.slot.attempts(Direction::Read, || Ok(())).await
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
        self.slot.attempts(Direction::Write, || Ok(())).await
    }

    /// Tries `operation` until it does not say that it would block, and waits in between.
    ///
    /// # Errors
    ///
    /// Those of [`poll_io`](Registration::poll_io).
    ///
    /// # Cancel safety
    ///
    /// The operation is tried while the future is polled and at no other time: if it has done something
    /// the future is ready, and cannot be cancelled any more.
    pub async fn async_io<T>(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        let source = self.get_ref();
        let result = self.slot.attempts(direction, || operation(source)).await;
        self.slot.charge(direction, 0);
        result
    }

    /// As [`async_io`](Registration::async_io), for an operation that changes the source.
    ///
    /// # Errors
    ///
    /// Those of [`poll_io`](Registration::poll_io).
    ///
    /// # Cancel safety
    ///
    /// That of [`async_io`](Registration::async_io).
    pub async fn async_io_mut<T>(
        &mut self,
        direction: Direction,
        mut operation: impl FnMut(&mut S) -> io::Result<T>,
    ) -> io::Result<T> {
        let source = present(self.source.as_mut());
        let result = self.slot.attempts(direction, || operation(source)).await;
        self.slot.charge(direction, 0);
        result
    }
}

/// What is there until the registration ends, and was asked for by somebody who has one.
fn present<T>(source: Option<T>) -> T {
    source.expect("a registration has its source until it ends")
}

impl<S: Source> Drop for Registration<S> {
    fn drop(&mut self) {
        if let Some(source) = &mut self.source {
            // Explicitly and before the descriptor is closed: the kernel goes on watching as long as a
            // duplicate of it is open. It can only fail if somebody has deregistered the source
            // already, and then there is nothing left to do.
            let _ = self.slot.end_watch(source);
        }
    }
}

#[cfg(unix)]
impl<S: Source + std::os::fd::AsFd> std::os::fd::AsFd for Registration<S> {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.get_ref().as_fd()
    }
}

impl<S: Source + fmt::Debug> fmt::Debug for Registration<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut registration = f.debug_struct("Registration");
        if let Some(source) = &self.source {
            registration.field("source", source);
        }
        registration
            .field("token", &self.slot.token())
            .field("interest", &self.slot.interest())
            .finish_non_exhaustive()
    }
}

//! What both ends of a scripted stream share.

use std::fmt;
use std::io::{self, ErrorKind, IoSlice};
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use super::lane::{Caller, Lane};
use super::{ReadStep, Script, WriteStep};

/// The state behind its lock. No foreign code runs while that is held.
pub(super) struct Shared(Mutex<State>);

pub(super) struct State {
    reads: Lane<ReadStep>,
    writes: Lane<WriteStep>,
    /// How much a write takes for which there is no step.
    write_most: usize,
    /// Whether every call that could be answered has to wait once before.
    halting: bool,
    pub(super) reader: Caller,
    pub(super) writer: Caller,
    pub(super) written: Vec<u8>,
    /// Those of the written bytes that came after the last flush.
    pub(super) unflushed: usize,
    pub(super) flushes: usize,
    /// Whether a read was told of [`ReadStep::End`].
    ended: bool,
    /// Whether somebody was told of a reset.
    reset: bool,
    pub(super) closed: bool,
    pub(super) dropped: bool,
    pub(super) peer_is_gone: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Read,
    Write,
}

/// What a call comes to.
pub(super) enum Turn<T> {
    Ready(io::Result<T>),
    /// It has to wait, and is woken at once.
    Yield,
    /// It has to wait until something changes.
    Wait,
    /// It would have to wait for a peer that is gone.
    Forever,
}

/// Who has to end the step that a direction stands at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WaitsFor {
    Peer,
    Writes,
}

impl Shared {
    pub(super) fn new(script: Script) -> Self {
        Shared(Mutex::new(State {
            reads: Lane::new(script.reads.into_iter().filter(|step| !step.is_empty())),
            writes: Lane::new(script.writes),
            write_most: script.write_most,
            halting: script.halting,
            reader: Caller::default(),
            writer: Caller::default(),
            written: Vec::new(),
            unflushed: 0,
            flushes: 0,
            ended: false,
            reset: false,
            closed: false,
            dropped: false,
            peer_is_gone: false,
        }))
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes something, and wakes those who need wait no longer.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (result, wakers) = self.with(|state| (change(state), state.take_wakers()));
        wakers.into_iter().flatten().for_each(Waker::wake);
        result
    }
}

impl State {
    /// Counts a call, and has it wait once before it goes on if the script wants that.
    pub(super) fn call<T>(&mut self, direction: Direction) -> Option<Turn<T>> {
        let may_halt = self.halting && self.waits_for(direction).is_none();
        let caller = self.caller(direction);
        caller.polls += 1;
        caller.halted = may_halt && !caller.halted;
        caller.halted.then_some(Turn::Yield)
    }

    pub(super) fn read(&mut self, space: &mut [u8]) -> Turn<usize> {
        if self.reset || self.ended {
            return Turn::Ready(Ok(0));
        }
        if let Some(turn) = self.wait(Direction::Read) {
            return turn;
        }
        while let Some(ReadStep::AfterWritten(_)) = self.reads.front() {
            self.reads.play();
            if let Some(turn) = self.wait(Direction::Read) {
                return turn;
            }
        }
        if let Some(ReadStep::Bytes(bytes)) = self.reads.front_mut() {
            let length = bytes.len().min(space.len());
            space[..length].copy_from_slice(&bytes[..length]);
            bytes.drain(..length);
            if bytes.is_empty() {
                self.reads.play();
            }
            return Turn::Ready(Ok(length));
        }
        match self.reads.play() {
            Some(ReadStep::Pending) => Turn::Yield,
            Some(ReadStep::Fail(kind)) => Turn::Ready(Err(kind.into())),
            Some(ReadStep::Reset) => self.reset(),
            Some(_) => {
                self.ended = true;
                self.reads.clear();
                Turn::Ready(Ok(0))
            }
            None => Turn::Ready(Ok(0)),
        }
    }

    pub(super) fn write(&mut self, slices: &[IoSlice<'_>]) -> Turn<usize> {
        if let Some(turn) = self.obstacle(ErrorKind::BrokenPipe) {
            return turn;
        }
        let most = match self.writes.play() {
            Some(WriteStep::Most(most)) => most,
            _ => self.write_most,
        };
        let before = self.written.len();
        self.written.extend(slices.iter().flat_map(|slice| slice.iter()).take(most));
        let length = self.written.len() - before;
        self.unflushed += length;
        Turn::Ready(Ok(length))
    }

    pub(super) fn flush(&mut self) -> Turn<()> {
        self.obstacle(ErrorKind::BrokenPipe).unwrap_or_else(|| {
            self.flushes += 1;
            self.unflushed = 0;
            Turn::Ready(Ok(()))
        })
    }

    pub(super) fn close(&mut self) -> Turn<()> {
        if self.closed {
            return Turn::Ready(Ok(()));
        }
        self.obstacle(ErrorKind::NotConnected).unwrap_or_else(|| {
            self.closed = true;
            // As the trait has it, closing flushes.
            self.unflushed = 0;
            Turn::Ready(Ok(()))
        })
    }

    /// What keeps a call from writing, if there is anything.
    fn obstacle<T>(&mut self, broken: ErrorKind) -> Option<Turn<T>> {
        if self.reset || self.closed {
            return Some(Turn::Ready(Err(broken.into())));
        }
        if let Some(turn) = self.wait(Direction::Write) {
            return Some(turn);
        }
        if let WriteStep::Most(_) = self.writes.front()? {
            return None;
        }
        Some(match self.writes.play()? {
            WriteStep::Fail(kind) => Turn::Ready(Err(kind.into())),
            WriteStep::Reset => self.reset(),
            _ => Turn::Yield,
        })
    }

    fn reset<T>(&mut self) -> Turn<T> {
        self.reset = true;
        self.reads.clear();
        self.writes.clear();
        Turn::Ready(Err(ErrorKind::ConnectionReset.into()))
    }

    /// How a call has to wait, if it has to.
    fn wait<T>(&self, direction: Direction) -> Option<Turn<T>> {
        match self.waits_for(direction)? {
            WaitsFor::Peer if self.peer_is_gone => Some(Turn::Forever),
            _ => Some(Turn::Wait),
        }
    }

    fn waits_for(&self, direction: Direction) -> Option<WaitsFor> {
        match direction {
            Direction::Read => match self.reads.front()? {
                ReadStep::Blocked => Some(WaitsFor::Peer),
                ReadStep::AfterWritten(length) if self.written.len() < *length => Some(WaitsFor::Writes),
                _ => None,
            },
            Direction::Write => (*self.writes.front()? == WriteStep::Blocked).then_some(WaitsFor::Peer),
        }
    }

    /// Whether a read would have to wait now.
    pub(super) fn would_block(&self) -> bool {
        let is_over =
            |step: &ReadStep| matches!(step, ReadStep::AfterWritten(length) if *length <= self.written.len());
        let next = self.reads.iter().find(|step| !is_over(step));
        matches!(next, Some(ReadStep::Pending | ReadStep::Blocked | ReadStep::AfterWritten(_)))
    }

    pub(super) fn is_played(&self) -> bool {
        self.reads.front().is_none() && self.writes.front().is_none()
    }

    pub(super) fn add_read(&mut self, step: ReadStep) {
        if !step.is_empty() {
            self.reads.push(step);
        }
    }

    /// Whether there was a step to end.
    pub(super) fn release_reads(&mut self) -> bool {
        self.reads.remove(&ReadStep::Blocked)
    }

    /// Whether there was a step to end.
    pub(super) fn release_writes(&mut self) -> bool {
        self.writes.remove(&WriteStep::Blocked)
    }

    /// Keeps a waker for a direction, or none; returns the former one.
    #[must_use = "a waker is dropped once the lock is let go"]
    pub(super) fn replace_waker(&mut self, direction: Direction, waker: Option<Waker>) -> Option<Waker> {
        mem::replace(&mut self.caller(direction).waker, waker)
    }

    /// The wakers of the directions that need wait no longer, or would wait for ever.
    fn take_wakers(&mut self) -> [Option<Waker>; 2] {
        [Direction::Read, Direction::Write].map(|direction| match self.waits_for(direction) {
            Some(WaitsFor::Writes) => None,
            Some(WaitsFor::Peer) if !self.peer_is_gone => None,
            _ => self.replace_waker(direction, None),
        })
    }

    /// The stream is gone, and nobody waits any more.
    #[must_use = "a waker is dropped once the lock is let go"]
    pub(super) fn drop_stream(&mut self) -> [Option<Waker>; 2] {
        self.dropped = true;
        [Direction::Read, Direction::Write].map(|direction| self.replace_waker(direction, None))
    }

    fn caller(&mut self, direction: Direction) -> &mut Caller {
        match direction {
            Direction::Read => &mut self.reader,
            Direction::Write => &mut self.writer,
        }
    }
}

/// Where the stream stands.
impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|State { reads, writes, written, .. }| {
            write!(f, "reads: {reads}; writes: {writes}, {} bytes written", written.len())
        })
    }
}

//! What is known of each socket: may it be read, may it be written, and who waits for that.

use std::mem;
use std::task::Waker;

use mio::Token;
use mio::event::Event;
use slotmap::{DefaultKey, Key, KeyData, SlotMap};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("a slot and its generation share one `mio::Token`, which takes 64 bits");

/// A way in which a socket can be ready.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// Bytes, a connection or the end of the stream can be read.
    Read,
    /// There is room to write, or a connection attempt has ended.
    Write,
}

/// The slot of one registered source.
#[derive(Debug)]
pub(crate) struct Readiness {
    read: Side,
    write: Side,
}

/// One direction of a source.
#[derive(Debug)]
struct Side {
    /// An operation may succeed, so trying it is worth a system call. Set by events, cleared by
    /// `WouldBlock`.
    ready: bool,
    /// The kernel has said that this direction is over. There will be no further event for it, so
    /// `ready` must stay.
    closed: bool,
    /// The task to wake when `ready` is set.
    waker: Option<Waker>,
}

/// The slots of all sources of one reactor.
///
/// Each is known to the kernel by a [`Token`] that names the slot and its generation, so that an
/// event for a source which is gone cannot be taken for one of the source that now has the slot
/// (mio#172).
#[derive(Debug, Default)]
pub(crate) struct Slots {
    slots: SlotMap<DefaultKey, Readiness>,
}

impl Slots {
    /// A slot for a new source, which may be ready for anything: trying is how to find out, and
    /// costs less than asking the kernel first.
    pub(crate) fn insert(&mut self) -> Token {
        let side = || Side { ready: true, closed: false, waker: None };
        let key = self.slots.insert(Readiness { read: side(), write: side() });
        Token(usize::try_from(key.data().as_ffi()).expect("a key takes 64 bits, and so does a usize"))
    }

    /// Frees the slot. Whoever waited is returned, to be dropped once no slot is borrowed.
    pub(crate) fn remove(&mut self, token: Token) -> Option<Readiness> {
        self.slots.remove(key(token))
    }

    pub(crate) fn get_mut(&mut self, token: Token) -> Option<&mut Readiness> {
        self.slots.get_mut(key(token))
    }

    /// How many sources there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Frees nothing, but takes out everybody who waits for anything.
    pub(crate) fn take_all_wakers(&mut self, into: &mut Vec<Waker>) {
        for readiness in self.slots.values_mut() {
            into.extend(readiness.read.waker.take());
            into.extend(readiness.write.waker.take());
        }
    }
}

impl Readiness {
    /// Notes what the kernel says, and moves those who waited for it into `woken`.
    pub(crate) fn apply(&mut self, event: &Event, woken: &mut Vec<Waker>) {
        // An error or a hang-up ends both directions: who tries will be told.
        let over = event.is_error() || (event.is_read_closed() && event.is_write_closed());
        if event.is_readable() || event.is_read_closed() || over {
            self.read.set_ready(event.is_read_closed() || over, woken);
        }
        if event.is_writable() || event.is_write_closed() || over {
            self.write.set_ready(event.is_write_closed() || over, woken);
        }
    }

    /// Whether an operation in that direction is worth trying.
    pub(crate) fn is_ready(&self, direction: Direction) -> bool {
        self.side(direction).ready
    }

    /// The kernel said `WouldBlock`: there will be an event before an operation can succeed.
    pub(crate) fn clear(&mut self, direction: Direction) {
        self.side_mut(direction).ready = false;
    }

    /// The kernel gave or took less than asked: the same as `WouldBlock`, unless the end is near,
    /// which no further event would tell.
    pub(crate) fn clear_after_short(&mut self, direction: Direction) {
        let side = self.side_mut(direction);
        side.ready = side.closed;
    }

    /// Who waits in that direction.
    pub(crate) fn waker(&self, direction: Direction) -> Option<&Waker> {
        self.side(direction).waker.as_ref()
    }

    /// Changes who waits in that direction, and returns who did.
    pub(crate) fn replace_waker(&mut self, direction: Direction, waker: Waker) -> Option<Waker> {
        self.side_mut(direction).waker.replace(waker)
    }

    fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    fn side_mut(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        }
    }
}

impl Side {
    fn set_ready(&mut self, closed: bool, woken: &mut Vec<Waker>) {
        self.ready = true;
        self.closed |= closed;
        woken.extend(mem::take(&mut self.waker));
    }
}

fn key(token: Token) -> DefaultKey {
    DefaultKey::from(KeyData::from_ffi(token.0 as u64))
}

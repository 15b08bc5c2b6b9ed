//! What is known of one source: may it be read, may it be written, and who waits for that.

use std::cell::Cell;
use std::task::Waker;

use mio::event::Event;

use crate::Budget;
use crate::waiter::WaiterId;

/// A way in which a socket can be ready.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// Bytes, a connection or the end of the stream can be read.
    Read,
    /// There is room to write, or a connection attempt has ended.
    Write,
}

/// What is known of one registered source. Its reactor sets it and its [`Slot`](crate::slot::Slot)
/// clears it, both on one thread: plain cells will do.
pub(crate) struct Readiness {
    read: Side,
    write: Side,
    /// How much either direction may move between two turns.
    budget: Cell<Budget>,
}

/// One direction of a source.
pub(crate) struct Side {
    /// An operation may succeed, so trying it is worth a system call. Set by events, cleared by
    /// `WouldBlock`.
    ready: Cell<bool>,
    /// The kernel has said that this direction is over. There will be no further event for it, so
    /// `ready` must stay.
    closed: Cell<bool>,
    /// Whoever waits is to be woken by the next turn, event or not.
    gives_way: Cell<bool>,
    /// The task to wake when `ready` is set.
    waker: Cell<Option<Waker>>,
    /// Who has put it there.
    waiter: Cell<WaiterId>,
    /// What is left of the budget of `turn`.
    left: Cell<u32>,
    /// The turn in which something was moved last; every other one brings the full budget.
    turn: Cell<u32>,
}

impl Readiness {
    /// A new source may be ready for anything: trying is how to find out, and costs less than asking
    /// the kernel first.
    pub(crate) fn new(budget: Budget, turn: u32) -> Self {
        let side = || Side {
            ready: Cell::new(true),
            closed: Cell::new(false),
            gives_way: Cell::new(false),
            waker: Cell::new(None),
            waiter: Cell::new(WaiterId::UNCLAIMED),
            left: Cell::new(0),
            turn: Cell::new(turn.wrapping_sub(1)),
        };
        Readiness { read: side(), write: side(), budget: Cell::new(budget) }
    }

    /// Notes what the kernel says, and moves those who waited for it into `woken`.
    pub(crate) fn apply(&self, event: &Event, woken: &mut Vec<Waker>) {
        // An error or a hang-up ends both directions: who tries will be told.
        let over = event.is_error() || (event.is_read_closed() && event.is_write_closed());
        // For mio, urgent data is something to be read as well.
        if event.is_readable() || event.is_read_closed() || over {
            self.read.set_ready(event.is_read_closed() || over, woken);
        }
        if event.is_writable() || event.is_write_closed() || over {
            self.write.set_ready(event.is_write_closed() || over, woken);
        }
    }

    pub(crate) fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    pub(crate) fn budget(&self) -> Budget {
        self.budget.get()
    }

    /// Changes the budget, of the turn that is under way as well.
    pub(crate) fn set_budget(&self, budget: Budget) {
        self.budget.set(budget);
        self.read.renew_budget();
        self.write.renew_budget();
    }

    /// Whether anybody waits.
    pub(crate) fn is_waited_for(&self) -> bool {
        [&self.read, &self.write].into_iter().any(Side::is_waited_for)
    }

    /// Takes out whoever waits for anything.
    pub(crate) fn take_wakers(&self) -> impl Iterator<Item = Waker> {
        [&self.read, &self.write].into_iter().filter_map(Side::take_waker)
    }
}

impl Side {
    fn set_ready(&self, closed: bool, woken: &mut Vec<Waker>) {
        self.ready.set(true);
        if closed {
            self.closed.set(true);
        }
        woken.extend(self.take_waker());
    }

    /// Whether an operation is worth trying.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.get()
    }

    /// The kernel said `WouldBlock`: there will be an event before an operation can succeed.
    pub(crate) fn clear(&self) {
        self.ready.set(false);
    }

    /// The kernel gave or took less than asked: the same as `WouldBlock`, unless the end is near,
    /// which no further event would tell.
    pub(crate) fn clear_after_short(&self) {
        // On Windows mio watches on only when it has seen the `WouldBlock` itself.
        if !cfg!(windows) {
            self.ready.set(self.closed.get());
        }
    }

    /// Counts an operation of this `turn` that has moved so many bytes.
    pub(crate) fn charge(&self, bytes: usize, budget: Budget, turn: u32) {
        let left = if self.turn.replace(turn) == turn { self.left.get() } else { budget.full() };
        self.left.set(left.saturating_sub(budget.charge(bytes)));
    }

    /// Brings the full budget before the next turn does.
    pub(crate) fn renew_budget(&self) {
        self.turn.set(self.turn.get().wrapping_sub(1));
    }

    /// Whether nothing is left of the budget of this `turn`.
    pub(crate) fn is_spent(&self, turn: u32) -> bool {
        self.left.get() == 0 && self.turn.get() == turn
    }

    /// Has the next turn wake whoever waits. False if it is to do so already.
    pub(crate) fn give_way(&self) -> bool {
        !self.gives_way.replace(true)
    }

    /// The turn has come that was asked for by [`give_way`](Side::give_way).
    pub(crate) fn was_given_way(&self) -> Option<Waker> {
        self.gives_way.set(false);
        self.take_waker()
    }

    fn is_waited_for(&self) -> bool {
        self.ask_waker(|_| true)
    }

    /// Whether it is this one's task that waits.
    pub(crate) fn is_waited_for_by(&self, waker: &Waker) -> bool {
        self.ask_waker(|known| known.will_wake(waker))
    }

    /// What `ask` says of whoever waits; false if nobody does.
    fn ask_waker(&self, ask: impl FnOnce(&Waker) -> bool) -> bool {
        let known = self.waker.take();
        let answer = known.as_ref().is_some_and(ask);
        self.waker.set(known);
        answer
    }

    /// Changes who waits, and returns who did.
    pub(crate) fn replace_waker(&self, waker: Waker) -> Option<Waker> {
        self.waiter.set(WaiterId::UNCLAIMED);
        self.waker.replace(Some(waker))
    }

    /// Says that the waker is there for `waiter`. If it was there for another one already, both are of one task, and
    /// neither may take it away from the other.
    pub(crate) fn claim_waker(&self, waiter: WaiterId) {
        let known = self.waiter.get();
        let sole = known == WaiterId::UNCLAIMED || known == waiter;
        self.waiter.set(if sole { waiter } else { WaiterId::ANYBODY });
    }

    /// Takes out the waker that is there for `waiter` alone.
    pub(crate) fn take_waker_of(&self, waiter: WaiterId) -> Option<Waker> {
        if self.waiter.get() == waiter { self.take_waker() } else { None }
    }

    fn take_waker(&self) -> Option<Waker> {
        self.waker.take()
    }
}

//! One source's place in its reactor: where it learns that it may try again.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use mio::event::Source;
use mio::{Interest, Token};

use crate::readiness::Readiness;
use crate::waiter::{Waiter, WaiterId};
use crate::wake::wake_other;
use crate::watch::Watch;
use crate::{Budget, Direction, Handle};

/// A slot in the reactor, from its making to its end. Of the source itself it knows how to have it watched, no more.
pub(crate) struct Slot {
    handle: Handle,
    token: Token,
    /// What the kernel watches the source for.
    interest: Interest,
    /// Whether it does.
    watch: Cell<Watch>,
    /// What is in the slot, at hand: an operation that need not wait looks nothing up.
    readiness: Rc<Readiness>,
}

impl Slot {
    /// # Errors
    ///
    /// If that reactor was dropped, or another one is current.
    pub(crate) fn new(handle: &Handle, interest: Interest, watch: Watch) -> io::Result<Self> {
        handle.check_turned()?;
        let mut slots = handle.slots();
        let readiness = Rc::new(Readiness::new(slots.budget, handle.turns()));
        let token = slots.insert(Rc::clone(&readiness));
        Ok(Slot { handle: handle.clone(), token, interest, watch: Cell::new(watch), readiness })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn token(&self) -> Token {
        self.token
    }

    pub(crate) fn interest(&self) -> Interest {
        self.interest
    }

    pub(crate) fn set_budget(&self, budget: Budget) {
        // Without a reactor there is nobody to give way to, and no turn that would bring a new one.
        let budget = if self.handle.is_closed() { Budget::UNLIMITED } else { budget };
        self.readiness.set_budget(budget);
    }

    /// Makes attempts until one has a result other than that it would block; waits in between. Dropped meanwhile, it waits
    /// no more.
    pub(crate) async fn attempts<T>(
        &self,
        direction: Direction,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        let waiter = Waiter::new(self, direction);
        poll_fn(|cx| self.poll_as(waiter.id(), cx, direction, &mut attempt)).await
    }

    /// [`attempts`](Slot::attempts) for those who poll by hand: the slot keeps their waker until the next event, since nobody
    /// tells when they stop waiting.
    #[inline]
    pub(crate) fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        attempt: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        self.poll_as(WaiterId::ANYBODY, cx, direction, attempt)
    }

    #[inline]
    fn poll_as<T>(
        &self,
        waiter: WaiterId,
        cx: &mut Context<'_>,
        direction: Direction,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            if let Some(result) = self.attempt(direction, &mut attempt) {
                return Poll::Ready(result);
            }
            self.wait(cx.waker(), direction)?;
            // Cloning the waker is foreign code, which may have turned the reactor before the clone was
            // in its place.
            if !self.may_try(direction) {
                self.readiness.side(direction).claim_waker(waiter);
                return Poll::Pending;
            }
        }
    }

    /// Makes an attempt, if it is worth it, and several if they are interrupted. `None` if it would
    /// block, which only an event can change: the source is watched from then on.
    #[inline]
    pub(crate) fn attempt<T>(
        &self,
        direction: Direction,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> Option<io::Result<T>> {
        while self.may_try(direction) {
            match attempt() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readiness.side(direction).clear();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Some(result),
            }
        }
        self.begin_watch().err().map(Err)
    }

    #[inline]
    fn begin_watch(&self) -> io::Result<()> {
        let watch = self.watch.get().begin(self.handle.registry(), self.token, self.interest)?;
        self.watch.set(watch);
        Ok(())
    }

    /// Has the kernel watch no more.
    pub(crate) fn end_watch(&self, source: &mut impl Source) -> io::Result<()> {
        self.watch.get().end(self.handle.registry(), source)
    }

    #[inline]
    fn may_try(&self, direction: Direction) -> bool {
        let side = self.readiness.side(direction);
        side.is_ready() && !side.is_spent(self.handle.turns())
    }

    /// An operation in that direction need not be tried before the next event.
    pub(crate) fn expect_event(&self, direction: Direction) {
        self.readiness.side(direction).clear_after_short();
    }

    /// Lets go of the waker of a future that is dropped, unless somebody else waits by it as well.
    pub(crate) fn stop_waiting(&self, direction: Direction, waiter: WaiterId) {
        // It may be foreign code; nothing is borrowed.
        drop(self.readiness.side(direction).take_waker_of(waiter));
    }

    /// Counts an operation that has moved so many bytes.
    #[inline]
    pub(crate) fn charge(&self, direction: Direction, bytes: usize) {
        let readiness = &self.readiness;
        readiness.side(direction).charge(bytes, readiness.budget(), self.handle.turns());
    }

    /// Counts an operation on a stream of bytes that was to move `wanted` of them. If it has moved
    /// fewer, the next one would block.
    #[inline]
    pub(crate) fn charge_stream(&self, direction: Direction, wanted: usize, result: &io::Result<usize>) {
        let moved = *result.as_ref().unwrap_or(&0);
        self.charge(direction, moved);
        if (1..wanted).contains(&moved) {
            self.readiness.side(direction).clear_after_short();
        }
    }

    /// Has `waker` woken at the next event in that direction; or at the next turn if it is ready, but its
    /// budget is spent.
    ///
    /// No event can slip in between `WouldBlock` and this: events are taken from the kernel by this
    /// same thread, in a turn, and an edge that arose meanwhile is reported by the next one.
    #[cold]
    fn wait(&self, waker: &Waker, direction: Direction) -> io::Result<()> {
        let side = self.readiness.side(direction);
        if !side.is_ready() {
            self.check_watched(direction)?;
            self.handle.check_turned()?;
        } else if self.handle.is_current() != Some(true) {
            // There may be nobody to give way to, and nobody who would ever turn.
            side.renew_budget();
            return Ok(());
        } else if side.give_way() {
            self.handle.give_way(self.token, direction);
        }
        if !side.is_waited_for_by(waker) {
            // Cloned, dropped and woken while nothing is borrowed: all three may be foreign code.
            let replaced = side.replace_waker(waker.clone());
            if let Some(replaced) = replaced {
                wake_other(replaced);
            }
        }
        Ok(())
    }

    fn check_watched(&self, direction: Direction) -> io::Result<()> {
        let (watched, message) = match direction {
            // Whatever is not for writing (urgent data, say) is for reading.
            Direction::Read => (
                self.interest != Interest::WRITABLE,
                "this source was registered for writing alone, and would wait forever to be read",
            ),
            Direction::Write => (
                self.interest.is_writable(),
                "this source was not registered for writing, and would wait forever to be written",
            ),
        };
        if watched { Ok(()) } else { Err(io::Error::other(message)) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let readiness = self.handle.slots().remove(self.token);
        // The wakers in it may be foreign code, so they go when nothing is borrowed.
        drop(readiness);
        for waker in self.readiness.take_wakers() {
            drop(waker);
        }
    }
}

//! Who waits for a source, and stops waiting when dropped.

use crate::Direction;
use crate::slot::Slot;

/// Tells apart those who put their wakers into a slot. After four billion waiters there is the same number again: nobody
/// holds both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WaiterId(u32);

impl WaiterId {
    /// The waker has just been put there, and nobody has said yet who did.
    pub(crate) const UNCLAIMED: WaiterId = WaiterId(0);
    /// Somebody who polls by hand, and does not tell when they stop; or several of one task.
    pub(crate) const ANYBODY: WaiterId = WaiterId(1);

    /// The one after this.
    pub(crate) fn next(self) -> Self {
        WaiterId(self.0.wrapping_add(1).max(2))
    }
}

/// A future's claim to the waker that it has put into a slot: it takes the waker out when it is dropped, so that
/// who has stopped waiting neither is woken for nothing nor holds up an automatic clock.
pub(crate) struct Waiter<'a> {
    slot: &'a Slot,
    direction: Direction,
    id: WaiterId,
}

impl<'a> Waiter<'a> {
    /// One that has not waited yet.
    pub(crate) fn new(slot: &'a Slot, direction: Direction) -> Self {
        Waiter { slot, direction, id: slot.handle().new_waiter() }
    }

    pub(crate) fn id(&self) -> WaiterId {
        self.id
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.slot.stop_waiting(self.direction, self.id);
    }
}

//! Who wants to be woken when: a hierarchical timer wheel.
//!
//! Time is cut into ticks. A slot of level 0 is one tick wide, one of level 1 as wide as the whole of level 0, and so
//! on, so that every deadline there can be has its slot, and finding it takes a few shifts. Setting and cancelling a
//! timer are a link in a list each.
//!
//! ```text
//! level 0   |·|·|·|·| 64 slots of 16 us            = 1 ms
//! level 1   |···|···|···|···| 64 slots of 1 ms     = 67 ms
//! level 2   |·······|·······|·· 64 slots of 67 ms  = 4.3 s      ... up to level 8: all of 584 years
//! ```
//!
//! A timer's level is that of the highest digit (of 6 bits) in which its tick differs from the wheel's own, the
//! cursor: so all timers of a level are due before those of the next one, a level's slots are due from the first to the
//! last, and the first slot that is taken holds the earliest timer of all. When the cursor enters a slot, the
//! timers in it are due or move to lower levels, eight times at most in a timer's life.
//!
//! A slot is wider than the precision of the clock, so its timers are asked one by one: none fires early, and none
//! waits for the end of its tick.

mod entries;

use std::task::Waker;

use self::entries::{Entries, NO_ENTRY};

pub(crate) use self::entries::TimerKey;

/// Nanoseconds on the clock of the reactor.
pub(crate) type Nanos = u64;

/// The deadline of a timer that never fires, and later than any other.
pub(crate) const NEVER: Nanos = Nanos::MAX;

/// A tick takes two to this many nanoseconds: 16.4 us. Timers a tick apart are in different slots.
const TICK_BITS: u32 = 14;

/// A level has two to this many slots: as many as there are bits in a word, which says which of them are taken.
const SLOT_BITS: u32 = 6;

const SLOTS: usize = 1 << SLOT_BITS;

/// So many that every tick is within reach.
const LEVELS: usize = (Nanos::BITS - TICK_BITS).div_ceil(SLOT_BITS) as usize;

/// How many timers [`Wheel::nearly_earliest`] looks at, at most: some cache misses' worth.
const LOOKS: usize = 64;

/// All pending timers of one reactor.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// The timers themselves; the slots' lists run through them.
    entries: Entries,
    /// The slots of all levels, one level after the other.
    slots: Box<[Slot]>,
    /// For each level a bit for each slot that holds a timer.
    occupied: [u64; LEVELS],
    /// For each level a bit for each slot that may have lost its earliest timer.
    inexact: [u64; LEVELS],
    /// The tick up to which everything has fired. Timers that are due later are placed by it.
    cursor: u64,
}

/// The timers of one slot, in the order in which they were set.
#[derive(Clone, Debug)]
struct Slot {
    head: u32,
    tail: u32,
    /// No timer of this slot is due before; [`NEVER`] if there is none.
    earliest: Nanos,
}

const EMPTY: Slot = Slot { head: NO_ENTRY, tail: NO_ENTRY, earliest: NEVER };

impl Wheel {
    /// Sets a timer.
    #[inline]
    pub(crate) fn insert(&mut self, deadline: Nanos, waker: Waker) -> TimerKey {
        let key = self.entries.add(deadline, waker);
        self.link(key.index(), deadline);
        key
    }

    /// The waker of a timer that has not fired.
    #[inline]
    pub(crate) fn waker(&self, key: TimerKey) -> Option<&Waker> {
        self.entries.get(key)?.waker.as_ref()
    }

    /// Gives a timer another waker. What is returned, the one that it had or, if it has fired, the new one, is to be
    /// dropped once the wheel is not borrowed.
    pub(crate) fn replace_waker(&mut self, key: TimerKey, waker: Waker) -> Option<Waker> {
        match self.entries.get_mut(key) {
            Some(entry) => entry.waker.replace(waker),
            None => Some(waker),
        }
    }

    /// Changes when a timer fires; `false` if it has fired already.
    pub(crate) fn reset(&mut self, key: TimerKey, deadline: Nanos) -> bool {
        let Some(entry) = self.entries.get_mut(key) else {
            return false;
        };
        let previous = std::mem::replace(&mut entry.deadline, deadline);
        self.unlink(key.index(), previous);
        self.link(key.index(), deadline);
        true
    }

    /// Cancels a timer. Its waker is returned, to be dropped once the wheel is not borrowed.
    #[inline]
    pub(crate) fn remove(&mut self, key: TimerKey) -> Option<Waker> {
        let deadline = self.entries.get(key)?.deadline;
        self.unlink(key.index(), deadline);
        self.entries.free(key.index())
    }

    /// When the earliest timer is due, or earlier, if that was cancelled; [`NEVER`] if there is none. Costs nothing.
    #[inline]
    pub(crate) fn bound(&self) -> Nanos {
        self.first_slot().map_or(NEVER, |slot| self.slots[slot].earliest)
    }

    /// When the earliest timer is due; [`NEVER`] if there is none. If the earliest was cancelled, this looks at every
    /// timer of its slot.
    pub(crate) fn earliest(&mut self) -> Nanos {
        self.look_for_earliest(usize::MAX)
    }

    /// The same, or the [`bound`](Wheel::bound) where that would take many looks: who asks often, and cancels in between,
    /// must not pay for all the timers of a slot each time.
    pub(crate) fn nearly_earliest(&mut self) -> Nanos {
        self.look_for_earliest(LOOKS)
    }

    fn look_for_earliest(&mut self, looks: usize) -> Nanos {
        let Some(slot) = self.first_slot() else {
            return NEVER;
        };
        let (level, bit) = (slot / SLOTS, 1 << (slot % SLOTS));
        if self.inexact[level] & bit != 0 {
            let mut deadlines = self.entries.list(self.slots[slot].head).map(|entry| entry.deadline);
            let earliest = deadlines.by_ref().take(looks).min().unwrap_or(NEVER);
            if deadlines.next().is_none() {
                self.inexact[level] &= !bit;
                self.slots[slot].earliest = earliest;
            }
        }
        self.slots[slot].earliest
    }

    /// Moves the wakers of all timers that are due into `woken`: in the order of their deadlines, and, where these are
    /// the same, in the order in which they were set.
    pub(crate) fn fire(&mut self, now: Nanos, woken: &mut Vec<Waker>) {
        let tick = now >> TICK_BITS;
        while let Some(slot) = self.first_slot() {
            let (first, last) = self.ticks_of(slot);
            let lasts = slot < SLOTS && self.slots[slot].earliest > now;
            if first > tick || lasts {
                break;
            }
            // All of its timers that are not due are later than that.
            self.cursor = last.min(tick);
            self.empty(slot, now, woken);
        }
        self.cursor = self.cursor.max(tick);
    }

    /// Takes the waker out of every timer, which stays: no timer has fired because its reactor has gone.
    pub(crate) fn take_all_wakers(&mut self, into: &mut Vec<Waker>) {
        into.extend(self.entries.take_wakers());
    }

    /// Takes all timers out of a slot, and puts those that are not due where they belong now.
    fn empty(&mut self, slot: usize, now: Nanos, woken: &mut Vec<Waker>) {
        let mut due = Vec::new();
        let mut next = self.slots[slot].head;
        self.forget(slot);
        while next != NO_ENTRY {
            let index = next;
            let entry = self.entries.at(index);
            let deadline = entry.deadline;
            next = entry.next;
            if deadline > now {
                self.link(index, deadline);
            } else if let Some(waker) = self.entries.free(index) {
                due.push((deadline, waker));
            }
        }
        // Stable, and so without a number for each timer that says which was set first.
        due.sort_by_key(|(deadline, _)| *deadline);
        woken.extend(due.into_iter().map(|(_, waker)| waker));
    }

    /// Adds an entry to the end of the list of the slot where it belongs.
    #[inline]
    fn link(&mut self, index: u32, deadline: Nanos) {
        let slot = self.slot_for(deadline);
        let Slot { head, tail, earliest } = &mut self.slots[slot];
        let previous = std::mem::replace(tail, index);
        *earliest = deadline.min(*earliest);
        match previous {
            NO_ENTRY => *head = index,
            previous => self.entries.at_mut(previous).next = index,
        }
        let entry = self.entries.at_mut(index);
        entry.previous = previous;
        entry.next = NO_ENTRY;
        entry.slot = u16::try_from(slot).expect("there are fewer slots");
        self.occupied[slot / SLOTS] |= 1 << (slot % SLOTS);
    }

    /// Takes an entry out of the list that it is in.
    #[inline]
    fn unlink(&mut self, index: u32, deadline: Nanos) {
        let entry = self.entries.at(index);
        let (slot, previous, next) = (usize::from(entry.slot), entry.previous, entry.next);
        match previous {
            NO_ENTRY => self.slots[slot].head = next,
            previous => self.entries.at_mut(previous).next = next,
        }
        match next {
            NO_ENTRY => self.slots[slot].tail = previous,
            next => self.entries.at_mut(next).previous = previous,
        }
        if self.slots[slot].head == NO_ENTRY {
            self.forget(slot);
        } else if self.slots[slot].earliest == deadline {
            self.inexact[slot / SLOTS] |= 1 << (slot % SLOTS);
        }
    }

    /// Makes a slot an empty one.
    #[inline]
    fn forget(&mut self, slot: usize) {
        self.slots[slot] = EMPTY;
        let (level, bit) = (slot / SLOTS, 1 << (slot % SLOTS));
        self.occupied[level] &= !bit;
        self.inexact[level] &= !bit;
    }

    /// Where a timer with that deadline belongs.
    #[inline]
    fn slot_for(&self, deadline: Nanos) -> usize {
        // One that is due already fires with those of the present tick.
        let tick = (deadline >> TICK_BITS).max(self.cursor);
        let level = ((tick ^ self.cursor) | 1).ilog2() / SLOT_BITS;
        let digit = (tick >> (level * SLOT_BITS)) as usize % SLOTS;
        level as usize * SLOTS + digit
    }

    /// The slot that holds the earliest timer.
    #[inline]
    fn first_slot(&self) -> Option<usize> {
        let level = self.occupied.iter().position(|occupied| *occupied != 0)?;
        Some(level * SLOTS + self.occupied[level].trailing_zeros() as usize)
    }

    /// The first and the last tick of a slot.
    fn ticks_of(&self, slot: usize) -> (u64, u64) {
        let shift = (slot / SLOTS) as u32 * SLOT_BITS;
        let above = self.cursor >> shift >> SLOT_BITS << SLOT_BITS;
        let first = (above | (slot % SLOTS) as u64) << shift;
        (first, first | ((1 << shift) - 1))
    }
}

impl Default for Wheel {
    fn default() -> Self {
        Wheel {
            entries: Entries::default(),
            slots: vec![EMPTY; LEVELS * SLOTS].into(),
            occupied: [0; LEVELS],
            inexact: [0; LEVELS],
            cursor: 0,
        }
    }
}

#[cfg(test)]
mod tests;

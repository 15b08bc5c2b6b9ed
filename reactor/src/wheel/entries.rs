//! The memory of the timers: slots with generations, linked by number.

use std::iter;
use std::mem;
use std::task::Waker;

use super::Nanos;

/// The number of no entry: the end of a list.
pub(super) const NO_ENTRY: u32 = u32::MAX;

/// Names one timer, and never another one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TimerKey {
    index: u32,
    generation: u32,
}

/// One timer, or room for one.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) deadline: Nanos,
    /// Whom to wake; nobody if this is free.
    pub(super) waker: Option<Waker>,
    /// Its neighbours in the list of its slot. A free entry's `next` is the next free one.
    pub(super) previous: u32,
    pub(super) next: u32,
    /// How many timers had this entry before.
    generation: u32,
    /// The slot of the wheel that it is in.
    pub(super) slot: u16,
}

// This is what a parked timer takes, besides the future that waits for it.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Entry>() == 40);

/// All entries, taken and free. They are as many as there were timers at once since there were none.
#[derive(Debug)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    /// The head of the list of free entries.
    free: u32,
    /// How many are taken.
    taken: usize,
    /// The generation that the next new entry begins with: no entry that was there before had it.
    first_generation: u32,
    /// No entry has had a later generation than this.
    last_generation: u32,
}

impl TimerKey {
    pub(super) fn index(self) -> u32 {
        self.index
    }
}

impl Entries {
    /// Adds a timer that is in no list yet.
    #[inline]
    pub(super) fn add(&mut self, deadline: Nanos, waker: Waker) -> TimerKey {
        self.taken += 1;
        let index = self.free;
        if index == NO_ENTRY {
            return self.grow(deadline, waker);
        }
        let entry = self.at_mut(index);
        entry.deadline = deadline;
        entry.waker = Some(waker);
        let (generation, next) = (entry.generation, entry.next);
        self.free = next;
        TimerKey { index, generation }
    }

    fn grow(&mut self, deadline: Nanos, waker: Waker) -> TimerKey {
        let index = u32::try_from(self.entries.len()).ok().filter(|index| *index != NO_ENTRY);
        let index = index.expect("four thousand million timers are in memory before this");
        let (previous, next) = (NO_ENTRY, NO_ENTRY);
        let generation = self.first_generation;
        self.entries.push(Entry { deadline, waker: Some(waker), previous, next, generation, slot: 0 });
        TimerKey { index, generation }
    }

    /// Frees the entry of a timer that is in no list any more.
    #[inline]
    pub(super) fn free(&mut self, index: u32) -> Option<Waker> {
        let free = self.free;
        let entry = self.at_mut(index);
        let waker = entry.waker.take();
        // After the last generation it is not used again: 40 bytes lost in two thousand million timers at least, and no
        // key ever names two of them.
        if let Some(generation) = entry.generation.checked_add(1) {
            entry.generation = generation;
            entry.next = free;
            self.free = index;
            self.last_generation = self.last_generation.max(generation);
        }
        self.taken -= 1;
        if self.taken == 0 {
            self.begin_anew();
        }
        waker
    }

    /// Forgets all entries, which are free: the next ones are next to each other in memory again, in the order in which
    /// they are taken. It costs no more than it cost to add them.
    ///
    /// It uses up generations of entries that nobody has yet, so it is done only while half of them are left: each entry
    /// can then be taken that often.
    fn begin_anew(&mut self) {
        if self.last_generation < u32::MAX / 2 {
            self.first_generation = self.last_generation;
            self.entries.clear();
            self.free = NO_ENTRY;
        }
    }

    /// Takes the waker out of every entry that has one, and leaves one that does nothing.
    pub(super) fn take_wakers(&mut self) -> impl Iterator<Item = Waker> {
        let wakers = self.entries.iter_mut().filter_map(|entry| entry.waker.as_mut());
        wakers.map(|waker| mem::replace(waker, Waker::noop().clone()))
    }

    /// The entry of a timer that has not been freed.
    #[inline]
    pub(super) fn get(&self, key: TimerKey) -> Option<&Entry> {
        let entry = self.entries.get(key.index as usize)?;
        (entry.generation == key.generation && entry.waker.is_some()).then_some(entry)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, key: TimerKey) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(key.index as usize)?;
        (entry.generation == key.generation && entry.waker.is_some()).then_some(entry)
    }

    /// The entry with that number.
    #[inline]
    pub(super) fn at(&self, index: u32) -> &Entry {
        &self.entries[index as usize]
    }

    #[inline]
    pub(super) fn at_mut(&mut self, index: u32) -> &mut Entry {
        &mut self.entries[index as usize]
    }

    /// The entries of the list that begins with `head`.
    pub(super) fn list(&self, head: u32) -> impl Iterator<Item = &Entry> {
        let entry = |index: u32| (index != NO_ENTRY).then(|| self.at(index));
        iter::successors(entry(head), move |previous| entry(previous.next))
    }
}

impl Default for Entries {
    fn default() -> Self {
        Entries { entries: Vec::new(), free: NO_ENTRY, taken: 0, first_generation: 0, last_generation: 0 }
    }
}

#[cfg(test)]
mod tests;

//! The wheel against a sorted map, and its corners.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use proptest::collection::vec;
use proptest::prelude::*;

use super::{LEVELS, LOOKS, NEVER, Nanos, SLOT_BITS, SLOTS, TICK_BITS, TimerKey, Wheel};

const TICK: Nanos = 1 << TICK_BITS;

/// What is done to both.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// Sets a timer that is due so long after now.
    Insert(Nanos),
    /// Sets a timer that is overdue by so much.
    InsertLate(Nanos),
    /// Cancels one of those that were ever set, which may have fired since.
    Cancel(prop::sample::Index),
    /// Has one of those fire so long after now.
    Reset(prop::sample::Index, Nanos),
    /// Lets that much time pass, and has fire what is due.
    Advance(Nanos),
    /// Lets time pass to the deadline of the earliest, or to this much before it.
    AdvanceToEarliest(Nanos),
    /// Asks for the exact deadline, which the wheel then remembers.
    Ask,
}

/// Durations of all magnitudes, and those around the borders of slots and levels.
fn nanos() -> impl Strategy<Value = Nanos> {
    let any_magnitude = (0..64_u32, any::<u64>()).prop_map(|(shift, nanos)| nanos >> shift);
    let near_a_border = (0..LEVELS as u32, 1..64_u64, 0..3_u64).prop_map(|(level, slots, offset)| {
        let width = TICK.checked_shl(level * SLOT_BITS).unwrap_or(TICK);
        (width.saturating_mul(slots)).saturating_add(offset).saturating_sub(1)
    });
    prop_oneof![3 => any_magnitude, 3 => 0..300 * TICK, 2 => near_a_border, 1 => 0..4_u64, 1 => Just(NEVER)]
}

fn deed() -> impl Strategy<Value = Deed> {
    // Time is not to run out too soon.
    let step =
        prop_oneof![6 => 0..10 * TICK, 2 => 0..10_000 * TICK, 1 => nanos().prop_map(|nanos| nanos >> 12)];
    prop_oneof![
        8 => nanos().prop_map(Deed::Insert),
        1 => nanos().prop_map(Deed::InsertLate),
        3 => any::<prop::sample::Index>().prop_map(Deed::Cancel),
        3 => (any::<prop::sample::Index>(), nanos()).prop_map(|(which, nanos)| Deed::Reset(which, nanos)),
        3 => step.prop_map(Deed::Advance),
        2 => prop_oneof![Just(0), Just(1), 0..TICK].prop_map(Deed::AdvanceToEarliest),
        1 => Just(Deed::Ask),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// maitake has this as `fuzz_timer`.
    #[test]
    fn the_wheel_does_what_a_sorted_map_does(deeds in vec(deed(), 1..300)) {
        Pair::default().run(&deeds);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3, ..ProptestConfig::default() })]

    #[test]
    fn the_wheel_does_what_a_sorted_map_does_for_ten_thousand_operations(deeds in vec(deed(), 10_000)) {
        Pair::default().run(&deeds);
    }
}

/// The wheel, and a map that does the same slowly.
#[derive(Default)]
struct Pair {
    wheel: Wheel,
    /// Deadline and order of setting, and the number of the timer.
    map: BTreeMap<(Nanos, usize), usize>,
    /// For every timer that was ever set: its key, and where it was in the map last.
    timers: Vec<(TimerKey, (Nanos, usize))>,
    now: Nanos,
    settings: usize,
    woken: Arc<Mutex<Vec<usize>>>,
}

impl Pair {
    fn run(mut self, deeds: &[Deed]) {
        for deed in deeds {
            self.apply(*deed);
            let earliest = self.map.first_key_value().map_or(NEVER, |((deadline, _), _)| *deadline);
            assert!(self.wheel.bound() <= earliest, "after {deed:?} it would be late");
            assert!(self.wheel.nearly_earliest() <= earliest, "after {deed:?} it would be late");
        }
        assert_consistent(&self.wheel, self.map.len());
        // Whoever is left is told when the reactor goes, and the timers stay.
        self.fire(NEVER - 1);
        let mut left = Vec::new();
        self.wheel.take_all_wakers(&mut left);
        assert_eq!(left.len(), self.map.len());
        assert_consistent(&self.wheel, self.map.len());
    }

    fn apply(&mut self, deed: Deed) {
        match deed {
            Deed::Insert(nanos) => self.insert(self.now.saturating_add(nanos)),
            Deed::InsertLate(nanos) => self.insert(self.now.saturating_sub(nanos)),
            Deed::Cancel(_) | Deed::Reset(..) if self.timers.is_empty() => {}
            Deed::Cancel(which) => {
                let (key, place) = *which.get(&self.timers);
                assert_eq!(self.wheel.remove(key).is_some(), self.map.remove(&place).is_some());
            }
            Deed::Reset(which, nanos) => self.reset(which.index(self.timers.len()), nanos),
            Deed::Advance(nanos) => self.fire(self.now.saturating_add(nanos).min(NEVER - 1)),
            Deed::AdvanceToEarliest(before) => {
                let earliest = self.wheel.earliest();
                if earliest != NEVER {
                    self.fire(earliest.saturating_sub(before).max(self.now));
                }
            }
            Deed::Ask => {
                let earliest = self.map.first_key_value().map_or(NEVER, |((deadline, _), _)| *deadline);
                assert_eq!(self.wheel.earliest(), earliest);
            }
        }
    }

    fn insert(&mut self, deadline: Nanos) {
        let number = self.timers.len();
        let waker = Waker::from(Arc::new(Numbered { number, woken: Arc::clone(&self.woken) }));
        let key = self.wheel.insert(deadline, waker);
        let place = (deadline, self.next_setting());
        self.map.insert(place, number);
        self.timers.push((key, place));
    }

    fn reset(&mut self, number: usize, nanos: Nanos) {
        let deadline = self.now.saturating_add(nanos);
        let (key, place) = self.timers[number];
        let pending = self.map.remove(&place).is_some();
        assert_eq!(self.wheel.reset(key, deadline), pending);
        if pending {
            let place = (deadline, self.next_setting());
            self.map.insert(place, number);
            self.timers[number].1 = place;
        }
    }

    fn fire(&mut self, now: Nanos) {
        self.now = now;
        let mut wakers = Vec::new();
        self.wheel.fire(now, &mut wakers);
        wakers.into_iter().for_each(Waker::wake);
        let later = self.map.split_off(&(now + 1, 0));
        let due = std::mem::replace(&mut self.map, later);
        assert_eq!(std::mem::take(&mut *self.woken.lock().unwrap()), due.into_values().collect::<Vec<_>>());
    }

    fn next_setting(&mut self) -> usize {
        self.settings += 1;
        self.settings
    }
}

struct Numbered {
    number: usize,
    woken: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Numbered {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap().push(self.number);
    }
}

/// Every timer is in the slot where it belongs, every list is one, and the bits say which are not empty.
fn assert_consistent(wheel: &Wheel, timers: usize) {
    let mut count = 0;
    for (number, slot) in wheel.slots.iter().enumerate() {
        let taken = wheel.occupied[number / SLOTS] & (1 << (number % SLOTS)) != 0;
        assert_eq!(taken, slot.head != super::NO_ENTRY, "slot {number}");
        for entry in wheel.entries.list(slot.head) {
            count += 1;
            assert_eq!(usize::from(entry.slot), number);
            assert_eq!(wheel.slot_for(entry.deadline), number);
            assert!(slot.earliest <= entry.deadline);
        }
    }
    assert_eq!(count, timers);
}

#[test]
fn every_level_is_of_use_and_the_last_one_holds_the_timers_that_never_fire() {
    let mut wheel = Wheel::default();
    wheel.insert(1, Waker::noop().clone());
    for level in 1..LEVELS as u32 {
        wheel.insert(TICK << (level * SLOT_BITS), Waker::noop().clone());
    }
    wheel.insert(NEVER, Waker::noop().clone());
    assert!(wheel.occupied.iter().all(|occupied| *occupied != 0), "{:?}", wheel.occupied);
    let mut woken = Vec::new();
    wheel.fire(NEVER - 1, &mut woken);
    assert_eq!(woken.len(), LEVELS);
    assert_eq!(wheel.earliest(), NEVER);
    assert_consistent(&wheel, 1);
}

#[test]
fn a_key_names_no_other_timer_after_its_own_is_gone() {
    let mut wheel = Wheel::default();
    let first = wheel.insert(TICK, Waker::noop().clone());
    assert!(wheel.remove(first).is_some());
    let second = wheel.insert(TICK, Waker::noop().clone());
    assert_eq!(first.index(), second.index(), "the memory is used again");
    assert!(wheel.waker(first).is_none() && wheel.remove(first).is_none() && !wheel.reset(first, 1));
    assert!(wheel.replace_waker(first, Waker::noop().clone()).is_some(), "it comes back");
    assert!(wheel.waker(second).is_some());
}

/// Otherwise a loop in which each request cancels the time limit of the one before would look at them all each time.
#[test]
fn cancelling_the_earliest_leaves_a_bound_that_is_exact_once_somebody_asks() {
    let mut wheel = Wheel::default();
    let [first, _, _] = [100, 120, 110].map(|ticks| wheel.insert(ticks * TICK, Waker::noop().clone()));
    assert!(wheel.remove(first).is_some());
    assert_eq!(wheel.bound(), 100 * TICK);
    assert_eq!(wheel.earliest(), 110 * TICK);
    assert_eq!(wheel.bound(), 110 * TICK);
}

/// Or an embedder that asks after each step would look at all of them each time.
#[test]
fn among_many_timers_the_search_for_the_earliest_is_given_up_and_the_next_turn_makes_it_exact() {
    for (others, found) in [(LOOKS, true), (LOOKS + 1, false)] {
        let mut wheel = Wheel::default();
        let first = wheel.insert(100 * TICK, Waker::noop().clone());
        for _ in 0..others {
            wheel.insert(110 * TICK, Waker::noop().clone());
        }
        assert!(wheel.remove(first).is_some());
        assert_eq!(wheel.nearly_earliest() == 110 * TICK, found, "among {others}");
        let mut woken = Vec::new();
        wheel.fire(wheel.bound().min(100 * TICK), &mut woken);
        assert!(woken.is_empty());
        assert_eq!(wheel.nearly_earliest(), 110 * TICK);
        assert_eq!(wheel.bound(), 110 * TICK);
    }
}

use std::collections::HashSet;

use super::*;

const TIMERS: usize = 10_000;

/// Sets timers and takes them back, one after the other.
fn set_and_cancel(entries: &mut Entries) {
    let mut seen = HashSet::new();
    for _ in 0..TIMERS {
        let key = entries.add(1, Waker::noop().clone());
        assert!(seen.insert(key), "{key:?} names two timers");
        entries.free(key.index());
        assert!(entries.get(key).is_none(), "{key:?} outlives its timer");
    }
}

/// What two or four thousand million timers lead to.
#[test]
fn one_timer_at_a_time_takes_the_memory_of_one_however_many_there_were() {
    for generation in [0, u32::MAX / 2 - 5, u32::MAX / 2] {
        let (first_generation, last_generation) = (generation, generation);
        let mut entries = Entries { first_generation, last_generation, ..Entries::default() };
        set_and_cancel(&mut entries);
        assert!(entries.entries.len() <= 1, "{} entries from {generation} on", entries.entries.len());
    }
}

#[test]
fn an_entry_whose_generations_are_used_up_is_left_and_another_takes_its_place() {
    let mut entries =
        Entries { first_generation: u32::MAX / 2, last_generation: u32::MAX / 2, ..Entries::default() };
    let key = entries.add(1, Waker::noop().clone());
    entries.free(key.index());
    entries.at_mut(key.index()).generation = u32::MAX - 5;
    set_and_cancel(&mut entries);
    assert_eq!(entries.entries.len(), 2);
}

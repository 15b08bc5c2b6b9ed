use std::collections::BTreeSet;

use super::{LATEST, Vacancies};

/// Numbers that look random, and are the same every time.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |number| {
        Some(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    })
    .map(|number| number >> 33)
}

#[test]
fn the_latest_come_first_and_then_the_lowest_as_in_a_sorted_set() {
    for (seed, slots) in [(1, 3), (2, 64), (3, 65), (4, 4_096), (5, 4_097), (6, 300_000)] {
        let (mut vacancies, mut oracle, mut latest) = (Vacancies::default(), BTreeSet::new(), Vec::new());
        let mut random = numbers(seed);
        for step in 0..20_000 {
            // More are added at first, and more taken in the end.
            if random.next().unwrap() % 20_000 > step {
                let number = u32::try_from(random.next().unwrap() % slots).unwrap();
                if !latest.contains(&number) && !oracle.contains(&number) {
                    if latest.len() < LATEST {
                        latest.push(number);
                    } else {
                        oracle.insert(number);
                    }
                    vacancies.insert(number);
                }
            } else {
                assert_eq!(vacancies.pop(), latest.pop().or_else(|| oracle.pop_first()));
            }
        }
        loop {
            let expected = latest.pop().or_else(|| oracle.pop_first());
            assert_eq!(vacancies.pop(), expected);
            if expected.is_none() {
                break;
            }
        }
    }
}

#[test]
fn where_nothing_was_ever_vacant_there_is_nothing_to_take() {
    assert_eq!(Vacancies::default().pop(), None);
}

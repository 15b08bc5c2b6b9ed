//! The arithmetic of slack.

use super::roundest;

/// Tries every number in between, for small ones.
#[test]
fn the_roundest_number_is_the_one_with_the_most_zeros_at_its_end() {
    for first in 1..200_u64 {
        for last in first..300 {
            let naive = (first..=last).max_by_key(|number| number.trailing_zeros()).unwrap();
            assert_eq!(roundest(first, last), naive, "from {first} to {last}");
        }
    }
}

#[test]
fn the_roundest_number_of_an_empty_range_is_its_beginning() {
    assert_eq!(roundest(5, 4), 5);
    assert_eq!(roundest(u64::MAX, u64::MAX - 1), u64::MAX);
    assert_eq!(roundest(0, 0), 0);
}

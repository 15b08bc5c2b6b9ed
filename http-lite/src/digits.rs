/// The decimal digits of a number, without the standard library's machinery for formatting: that takes longer than
/// all the rest of a `Host` header.
pub(crate) fn digits(number: u16) -> impl Iterator<Item = u8> {
    let places = [10_000, 1_000, 100, 10, 1];
    let is_shown = move |place: &u16| number >= *place || *place == 1;
    // A digit is below ten.
    places.into_iter().filter(is_shown).map(move |place| b'0' + (number / place % 10) as u8)
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn every_number_has_its_digits() {
        for number in 0..=u16::MAX {
            assert!(digits(number).eq(number.to_string().bytes()), "{number}");
        }
    }
}

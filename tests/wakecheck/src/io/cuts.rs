//! The ways in which bytes can be cut into pieces.

/// Every way to cut `bytes` into two pieces, neither of which is empty.
///
/// # Examples
///
/// ```
/// use wakecheck::io::cuts;
///
/// assert!(cuts(b"abc").eq([[&b"a"[..], b"bc"], [b"ab", b"c"]]));
/// assert_eq!(cuts(b"a").count(), 0);
/// ```
pub fn cuts(bytes: &[u8]) -> impl Iterator<Item = [&[u8]; 2]> + Clone {
    (1..bytes.len()).map(move |at| {
        let (before, after) = bytes.split_at(at);
        [before, after]
    })
}

/// Every way to cut `bytes` into three pieces, none of which is empty. There are about half as many
/// as the square of the length.
///
/// # Examples
///
/// ```
/// use wakecheck::io::pairs_of_cuts;
///
/// assert!(pairs_of_cuts(b"abcd").eq([[&b"a"[..], b"b", b"cd"], [b"a", b"bc", b"d"], [b"ab", b"c", b"d"]]));
/// assert_eq!(pairs_of_cuts(b"ab").count(), 0);
/// ```
pub fn pairs_of_cuts(bytes: &[u8]) -> impl Iterator<Item = [&[u8]; 3]> + Clone {
    cuts(bytes).flat_map(|[first, rest]| cuts(rest).map(move |[second, third]| [first, second, third]))
}

/// The bytes, each a piece of its own.
///
/// # Examples
///
/// ```
/// use wakecheck::io::byte_by_byte;
///
/// assert!(byte_by_byte(b"abc").eq([b"a", b"b", b"c"]));
/// ```
pub fn byte_by_byte(bytes: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    bytes.chunks(1)
}

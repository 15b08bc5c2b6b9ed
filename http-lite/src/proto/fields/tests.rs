use super::{Scanner, first_bad_field};
use crate::Limits;

/// hyper#3764: a head that came byte by byte was searched from its start each time.
#[test]
fn no_byte_is_searched_twice() {
    let head = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    let mut scanner = Scanner::head(&Limits::default());
    for length in 1..head.len() {
        assert_eq!(scanner.find_end(&head[..length]), Ok(None));
        assert_eq!(scanner.scanned, length, "everything has been searched, and the next search starts here");
    }
    assert_eq!(scanner.find_end(head), Ok(Some(head.len())));
    assert_eq!(scanner.lines(), 2);
}

#[test]
fn a_section_ends_at_its_first_empty_line() {
    let mut scanner = Scanner::trailers(&Limits::default());
    assert_eq!(scanner.find_end(b"\r\nHTTP/1.1 200 OK\r\n\r\n"), Ok(Some(2)));
    assert_eq!(scanner.lines(), 0);
    let mut scanner = Scanner::trailers(&Limits::default());
    assert_eq!(scanner.find_end(b"A: b\r\n\r\n\r\n"), Ok(Some(8)));
    assert_eq!(scanner.lines(), 1);
}

#[test]
fn the_first_bad_line_is_found_among_good_ones() {
    assert_eq!(first_bad_field(b"A: b\r\nbad\r\nworse\r\n\r\n"), Some(&b"bad"[..]));
    assert_eq!(first_bad_field(b"A: b\r\nC:\r\n\r\n"), None);
}

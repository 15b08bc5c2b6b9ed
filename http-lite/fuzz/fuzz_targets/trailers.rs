//! What follows the last chunk: in one piece and in others, and as httparse reads it.
//!
//! The first byte says where it is cut.
#![no_main]

use fuzzing::{cut, decode};
use http::Method;
use libfuzzer_sys::fuzz_target;

const START: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((length, trailers)) = bytes.split_first() else { return };
    let whole = decode(&Method::GET, &[START, trailers]);
    let mut pieces = vec![START];
    pieces.extend(cut(trailers, &[*length]));
    assert_eq!(decode(&Method::GET, &pieces), whole);
    let Some((ours, _)) = whole.end else { return };

    let mut fields = [httparse::EMPTY_HEADER; 100];
    let parsed = httparse::parse_headers(trailers, &mut fields).expect("httparse accepts what we accept");
    let (_, theirs) = parsed.unwrap();
    assert_eq!(ours.len(), theirs.len());
    for field in theirs {
        assert!(
            ours.get_all(field.name).iter().any(|value| value.as_bytes() == field.value),
            "{}",
            field.name
        );
    }
});

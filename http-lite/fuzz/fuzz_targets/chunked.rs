//! A chunked body, in one piece and in others; and what came out of it, encoded and decoded again.
//!
//! The first byte says how many of the next ones are lengths of pieces, the rest is the body.
#![no_main]

use bytes::{Buf, Bytes};
use fuzzing::{cut, decode};
use http::{HeaderMap, Method};
use http_lite::proto::{BodyEncoder, RequestFraming};
use libfuzzer_sys::fuzz_target;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((count, rest)) = bytes.split_first() else { return };
    let (lengths, body) = rest.split_at(rest.len().min(usize::from(count % 16)));
    let whole = decode(&Method::GET, &[HEAD, body]);
    let mut pieces = vec![HEAD];
    pieces.extend(cut(body, lengths));
    assert_eq!(decode(&Method::GET, &pieces), whole);
    if whole.end.is_some() {
        let again = encode(&cut(&whole.body, lengths));
        assert_eq!(decode(&Method::GET, &[HEAD, &again]).body, whole.body);
    }
});

fn encode(pieces: &[&[u8]]) -> Vec<u8> {
    let mut encoder = BodyEncoder::new(RequestFraming::Chunked);
    let mut wire = Vec::new();
    for piece in pieces {
        let mut framed = encoder.data(Bytes::copy_from_slice(piece)).expect("no length was announced");
        wire.extend_from_slice(&framed.copy_to_bytes(framed.remaining()));
    }
    wire.extend_from_slice(&encoder.end(&HeaderMap::new()).expect("it has not ended"));
    wire
}

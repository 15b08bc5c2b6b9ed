//! Properties that must hold for whatever a server sends.

use crate::trace::{Ending, trace_of};
use http::Method;
use http_lite::Limits;
use proptest::prelude::*;

/// A response to `GET` in these pieces, after which the connection is closed.
fn trace(pieces: &[&[u8]]) -> Vec<String> {
    trace_of(&Method::GET, &Limits::default(), pieces, Ending::Closed)
}

/// Writes a chunked response; the extension goes on every size line.
fn chunked(chunks: &[Vec<u8>], extension: &str) -> Vec<u8> {
    let mut response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in chunks {
        response.extend_from_slice(format!("{:x}{extension}\r\n", chunk.len()).as_bytes());
        response.extend_from_slice(chunk);
        response.extend_from_slice(b"\r\n");
    }
    response.extend_from_slice(format!("0{extension}\r\n\r\n").as_bytes());
    response
}

/// Cuts bytes into pieces of these lengths, over and over.
fn cut<'bytes>(mut bytes: &'bytes [u8], lengths: &[usize]) -> Vec<&'bytes [u8]> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        let (piece, rest) = bytes.split_at(bytes.len().min(*length));
        pieces.push(piece);
        if rest.is_empty() {
            break;
        }
        bytes = rest;
    }
    pieces
}

/// Bytes that are likely to get far: pieces of responses, in any order.
fn nearly_http() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Just(b"HTTP/1.1 100 A\r\n\r\n".to_vec()),
        Just(b"HTTP/1.0 200\r\n".to_vec()),
        Just(b"Content-Length: 3\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"3\r\nabc\r\n".to_vec()),
        Just(b"0\r\n".to_vec()),
        Just(b"A: b\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    // The cases are new in every run, and a failure prints its own; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_chunked_comes_out_as_it_went_in(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 0..8),
        extension in "(;[a-z]{0,5})?",
        lengths in proptest::collection::vec(1_usize..200, 1..10),
    ) {
        let mut expected = vec!["head 200 Chunked".to_owned()];
        if !chunks.is_empty() {
            expected.push(format!("body {}", chunks.concat().escape_ascii()));
        }
        expected.push("end KeepAlive".to_owned());
        prop_assert_eq!(trace(&cut(&chunked(&chunks, &extension), &lengths)), expected);
    }

    #[test]
    fn no_bytes_are_a_panic_and_no_cut_makes_a_difference(
        bytes in prop_oneof![nearly_http(), proptest::collection::vec(any::<u8>(), 0..200)],
        lengths in proptest::collection::vec(1_usize..20, 1..10),
    ) {
        prop_assert_eq!(trace(&cut(&bytes, &lengths)), trace(&[&bytes]));
    }
}

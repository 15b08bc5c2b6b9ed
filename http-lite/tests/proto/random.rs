//! Properties that must hold for whatever a server sends.

use crate::trace::{Ending, trace_of};
use bytes::{Buf, Bytes};
use http::{HeaderMap, Method, Request};
use http_lite::Limits;
use http_lite::proto::{BodyEncoder, RequestFraming, encode_head};
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
    fn what_the_encoder_chunks_the_decoder_puts_together(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..8),
        trailer in proptest::option::of("[!-~]{0,20}"),
        lengths in proptest::collection::vec(1_usize..200, 1..10),
    ) {
        let mut encoder = BodyEncoder::new(RequestFraming::Chunked);
        let mut wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for piece in &pieces {
            let mut framed = encoder.data(Bytes::copy_from_slice(piece)).unwrap();
            wire.extend_from_slice(&framed.copy_to_bytes(framed.remaining()));
        }
        let mut trailers = HeaderMap::new();
        let mut end = "end KeepAlive".to_owned();
        if let Some(value) = trailer {
            trailers.insert("x-sum", value.parse().unwrap());
            end += &format!(" x-sum={}", value.as_bytes().escape_ascii());
        }
        wire.extend_from_slice(&encoder.end(&trailers).unwrap());
        let mut expected = vec!["head 200 Chunked".to_owned(), end];
        if !pieces.concat().is_empty() {
            expected.insert(1, format!("body {}", pieces.concat().escape_ascii()));
        }
        prop_assert_eq!(trace(&cut(&wire, &lengths)), expected);
    }

    #[test]
    fn a_head_says_to_another_parser_what_the_request_says(
        method in "[A-Z]{1,8}".prop_filter("these have rules of their own", |method| {
            !["CONNECT", "TRACE"].contains(&method.as_str())
        }),
        path in "/[a-z0-9/%.~-]{0,20}",
        fields in proptest::collection::vec(("x-[a-z]{1,6}", "([!-~]([ -~]{0,10}[!-~])?)?"), 0..10),
        length in any::<u64>(),
    ) {
        let mut request = Request::builder().method(method.as_str()).uri(format!("http://host{path}"));
        for (name, value) in &fields {
            request = request.header(name, value);
        }
        let head = encode_head(&request.body(()).unwrap(), RequestFraming::Length(length)).unwrap();

        let mut lines = [httparse::EMPTY_HEADER; 12];
        let mut parsed = httparse::Request::new(&mut lines);
        prop_assert_eq!(parsed.parse(&head), Ok(httparse::Status::Complete(head.len())));
        prop_assert_eq!((parsed.method, parsed.path, parsed.version), (Some(&*method), Some(&*path), Some(1)));
        let mut expected = vec![("host".to_owned(), "host".to_owned()), ("content-length".to_owned(), length.to_string())];
        expected.extend(fields);
        let mut said: Vec<(String, String)> = parsed.headers.iter()
            .map(|field| (field.name.to_owned(), String::from_utf8(field.value.to_vec()).unwrap()))
            .collect();
        // Names may come in another order, the values of one name may not.
        expected.sort_by(|(one, _), (other, _)| one.cmp(other));
        said.sort_by(|(one, _), (other, _)| one.cmp(other));
        prop_assert_eq!(said, expected);
    }

    #[test]
    fn no_bytes_are_a_panic_and_no_cut_makes_a_difference(
        bytes in prop_oneof![nearly_http(), proptest::collection::vec(any::<u8>(), 0..200)],
        lengths in proptest::collection::vec(1_usize..20, 1..10),
    ) {
        prop_assert_eq!(trace(&cut(&bytes, &lengths)), trace(&[&bytes]));
    }
}

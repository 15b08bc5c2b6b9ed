//! A response as a whole: what we accept, httparse and hyper must accept, and understand as we do.
//!
//! The first byte chooses the method, the rest is what the server sends. They accept more than we do, which is the
//! point; the differences the other way round are these:
//!
//! - a `Content-Length` within two of 2^64, which hyper keeps for itself;
//! - an empty element at the end of `Transfer-Encoding`, as in `chunked,`: it counts for nothing (RFC 9110 section
//!   5.6.1.2), but to hyper it is a coding that is not `chunked`, and the body ends with the connection.
#![no_main]

use fuzzing::{Decoded, decode, hyper_understands};
use http::header::TRANSFER_ENCODING;
use http::{Method, Response};
use http_lite::proto::Framing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, response)) = bytes.split_first() else { return };
    let method = if choice % 2 == 0 { Method::GET } else { Method::HEAD };
    let decoded = decode(&method, &[response]);
    if let Some((head, framing)) = &decoded.head {
        agrees_with_httparse(head, response);
        if !is_read_differently(head, *framing) {
            agrees_with_hyper(&decoded, head, &method, response);
        }
    }
});

fn is_read_differently(head: &Response<()>, framing: Framing) -> bool {
    match framing {
        Framing::Length(length) => length > u64::MAX - 2,
        Framing::Chunked => {
            let last = head.headers().get_all(TRANSFER_ENCODING).iter().next_back();
            last.is_some_and(|codings| !codings.as_bytes().to_ascii_lowercase().ends_with(b"chunked"))
        }
        _ => false,
    }
}

fn agrees_with_httparse(head: &Response<()>, mut response: &[u8]) {
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Response::new(&mut fields);
        let length = parsed.parse(response).expect("httparse accepts what we accept").unwrap();
        let code = parsed.code.expect("a head has a status");
        if (100..200).contains(&code) {
            response = &response[length..];
            continue;
        }
        assert_eq!(code, head.status().as_u16());
        assert_eq!(parsed.headers.len(), head.headers().len());
        for field in parsed.headers {
            let mut values = head.headers().get_all(field.name).iter();
            assert!(values.any(|value| value.as_bytes() == field.value), "{}", field.name);
        }
        return;
    }
}

fn agrees_with_hyper(decoded: &Decoded, head: &Response<()>, method: &Method, response: &[u8]) {
    let understood = hyper_understands(method, response).expect("hyper accepts what we accept");
    assert_eq!(understood.head.status(), head.status());
    assert_eq!(understood.head.version(), head.version());
    assert_eq!(understood.head.headers(), head.headers());
    if let Some((trailers, _)) = &decoded.end {
        let (body, their_trailers) = understood.body.expect("hyper finds the end that we find");
        assert_eq!(body, decoded.body);
        assert_eq!(their_trailers, *trailers);
    }
}

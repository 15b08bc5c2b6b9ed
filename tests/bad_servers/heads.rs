//! Heads that are none.

use std::io::ErrorKind;

use http_lite::Limits;
use http_lite::proto::{Excerpt, ProtoError, Section};

use super::support::server::{Server, Step};
use super::{accepted, assert_refused, beside_a_good_one};

#[test]
fn it_does_not_speak_http() {
    for (response, start) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", r#""SSH-2.0-OpenSSH_9.2\r\n""#),
        ("\x16\x03\x01", r#""\x16\x03\x01""#),
        ("<html>hello</html>", r#""<html>hello</html>""#),
    ] {
        let expected = ProtoError::NotHttp { start: Excerpt::from(response) };
        assert_refused(response, &expected, start);
    }
}

#[test]
fn its_head_has_no_end() {
    let limit = Limits::default().head_bytes;
    let expected = ProtoError::TooLarge { section: Section::Head, limit };
    let line = [&b"X-Padding: "[..], &[b'a'; 1000], b"\r\n"].concat();
    // Lines without end, and a line without end.
    for flood in [line, vec![b'a'; 4096]] {
        let server = Server::play([
            Step::Read,
            Step::Send(b"HTTP/1.1 200 OK\r\nX-First: ".into()),
            Step::Flood(flood),
        ]);
        let url = server.url();
        let error = beside_a_good_one(url, None).unwrap_err();
        assert!(
            matches!(error.kind(), http_lite::ErrorKind::Protocol(error) if *error == expected),
            "{error:?}"
        );
        assert!(error.to_string().contains(&limit.to_string()), "{error}");
        // The client has hung up, or the server would still be sending.
        let outcome = server.outcome().unwrap_err();
        assert!(
            matches!(
                outcome.kind(),
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
            ),
            "{outcome:?}"
        );
    }
}

#[test]
fn it_sends_more_headers_than_anybody_needs() {
    let response = |count: usize| {
        let headers: String = (1..count).map(|number| format!("X-{number}: {number}\r\n")).collect();
        format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n{headers}\r\nhello")
    };
    let limit = Limits::default().headers;
    assert_eq!(accepted(response(limit)), "hello");
    let expected = ProtoError::TooManyFields { section: Section::Head, limit };
    assert_refused(response(limit + 1), &expected, "limit of 100 lines");
}

#[test]
fn a_line_of_its_head_is_no_header() {
    let expected = ProtoError::BadField { section: Section::Head, line: Excerpt::from("no colon") };
    assert_refused("HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\n\r\n", &expected, "\"no colon\"");
}

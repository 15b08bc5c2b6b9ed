//! What happens to the connection around a response: upgrades, tunnels, and the next response.

use bytes::Bytes;
use http::{Method, Request};
use http_lite::Limits;
use http_lite::proto::{Asked, CloseReason, Event, NotReusable, ProtoError, ResponseReader};

use crate::trace::{drain, feed};

const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// A reader that has been given these bytes, and the trace of what it said.
fn read(asked: impl Into<Asked>, bytes: &[u8]) -> (ResponseReader, Vec<String>) {
    let mut reader = ResponseReader::new(asked, &Limits::default());
    let mut trace = Vec::new();
    feed(&mut reader, bytes);
    drain(&mut reader, &mut trace);
    (reader, trace)
}

fn upgrade(protocols: &[&str]) -> Request<()> {
    let mut request = Request::get("http://a/").header("Connection", "upgrade");
    for protocol in protocols {
        request = request.header("Upgrade", *protocol);
    }
    request.body(()).unwrap()
}

fn switch_to(header: &str) -> Vec<u8> {
    format!("HTTP/1.1 101 Switching Protocols\r\n{header}\r\n\r\nraw").into_bytes()
}

/// RUSTSEC-2026-0033; aiohttp's `Upgrade: notupgrade`; hyper, reqwest and curl return a 101 unasked.
#[test]
fn a_switch_is_only_taken_to_a_protocol_that_was_asked_for() {
    let switched = ["head 101 Empty", "end Close(Upgrade)"];
    let refused = ["error UnexpectedUpgrade"];
    for (asked, said, expected) in [
        (&["websocket"][..], "Upgrade: websocket", &switched[..]),
        (&["websocket"], "upgrade: WebSocket", &switched),
        (&["a, websocket"], "Upgrade: websocket", &switched),
        (&["a", "b/2"], "Upgrade: b/2", &switched),
        (&["a", "b"], "Upgrade: a, b", &switched),
        (&["websocket"], "Upgrade: h2c", &refused),
        (&["websocket"], "Upgrade: websocket, h2c", &refused),
        (&["websocket"], "Upgrade: notwebsocket", &refused),
        (&["websocket"], "Upgrade: ", &refused),
        (&["websocket"], "A: b", &refused),
        (&["a,,b"], "Upgrade: ,", &refused),
        (&[], "Upgrade: websocket", &refused),
    ] {
        let (_, trace) = read(&upgrade(asked), &switch_to(said));
        assert_eq!(trace, expected, "{asked:?} and then {said}");
    }
}

/// llhttp's notes on the connection: what follows a 101 is raw, whatever its head says.
#[test]
fn what_follows_a_switch_is_handed_over_untouched() {
    for headers in ["A: b", "Content-Length: 2", "Transfer-Encoding: chunked", "Content-Length: nonsense"] {
        let response = switch_to(&format!("Upgrade: websocket\r\n{headers}"));
        for cut in 0..=response.len() {
            let (mut reader, _) = read(&upgrade(&["websocket"]), &response[..cut]);
            feed(&mut reader, &response[cut..]);
            drain(&mut reader, &mut Vec::new());
            assert_eq!(reader.take_rest(), "raw", "{headers}, cut at {cut}");
            assert!(matches!(reader.next_event(), Ok(Event::Idle)), "nothing of it was HTTP");
        }
    }
}

/// curl tests 1715, 749 and 750.
#[test]
fn a_tunnel_begins_right_behind_its_head() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nraw";
    for cut in 0..=response.len() {
        let (mut reader, mut trace) = read(&Method::CONNECT, &response[..cut]);
        feed(&mut reader, &response[cut..]);
        drain(&mut reader, &mut trace);
        assert_eq!(trace, ["head 200 Empty", "end Close(Tunnel)"], "cut at {cut}");
        assert_eq!(reader.take_rest(), "raw", "cut at {cut}");
        assert_eq!(reader.take_rest(), Bytes::new(), "it is handed over once");
        feed(&mut reader, b"more");
        assert_eq!(reader.take_rest(), "more");
        assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Closes(CloseReason::Tunnel)));
    }
}

#[test]
fn the_rest_can_be_taken_as_soon_as_the_head_is_known() {
    let response = b"HTTP/1.1 200 OK\r\n\r\nraw";
    for cut in 0..=response.len() {
        let (mut reader, mut trace) = (ResponseReader::new(&Method::CONNECT, &Limits::default()), Vec::new());
        feed(&mut reader, &response[..cut]);
        if cut + 3 < response.len() {
            assert!(drain(&mut reader, &mut trace) && trace.is_empty(), "cut at {cut}: {trace:?}");
            feed(&mut reader, &response[cut..]);
            assert!(matches!(reader.next_event(), Ok(Event::Head(..))), "cut at {cut}");
        } else {
            assert!(matches!(reader.next_event(), Ok(Event::Head(..))), "cut at {cut}");
            feed(&mut reader, &response[cut..]);
        }
        assert_eq!(reader.take_rest(), "raw", "cut at {cut}");
    }
}

#[test]
fn there_is_no_rest_while_http_goes_on() {
    let (mut reader, trace) = read(&Method::GET, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    assert_eq!(trace, ["head 200 Length(9)"]);
    feed(&mut reader, b"body");
    assert_eq!(reader.take_rest(), Bytes::new());
    drain(&mut reader, &mut Vec::new());
    let (mut reader, _) = read(&Method::CONNECT, b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\n");
    feed(&mut reader, b"no");
    assert_eq!(reader.take_rest(), Bytes::new(), "the tunnel was refused");
}

#[test]
fn one_reader_serves_one_response_after_the_other() {
    let (mut reader, mut trace) = read(&Method::GET, EMPTY);
    reader.next_response(&Method::HEAD).unwrap();
    feed(&mut reader, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    drain(&mut reader, &mut trace);
    reader.next_response(&Method::GET).unwrap();
    feed(&mut reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    drain(&mut reader, &mut trace);
    let expected = [
        "head 200 Length(0)",
        "end KeepAlive",
        "head 200 Empty",
        "end KeepAlive",
        "head 200 Length(2)",
        "body hi",
        "end KeepAlive",
    ];
    assert_eq!(trace, expected);
}

/// Limits that count over all heads of a response begin anew with the next.
#[test]
fn the_next_response_has_all_its_limits_again() {
    let with_informational = ["HTTP/1.1 100 A\r\n\r\n".repeat(16).as_bytes(), b"\r\n\r\n", EMPTY].concat();
    let (mut reader, _) = read(&Method::GET, &with_informational);
    for _ in 0..3 {
        reader.next_response(&Method::GET).unwrap();
        feed(&mut reader, &with_informational);
        let mut trace = Vec::new();
        assert!(drain(&mut reader, &mut trace), "{trace:?}");
    }
}

/// CVE-2026-6733; aiohttp#13656.
#[test]
fn a_connection_on_which_anything_was_said_unasked_serves_nothing_more() {
    let (mut reader, _) = read(&Method::GET, EMPTY);
    feed(&mut reader, b"H");
    assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Spoken));
    assert_eq!(reader.next_event().unwrap_err(), ProtoError::BodyTooLong);
    assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Failed));
}

#[test]
fn a_connection_serves_nothing_more_before_its_response_is_over() {
    let mut reader = ResponseReader::new(&Method::GET, &Limits::default());
    assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Unfinished));
    feed(&mut reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
    let mut trace = Vec::new();
    drain(&mut reader, &mut trace);
    assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Unfinished));
    feed(&mut reader, b"i");
    drain(&mut reader, &mut trace);
    assert_eq!(trace, ["head 200 Length(2)", "body hi", "end KeepAlive"], "asking has changed nothing");
    assert_eq!(reader.next_response(&Method::GET), Ok(()));
}

#[test]
fn a_connection_that_was_closed_serves_nothing_more() {
    let (mut reader, _) = read(&Method::GET, EMPTY);
    reader.end_of_stream();
    assert!(matches!(reader.next_event(), Ok(Event::Idle)));
    assert_eq!(reader.next_response(&Method::GET), Err(NotReusable::Ended));
}

#[test]
fn a_request_that_says_close_is_the_last_one() {
    for value in ["close", "keep-alive, Close"] {
        let request = Request::get("http://a/").header("Connection", value).body(()).unwrap();
        let (mut reader, trace) = read(&request, EMPTY);
        assert_eq!(trace.last().unwrap(), "end Close(RequestCloses)");
        let closes = NotReusable::Closes(CloseReason::RequestCloses);
        assert_eq!(reader.next_response(&Method::GET), Err(closes));
    }
}

#[test]
fn the_bytes_of_each_response_are_counted() {
    let mut reader = ResponseReader::new(&Method::GET, &Limits::default());
    assert_eq!(reader.bytes_received(), 0);
    feed(&mut reader, &EMPTY[..10]);
    assert_eq!(reader.bytes_received(), 10);
    feed(&mut reader, &EMPTY[10..]);
    drain(&mut reader, &mut Vec::new());
    assert_eq!(reader.bytes_received(), EMPTY.len() as u64);
    reader.next_response(&Method::GET).unwrap();
    assert_eq!(reader.bytes_received(), 0);
}

/// CVE-2024-24791; ureq#867: what to do about a final answer before the body is the sender's business, who learns of
/// it from the order of the events.
#[test]
fn the_sender_of_a_body_sees_whether_it_is_to_go_on() {
    let (mut reader, mut trace) = read(&Method::POST, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(trace, ["informational 100"]);
    feed(&mut reader, EMPTY);
    drain(&mut reader, &mut trace);
    assert_eq!(trace, ["informational 100", "head 200 Length(0)", "end KeepAlive"]);
    let (_, trace) = read(&Method::POST, b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(trace, ["head 417 Length(0)", "end KeepAlive"]);
}

use std::io::ErrorKind;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use http::Method;

use super::Body;
use crate::connection::{Connection, Transport};
use crate::proto::ProtoError;
use crate::script::{Script, Step, poll_once, run};
use crate::{Error, Limits};

/// The body of the response in these steps, whose head is among them.
fn body(script: Script) -> Body {
    let limits = Limits { idle: None, ..Limits::default() };
    let stream: Box<dyn Transport> = Box::new(script);
    let mut connection = Connection::new(stream, &Method::GET, &limits);
    let (_, framing) = run(connection.head()).unwrap();
    Body::new(connection, framing, limits.body_bytes)
}

/// The body of a response that comes at once.
fn body_of(response: &'static [u8]) -> Body {
    body(Script::new(&[Step::Read(response)]))
}

#[test]
fn chunks_end_with_none_and_stay_so() {
    let mut body = body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!(run(body.chunk()).unwrap().unwrap(), "ab");
    for _ in 0..3 {
        assert!(run(body.chunk()).unwrap().is_none());
    }
}

#[test]
fn a_body_that_failed_never_seems_to_have_ended_well() {
    let mut body = body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
    assert_eq!(run(body.chunk()).unwrap().unwrap(), "a");
    let error = run(body.chunk()).unwrap_err();
    let expected = ProtoError::BodyTooShort { announced: 2, received: 1 };
    assert!(matches!(&error, Error::Protocol(error) if *error == expected), "{error}");
    for _ in 0..3 {
        assert!(matches!(run(body.chunk()), Err(Error::BodyAlreadyFailed)));
    }
}

#[test]
fn an_announcement_reserves_no_memory_even_without_a_limit() {
    // It used to be a capacity overflow, and would be a few exabytes.
    let body = body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\na").limit(usize::MAX);
    let error = run(body.bytes()).unwrap_err();
    let expected = ProtoError::BodyTooShort { announced: u64::MAX, received: 1 };
    assert!(matches!(&error, Error::Protocol(error) if *error == expected), "{error}");
}

#[test]
fn the_connection_is_closed_at_the_end_and_not_only_with_the_body() {
    let script = Script::new(&[Step::Read(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]);
    let stream = Rc::clone(&script.written);
    let mut body = body(script);
    assert_eq!(Rc::strong_count(&stream), 2);
    assert!(run(body.chunk()).unwrap().is_none());
    assert_eq!(Rc::strong_count(&stream), 1);
}

#[test]
fn the_connection_is_closed_by_an_error() {
    let script =
        Script::new(&[Step::Read(b"HTTP/1.1 200 OK\r\n\r\n"), Step::Fail(ErrorKind::ConnectionReset)]);
    let stream = Rc::clone(&script.written);
    let mut body = body(script);
    assert!(matches!(run(body.chunk()), Err(Error::Io { .. })));
    assert_eq!(Rc::strong_count(&stream), 1);
}

#[test]
fn a_dropped_body_closes_its_connection() {
    let script = Script::new(&[Step::Read(b"HTTP/1.1 200 OK\r\n\r\n"), Step::Never]);
    let stream = Rc::clone(&script.written);
    let mut body = body(script);
    assert!(matches!(poll_once(pin!(body.chunk())), (Poll::Pending, false)));
    drop(body);
    assert_eq!(Rc::strong_count(&stream), 1);
}

#[test]
fn a_dropped_chunk_future_loses_nothing() {
    let mut body = body(Script::new(&[
        Step::Read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r"),
        Step::Pending,
        Step::Read(b"\nab\r\n0\r\n"),
        Step::Pending,
        Step::Read(b"\r\n"),
    ]));
    assert!(poll_once(pin!(body.chunk())).0.is_pending());
    assert_eq!(run(body.chunk()).unwrap().unwrap(), "ab");
    assert!(poll_once(pin!(body.chunk())).0.is_pending());
    assert!(run(body.chunk()).unwrap().is_none());
}

#[test]
fn what_follows_the_body_is_an_error_after_its_last_chunk() {
    let mut body = body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc");
    assert_eq!(run(body.chunk()).unwrap().unwrap(), "ab");
    assert!(matches!(run(body.chunk()), Err(Error::Protocol(ProtoError::BodyTooLong))));
    assert!(matches!(run(body.chunk()), Err(Error::BodyAlreadyFailed)));
}

#[test]
fn trailers_are_there_after_the_end() {
    let response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n";
    let mut body = body_of(response);
    run(body.chunk()).unwrap();
    assert!(body.trailers().is_empty());
    assert!(run(body.chunk()).unwrap().is_none());
    assert_eq!(body.trailers()["a"], "b");
}

#[test]
fn the_length_is_known_where_it_was_announced() {
    assert_eq!(body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n").content_length(), Some(7));
    assert_eq!(body_of(b"HTTP/1.1 204 A\r\nContent-Length: 7\r\n\r\n").content_length(), Some(0));
    assert_eq!(body_of(b"HTTP/1.1 200 OK\r\n\r\n").content_length(), None);
}

/// ureq#1231.
#[test]
fn the_limit_for_collecting_is_exact() {
    const ANNOUNCED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const TO_CLOSE: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nhello";
    for response in [ANNOUNCED, TO_CLOSE] {
        assert_eq!(run(body_of(response).limit(5).bytes()).unwrap(), "hello");
        assert_eq!(run(body_of(response).limit(5).text()).unwrap(), "hello");
        assert!(matches!(run(body_of(response).limit(4).bytes()), Err(Error::BodyTooLarge { limit: 4 })));
        assert!(matches!(run(body_of(response).limit(4).text()), Err(Error::BodyTooLarge { limit: 4 })));
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_a_byte_is_read() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    let body = body(Script::new(&[Step::Read(head), Step::Never]));
    assert!(matches!(run(body.bytes()), Err(Error::BodyTooLarge { limit: 10_485_760 })));
}

#[test]
fn text_is_utf_8_or_an_error() {
    let good = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=latin1\r\n\r\n\xc3\xa9";
    assert_eq!(run(body_of(good).text()).unwrap(), "\u{e9}");
    let error = run(body_of(b"HTTP/1.1 200 OK\r\n\r\nabc\xe9").text()).unwrap_err();
    assert!(matches!(&error, Error::NotUtf8 { source } if source.valid_up_to() == 3), "{error}");
}

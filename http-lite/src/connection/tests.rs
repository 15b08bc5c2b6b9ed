use std::io::ErrorKind;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use http::{Method, StatusCode};

use super::Connection;
use crate::proto::{Event, Framing, ProtoError};
use crate::script::{Script, Step, poll_once, run};
use crate::wait::Wait;
use crate::{Error, Limits};

/// A connection that waits for ever, because there is no reactor here to time it.
fn connection(steps: &[Step]) -> Connection<Script> {
    let limits = Limits { idle: None, ..Limits::default() };
    Connection::new(Script::new(steps), &Method::GET, &limits)
}

#[test]
fn a_request_is_written_in_as_many_writes_as_it_takes() {
    let steps = [
        Step::Write(1),
        Step::Pending,
        Step::Write(2),
        Step::Fail(ErrorKind::Interrupted),
        Step::Pending,
        Step::Write(3),
    ];
    let mut connection = connection(&steps);
    run(connection.send(b"0123456789")).unwrap();
    assert_eq!(*connection.stream.written.borrow(), b"0123456789");
}

#[test]
fn a_stream_that_takes_nothing_is_an_error_and_no_endless_loop() {
    let error = run(connection(&[Step::Write(0)]).send(b"x")).unwrap_err();
    assert!(
        matches!(&error, Error::Io { wait: Wait::Send, source } if source.kind() == ErrorKind::WriteZero),
        "{error}"
    );
}

#[test]
fn a_broken_pipe_is_an_error_of_sending() {
    let error =
        run(connection(&[Step::Write(1), Step::Fail(ErrorKind::BrokenPipe)]).send(b"xy")).unwrap_err();
    assert!(
        matches!(&error, Error::Io { wait: Wait::Send, source } if source.kind() == ErrorKind::BrokenPipe),
        "{error}"
    );
}

#[test]
fn a_response_is_read_in_as_many_reads_as_it_takes() {
    let mut connection = connection(&[
        Step::Pending,
        Step::Read(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2"),
        Step::Pending,
        Step::Fail(ErrorKind::Interrupted),
        Step::Read(b"00 OK\r\nContent-Length: 3\r\n\r\na"),
        Step::Pending,
        Step::Read(b"bc"),
    ]);
    let (head, framing) = run(connection.head()).unwrap();
    assert_eq!((head.status(), framing), (StatusCode::OK, Framing::Length(3)));
    let mut body = Vec::new();
    while let Event::Body(bytes) = run(connection.next_event()).unwrap() {
        body.extend_from_slice(&bytes);
    }
    assert_eq!(body, b"abc");
}

#[test]
fn a_complete_response_asks_for_no_further_read() {
    let mut connection = connection(&[Step::Read(b"HTTP/1.1 204 A\r\n\r\n"), Step::Never]);
    run(connection.head()).unwrap();
    assert!(matches!(run(connection.next_event()), Ok(Event::End { .. })));
    assert!(matches!(run(connection.next_event()), Ok(Event::Idle)));
}

#[test]
fn the_end_of_the_stream_reaches_the_reader() {
    let error = run(connection(&[Step::Read(b"HTTP/1.1 200")]).head()).unwrap_err();
    assert!(matches!(error, Error::Protocol(ProtoError::ClosedInsideHead)), "{error}");
}

#[test]
fn a_reset_is_an_error_of_reading() {
    let error = run(connection(&[Step::Fail(ErrorKind::ConnectionReset)]).head()).unwrap_err();
    assert!(
        matches!(&error, Error::Io { wait: Wait::Receive, source } if source.kind() == ErrorKind::ConnectionReset),
        "{error}"
    );
}

#[test]
fn a_future_that_is_dropped_while_it_waits_loses_nothing() {
    let mut connection = connection(&[
        Step::Read(b"HTTP/1.1 200 OK\r\nContent-Le"),
        Step::Pending,
        Step::Read(b"ngth: 1\r\n\r\n"),
        Step::Pending,
        Step::Read(b"x"),
    ]);
    assert!(matches!(poll_once(pin!(connection.head())), (Poll::Pending, true)));
    assert!(run(connection.head()).is_ok());
    assert!(matches!(poll_once(pin!(connection.next_event())), (Poll::Pending, true)));
    assert!(matches!(run(connection.next_event()), Ok(Event::Body(bytes)) if bytes == "x"));
}

#[test]
fn a_dropped_connection_drops_its_stream() {
    let connection = connection(&[]);
    let written = Rc::clone(&connection.stream.written);
    assert_eq!(Rc::strong_count(&written), 2);
    drop(connection);
    assert_eq!(Rc::strong_count(&written), 1);
}

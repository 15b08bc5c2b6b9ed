//! How a connection can go wrong.

use std::io::ErrorKind;
use std::time::Duration;

use executor::join;
use http_lite::proto::ProtoError;
use http_lite::{ErrorKind as Kind, Phase, Timeout};

use super::support::refusing::RefusingAddress;
use super::support::server::{Server, Step};
use super::support::watchdog::block_on;
use super::{assert_refused, beside_a_good_one, text};

#[test]
fn nobody_listens() {
    let refusing = RefusingAddress::new();
    let error = beside_a_good_one(refusing.url(), None).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::Connect { source, .. } if source.kind() == ErrorKind::ConnectionRefused),
        "{error:?}"
    );
    assert!(error.to_string().contains(&refusing.address().to_string()), "{error}");
}

#[test]
fn it_closes_before_any_byte() {
    assert_refused("", &ProtoError::ClosedBeforeHead, "without an answer");
}

#[test]
fn it_closes_inside_the_head() {
    for head in ["H", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"] {
        assert_refused(head, &ProtoError::ClosedInsideHead, "closed the connection inside the response head");
    }
}

/// Received bytes stay readable after a reset, which is why the test waits until the client has got
/// half of them.
#[test]
fn it_resets_the_connection_in_the_middle_of_a_body() {
    let error = block_on(async || {
        let server = Server::play([
            Step::LeaveUnread,
            Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello".into()),
            Step::AwaitTest,
        ]);
        let good = Server::answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        let reset = async {
            let mut body = http_lite::get(&server.url()).await.unwrap().into_body();
            assert_eq!(body.chunk().await.unwrap().unwrap(), "hello");
            server.go_on();
            let error = body.chunk().await.unwrap_err();
            // Whoever ignores the error cannot take half a body for a whole one.
            let again = body.chunk().await.unwrap_err();
            assert!(matches!(again.kind(), Kind::BodyAlreadyFailed));
            error
        };
        let (error, good) = join!(reset, async { text(&good.url()).await });
        assert_eq!(good.unwrap(), "good");
        error
    });
    assert!(
        matches!(error.kind(), Kind::Io(source) if source.kind() == ErrorKind::ConnectionReset),
        "{error:?}"
    );
    assert_eq!(error.phase(), Phase::Body);
    assert!(error.to_string().starts_with("reading the response failed: "), "{error}");
}

#[test]
fn it_accepts_and_says_nothing() {
    let silent = Server::play([Step::Read, Step::AwaitTest]);
    let idle = Duration::from_millis(20);
    let error = beside_a_good_one(silent.url(), Some(idle)).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::TimedOut { timeout: Timeout::Head, after } if *after == idle),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "waiting for the response took longer than the head timeout of 20ms: raise it in Timeouts, or try again later"
    );
}

#[test]
fn it_stops_in_the_middle_of_a_body_and_stays() {
    let stuck = Server::play([
        Step::Read,
        Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello".into()),
        Step::AwaitTest,
    ]);
    let error = beside_a_good_one(stuck.url(), Some(Duration::from_millis(100))).unwrap_err();
    assert!(matches!(error.kind(), Kind::TimedOut { timeout: Timeout::Read, .. }), "{error:?}");
}

#[test]
fn it_sends_one_byte_at_a_time() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nhello",
    ] {
        let server = Server::play([Step::Read, Step::Trickle(response.into())]);
        assert_eq!(beside_a_good_one(server.url(), None).unwrap(), "hello");
    }
}

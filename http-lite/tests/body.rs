//! The body of a response, up to its end and beyond.

mod support;

use std::io::ErrorKind as IoErrorKind;

use http_lite::proto::ProtoError;
use http_lite::{Body, Error, ErrorKind, Phase};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script};

/// The body of a response that comes at once.
async fn body_of(response: &str) -> Body {
    let scripts = Scripts::new([Script::new().read(response)]);
    scripts.client().get("http://a/").send().await.unwrap().into_body()
}

fn protocol(error: &Error) -> &ProtoError {
    match error.kind() {
        ErrorKind::Protocol(error) => error,
        _ => panic!("{error:?}"),
    }
}

async fn assert_failed_for_good(body: &mut Body) {
    for _ in 0..3 {
        let error = body.chunk().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodyAlreadyFailed), "{error:?}");
    }
}

#[test]
fn chunks_end_with_none_and_stay_so() {
    run_by_clock(async |_| {
        let mut body = body_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab").await;
        assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
        for _ in 0..3 {
            assert!(body.chunk().await.unwrap().is_none());
        }
    });
}

#[test]
fn a_body_that_failed_never_seems_to_have_ended_well() {
    run_by_clock(async |_| {
        let mut body = body_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na").await;
        assert_eq!(body.chunk().await.unwrap().unwrap(), "a");
        let error = body.chunk().await.unwrap_err();
        assert_eq!(*protocol(&error), ProtoError::BodyTooShort { announced: 2, received: 1 });
        assert!(error.may_have_been_processed());
        assert_eq!(error.phase(), Phase::Body);
        assert_failed_for_good(&mut body).await;
    });
}

#[test]
fn a_reset_is_an_error_of_reading_and_closes_the_connection() {
    run_by_clock(async |_| {
        let script = Script::new().read("HTTP/1.1 200 OK\r\n\r\n").read(ReadStep::Reset);
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let mut body = client.get("http://a/").send().await.unwrap().into_body();
        let error = body.chunk().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Io(source) if source.kind() == IoErrorKind::ConnectionReset)
        );
        assert_eq!(error.phase(), Phase::Body);
        assert!(scripts.peer(0).is_dropped());
    });
}

#[test]
fn an_announcement_reserves_no_memory_even_without_a_limit() {
    run_by_clock(async |_| {
        // It used to be a capacity overflow, and would be a few exabytes.
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
        // A body that comes in one piece needs no other memory.
        let scripts = Scripts::new([Script::new().read(head).read("a").read("b")]);
        let body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        let error = body.limit(usize::MAX).bytes().await.unwrap_err();
        assert_eq!(*protocol(&error), ProtoError::BodyTooShort { announced: u64::MAX, received: 2 });
    });
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_a_byte_is_read() {
    run_by_clock(async |_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
        let scripts = Scripts::new([Script::new().read(head).read(ReadStep::Blocked)]);
        let body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        let error = body.bytes().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 10_485_760 }), "{error:?}");
    });
}

/// ureq#1231.
#[test]
fn the_limit_for_collecting_is_exact() {
    run_by_clock(async |_| {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
        let announced = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        for response in [announced, "HTTP/1.1 200 OK\r\n\r\nhello", chunked] {
            assert_eq!(body_of(response).await.limit(5).bytes().await.unwrap(), "hello");
            assert_eq!(body_of(response).await.limit(5).text().await.unwrap(), "hello");
            for error in [
                body_of(response).await.limit(4).bytes().await.unwrap_err(),
                body_of(response).await.limit(4).text().await.unwrap_err(),
            ] {
                assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 4 }), "{error:?}");
            }
        }
    });
}

/// ureq#1198.
#[test]
fn what_follows_a_response_is_handed_to_nobody_and_ends_the_connection() {
    run_by_clock(async |_| {
        let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
        for (response, text) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "ab"),
            ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ] {
            for rest in ["c", evil] {
                let scripts = Scripts::new([Script::new().read(format!("{response}{rest}").as_str())]);
                let client = scripts.client();
                let body = client.get("http://a/").send().await.unwrap().into_body();
                assert_eq!(body.text().await.unwrap(), text);
                assert!(scripts.peer(0).is_dropped(), "{response}{rest}");
            }
        }
    });
}

#[test]
fn the_length_is_known_where_it_was_announced() {
    run_by_clock(async |_| {
        assert_eq!(body_of("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n").await.content_length(), Some(7));
        assert_eq!(body_of("HTTP/1.1 204 A\r\nContent-Length: 7\r\n\r\n").await.content_length(), Some(0));
        assert_eq!(body_of("HTTP/1.1 200 OK\r\n\r\n").await.content_length(), None);
    });
}

/// urllib3's `TestHEAD`, hyper#3795.
#[test]
fn a_response_without_a_body_frees_its_connection_at_once() {
    run_by_clock(async |_| {
        for (head, response) in [
            (true, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"),
            (true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (false, "HTTP/1.1 204 No Content\r\n\r\n"),
            (false, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
            (false, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
        ] {
            let script = Script::new()
                .read(ReadStep::AfterWritten(40))
                .read(response)
                .read(ReadStep::AfterWritten(140))
                .read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            let scripts = Scripts::new([script]);
            let client = scripts.client();
            let request = if head { client.head("http://a/") } else { client.get("http://a/") };
            let response = request.send().await.unwrap();
            // The first response is still there, and its body not asked for.
            let next = client.get("http://a/").send().await.unwrap();
            assert_eq!(next.into_body().text().await.unwrap(), "ok");
            assert!(response.into_body().bytes().await.unwrap().is_empty());
        }
    });
}

#[test]
fn text_is_utf_8_or_an_error() {
    run_by_clock(async |_| {
        let good = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=latin1\r\n\r\n\u{e9}";
        assert_eq!(body_of(good).await.text().await.unwrap(), "\u{e9}");
        let bad = [b"HTTP/1.1 200 OK\r\n\r\nabc".as_slice(), b"\xe9"].concat();
        let scripts = Scripts::new([Script::new().read(bad)]);
        let body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        let error = body.text().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::NotUtf8 { source } if source.valid_up_to() == 3),
            "{error}"
        );
    });
}

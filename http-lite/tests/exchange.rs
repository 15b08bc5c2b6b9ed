//! One request and its response: both directions at once, and what can go wrong in either.

mod support;

use std::future::Future;
use std::io::ErrorKind as IoErrorKind;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_io::AsyncRead;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_lite::proto::{ProtoError, RequestBodyError};
use http_lite::{Client, ErrorKind, Limits, Phase, RequestBody, Timeouts};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script, WriteStep, cuts, pairs_of_cuts};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A connection that answers once the head of a request is out, and then stays.
fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

/// What was sent behind the head.
fn body_of(written: &str) -> &str {
    written.split_once("\r\n\r\n").unwrap().1
}

/// A source that has nothing for ever.
struct Never;

impl AsyncRead for Never {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<std::io::Result<usize>> {
        Poll::Pending
    }
}

/// A source that fails.
struct Failing;

impl AsyncRead for Failing {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Err(std::io::Error::other("the disk is gone")))
    }
}

#[test]
fn every_method_is_sent_and_a_body_in_memory_goes_out_with_the_head() {
    run_by_clock(async |_| {
        let methods =
            [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::GET];
        for method in methods {
            let scripts = Scripts::new([answer(OK)]);
            let request = scripts.client().request(method.clone(), "http://a/").body("hello");
            request.send().await.unwrap();
            let written = scripts.written(0);
            assert!(
                written.starts_with(&format!("{method} / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n")),
                "{written}"
            );
            assert_eq!(body_of(&written), "hello");
            assert_eq!(scripts.peer(0).writes(), 2, "one write and one flush");
        }
    });
}

#[test]
fn a_request_of_the_ecosystem_is_executed() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK)]);
        let request =
            Request::put("http://a/note?x").header("x-y", "z").body(RequestBody::from("hi")).unwrap();
        let response = scripts.client().execute(request).await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(scripts.written(0).starts_with("PUT /note?x HTTP/1.1\r\n"));
        assert!(scripts.written(0).contains("x-y: z\r\n"));
    });
}

#[test]
fn a_query_is_encoded_and_headers_are_added() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK)]);
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("b"));
        let request = scripts.client().get("http://a/?q=1").query("r", "a & b").headers(headers);
        request.send().await.unwrap();
        assert!(
            scripts.written(0).starts_with("GET /?q=1&r=a%20%26%20b HTTP/1.1\r\n"),
            "{}",
            scripts.written(0)
        );
        assert!(scripts.written(0).contains("x-a: b\r\n"));
    });
}

/// ureq, isahc and curl send both; see case 61.
#[test]
fn headers_that_contradict_the_body_are_refused_before_a_connection_is_made() {
    run_by_clock(async |_| {
        for (name, value) in
            [("Content-Length", "7"), ("Transfer-Encoding", "chunked"), ("Content-Length", "+5")]
        {
            let scripts = Scripts::new([]);
            let error = scripts
                .client()
                .post("http://a/")
                .header(name, value)
                .body("hello")
                .send()
                .await
                .unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::BadRequest(_)) && error.is_request(), "{error:?}");
        }
        let scripts = Scripts::new([]);
        let request = scripts.client().get("http://a/").header("Host", "a").header("Host", "b");
        assert!(request.send().await.unwrap_err().is_request());
        let scripts = Scripts::new([answer(OK)]);
        scripts.client().post("http://a/").header("Content-Length", "5").body("hello").send().await.unwrap();
        assert_eq!(scripts.written(0).matches("content-length").count(), 1);
    });
}

#[test]
fn a_body_of_unknown_length_is_sent_in_chunks_and_one_of_known_length_as_it_is() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK), answer(OK)]);
        let client = scripts.client();
        let reader = || RequestBody::from_reader(&b"hello"[..]);
        client.post("http://a/").body(reader()).send().await.unwrap();
        assert_eq!(body_of(&scripts.written(0)), "5\r\nhello\r\n0\r\n\r\n");
        client.post("http://b/").body(reader().with_length(5)).send().await.unwrap();
        assert_eq!(body_of(&scripts.written(1)), "hello");
    });
}

#[test]
fn trailers_follow_a_body_in_chunks_both_ways() {
    run_by_clock(async |_| {
        let response =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n";
        let scripts = Scripts::new([answer(response)]);
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("7"));
        let request =
            scripts.client().post("http://a/").body(RequestBody::from("hello").with_trailers(trailers));
        let mut body = request.send().await.unwrap().into_body();
        assert_eq!(body_of(&scripts.written(0)), "5\r\nhello\r\n0\r\nx-sum: 7\r\n\r\n");
        assert_eq!(body.chunk().await.unwrap().unwrap(), "ok");
        assert!(body.trailers().is_empty());
        assert!(body.chunk().await.unwrap().is_none());
        assert_eq!(body.trailers()["x-sum"], "1");
    });
}

#[test]
fn a_trailer_that_would_come_too_late_is_refused() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([]);
        let mut trailers = HeaderMap::new();
        trailers.insert("content-length", HeaderValue::from_static("7"));
        let request =
            scripts.client().post("http://a/").body(RequestBody::from("hello").with_trailers(trailers));
        let error = request.send().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::BadRequestBody(RequestBodyError::ForbiddenTrailer { .. })),
            "{error}"
        );
    });
}

#[test]
fn a_body_that_is_not_as_long_as_announced_is_an_error_and_closes_the_connection() {
    run_by_clock(async |_| {
        for (length, expected) in [
            (6, RequestBodyError::TooShort { announced: 6, given: 5 }),
            (4, RequestBodyError::TooLong { announced: 4 }),
        ] {
            let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
            let body = RequestBody::from_reader(&b"hello"[..]).with_length(length);
            let client = scripts.client();
            let error = client.post("http://a/").body(body).send().await.unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::BadRequestBody(error) if *error == expected),
                "{error:?}"
            );
            assert!(scripts.peer(0).is_dropped());
            assert!(body_of(&scripts.written(0)).len() as u64 <= length, "never more than announced");
        }
    });
}

/// A source that has a piece at every other poll.
struct EveryOther(bool);

impl AsyncRead for EveryOther {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        self.0 = !self.0;
        if self.0 {
            return Pin::new(&mut &b"piece"[..]).poll_read(cx, space);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn no_more_is_sent_of_a_request_that_was_answered_without_a_byte() {
    run_by_clock(async |_| {
        for answer in
            ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n"]
        {
            let scripts = Scripts::new([Script::new().read(ReadStep::AfterWritten(1)).read(answer)]);
            let request =
                scripts.client().post("http://a/").body(RequestBody::from_reader(EveryOther(false)));
            let response = request.send().await.unwrap();
            assert_eq!(scripts.written(0).matches("piece").count(), 1);
            assert!(scripts.peer(0).is_dropped(), "a request was cut off");
            assert_eq!(response.into_body().bytes().await.unwrap(), "");
        }
    });
}

#[test]
fn a_body_in_memory_that_contradicts_its_length_is_the_requests_fault_and_nobody_is_asked() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([]);
        for length in [4, 6] {
            let body = RequestBody::from("hello").with_length(length);
            let error = scripts.client().post("http://a/").body(body).send().await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::BadRequestBody(_)), "{error:?}");
            assert!(error.is_request() && error.phase() == Phase::Prepare, "{error:?}");
            assert_eq!(scripts.connections(), 0);
        }
    });
}

#[test]
fn the_error_of_a_source_is_told_and_closes_the_connection() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
        let client = scripts.client();
        let request = client.post("http://a/").body(RequestBody::from_reader(Failing));
        let error = request.send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodySource(_)), "{error:?}");
        assert!(error.to_string().contains("the disk is gone"), "{error}");
        assert_eq!(error.phase(), Phase::Send);
        assert!(scripts.peer(0).is_dropped());
    });
}

/// curl 1129; golang CVE-2024-24791.
#[test]
fn a_body_that_is_asked_for_first_is_sent_when_the_server_says_so() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 100 Continue\r\n\r\n")
            .read(ReadStep::AfterWritten(150))
            .read(OK)
            .read(ReadStep::Blocked);
        let scripts = Scripts::new([script]);
        let (client, body) = (scripts.client(), "0123456789".repeat(10));
        let request = client.post("http://a/").body(body.clone()).expect_continue();
        let response = request.send().await.unwrap();
        assert!(scripts.written(0).contains("expect: 100-continue\r\n"));
        assert_eq!(body_of(&scripts.written(0)), body);
        assert_eq!(clock.now(), start, "nobody waited");
        response.into_body().bytes().await.unwrap();
        assert!(!scripts.peer(0).is_dropped());
    });
}

#[test]
fn a_server_that_answers_without_wanting_the_body_does_not_get_it_and_loses_its_connection() {
    for status in ["401 Unauthorized", "200 OK", "413 Content Too Large"] {
        run_by_clock(async move |_| {
            let scripts =
                Scripts::new([answer(&format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno"))]);
            let client = scripts.client();
            let request = client.post("http://a/").body("hello").expect_continue();
            let response = request.send().await.unwrap();
            assert_eq!(response.into_body().text().await.unwrap(), "no");
            assert_eq!(body_of(&scripts.written(0)), "");
            assert!(scripts.peer(0).is_dropped(), "the server still waits for the body");
        });
    }
}

#[test]
fn a_body_is_sent_to_a_server_that_does_not_say_whether_it_wants_it() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let script = Script::new().read(ReadStep::AfterWritten(150)).read(OK);
        let scripts = Scripts::new([script]);
        let body = "0123456789".repeat(10);
        scripts.client().post("http://a/").body(body.clone()).expect_continue().send().await.unwrap();
        assert_eq!(body_of(&scripts.written(0)), body);
        assert_eq!(Some(clock.now() - start), Timeouts::default().expect_continue);
    });
}

/// curl 1130; RFC 9110 section 10.1.1.
#[test]
fn a_server_that_does_not_know_the_question_is_not_asked_again() {
    run_by_clock(async |_| {
        let refusal = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
        for body in [RequestBody::from("hello"), RequestBody::from_reader(&b"hello"[..]).with_length(5)] {
            let scripts = Scripts::new([answer(refusal), answer(OK)]);
            let request = scripts.client().post("http://a/").body(body).expect_continue();
            assert_eq!(request.send().await.unwrap().status(), 200);
            assert_eq!(body_of(&scripts.written(0)), "");
            assert_eq!(body_of(&scripts.written(1)), "hello");
            assert!(!scripts.written(1).contains("expect"));
        }
        // A 417 out of the blue is a response.
        let scripts = Scripts::new([answer(refusal)]);
        assert_eq!(scripts.client().post("http://a/").body("x").send().await.unwrap().status(), 417);
    });
}

/// The word has no case (RFC 9110 section 10.1.1), and may be set by hand.
#[test]
fn a_header_of_the_users_asks_as_well() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 401 Who Are You\r\nContent-Length: 0\r\n\r\n")]);
        let client = scripts.client();
        client.post("http://a/").header("Expect", "100-Continue").body("hello").send().await.unwrap();
        assert_eq!(body_of(&scripts.written(0)), "");
    });
}

#[test]
fn nothing_is_asked_without_a_body() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK)]);
        scripts.client().get("http://a/").expect_continue().send().await.unwrap();
        assert!(!scripts.written(0).contains("expect"), "{}", scripts.written(0));
    });
}

/// hyper#1717, curl 1070.
#[test]
fn a_response_that_is_over_before_its_request_ends_the_connection() {
    run_by_clock(async |_| {
        let scripts =
            Scripts::new([answer("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")]);
        let client = scripts.client();
        let request = client.post("http://a/").body(RequestBody::from_reader(Never));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 413);
        assert_eq!(response.into_body().text().await.unwrap(), "big");
        assert!(scripts.peer(0).is_dropped());
    });
}

/// hyper 0.14.13.
#[test]
fn a_connection_that_is_still_being_written_to_is_not_used_again() {
    run_by_clock(async |_| {
        let script = answer(OK).write(WriteStep::Most(45)).write(WriteStep::Blocked);
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.post("http://a/").body("hello").send().await.unwrap();
        response.into_body().bytes().await.unwrap();
        assert!(scripts.peer(0).is_dropped());
    });
}

/// hyper 0.14.13: what was written may still be in a buffer.
#[test]
fn a_connection_that_is_still_being_flushed_is_not_used_again() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK).write(WriteStep::Most(1000)).write(WriteStep::Blocked)]);
        let client = scripts.client();
        let response = client.post("http://a/").body("hello").send().await.unwrap();
        response.into_body().bytes().await.unwrap();
        assert!(scripts.peer(0).is_dropped());
    });
}

/// It may hold a file open, or something that others wait to see dropped.
#[test]
fn a_source_is_dropped_as_soon_as_it_has_been_sent() {
    struct Held(Rc<()>);
    impl AsyncRead for Held {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut [u8],
        ) -> Poll<std::io::Result<usize>> {
            assert_eq!(Rc::strong_count(&self.0), 2);
            Poll::Ready(Ok(0))
        }
    }
    run_by_clock(async |_| {
        let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
        let client = scripts.client();
        let held = Rc::new(());
        let body = RequestBody::from_reader(Held(Rc::clone(&held)));
        let mut sending = wakecheck::task::spawn(client.post("http://a/").body(body).send());
        assert!(sending.poll().is_pending(), "the response is still to come");
        assert_eq!(Rc::strong_count(&held), 1);
    });
}

/// A server that refuses an upload answers, and then closes or resets.
#[test]
fn an_answer_is_read_though_the_request_cannot_be_written_to_its_end() {
    run_by_clock(async |_| {
        let script = answer(OK).write(WriteStep::Most(60)).write(WriteStep::Fail(IoErrorKind::BrokenPipe));
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.post("http://a/").body("hello").send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(scripts.peer(0).is_dropped());
    });
}

/// Once there is a head, what becomes of the body is what counts.
#[test]
fn a_body_that_is_cut_short_is_the_error_though_the_request_could_not_be_written_either() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbi")
            .write(WriteStep::Most(60))
            .write(WriteStep::Fail(IoErrorKind::BrokenPipe));
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let error = client
            .post("http://a/")
            .body("hello")
            .send()
            .await
            .unwrap()
            .into_body()
            .text()
            .await
            .unwrap_err();
        assert!(
            matches!(
                error.kind(),
                ErrorKind::Protocol(ProtoError::BodyTooShort { announced: 3, received: 2 })
            ),
            "{error:?}"
        );
        assert_eq!(error.phase(), Phase::Body);
    });
}

#[test]
fn without_an_answer_the_failed_write_is_the_error() {
    run_by_clock(async |_| {
        let script = Script::new().write(WriteStep::Most(60)).write(WriteStep::Fail(IoErrorKind::BrokenPipe));
        let error = Scripts::new([script]).client().post("http://a/").body("hello").send().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Io(source) if source.kind() == IoErrorKind::BrokenPipe),
            "{error:?}"
        );
        assert_eq!(error.phase(), Phase::Send);
        assert!(!error.may_have_been_processed(), "not even the head was out");
    });
}

/// hyper#3952: a wake of the one direction is not lost in the other.
#[test]
fn an_upload_goes_on_while_its_response_is_read() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            .read(ReadStep::AfterWritten(20_000))
            .read("ok")
            .read(ReadStep::Blocked)
            .write(WriteStep::Most(200))
            .write(WriteStep::Pending)
            .write_most(777)
            .halting();
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.post("http://a/").body("x".repeat(20_000)).send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert_eq!(body_of(&scripts.written(0)).len(), 20_000);
        assert!(!scripts.peer(0).is_dropped());
    });
}

/// hyper#4085: the peer has closed its half, and the body of the request is still open.
#[test]
fn a_half_closed_peer_is_no_reason_to_poll_for_ever() {
    run_by_clock(async |_| {
        for reads in [vec![], vec![ReadStep::from("HTTP/1.1 200 OK\r\n\r\nok")]] {
            let script = Script::new().read(ReadStep::AfterWritten(40)).reads(reads).read(ReadStep::End);
            let scripts = Scripts::new([script]);
            let client = scripts.client();
            let request = client.post("http://a/").body(RequestBody::from_reader(Never));
            let result = async { request.send().await?.into_body().text().await }.await;
            assert!(
                result.as_deref().is_ok_and(|text| text == "ok")
                    || result.is_err_and(|error| error.is_protocol())
            );
            assert!(scripts.peer(0).reads() < 8, "{} reads", scripts.peer(0).reads());
            assert!(scripts.peer(0).writes() < 8, "{} writes", scripts.peer(0).writes());
            assert!(scripts.peer(0).is_dropped());
        }
    });
}

/// CVE-2021-3737 (Python's http.client).
#[test]
fn informational_responses_are_skipped_but_not_for_ever() {
    run_by_clock(async |_| {
        let hint = "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n";
        let few = answer(&format!("HTTP/1.1 100 Continue\r\n\r\n{hint}HTTP/1.1 102 Processing\r\n\r\n{OK}"));
        let response = Scripts::new([few]).client().get("http://a/").send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        let error =
            Scripts::new([answer(&hint.repeat(1000))]).client().get("http://a/").send().await.unwrap_err();
        let limit = Limits::default().informational;
        assert!(
            matches!(error.kind(), ErrorKind::Protocol(ProtoError::TooManyInformational { limit: named }) if *named == limit),
            "{error:?}"
        );
    });
}

#[test]
fn an_upgraded_connection_first_reads_what_came_behind_the_head() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\nContent-Length: 9\r\n\r\nhel")
            .read("lo")
            .read(ReadStep::AfterWritten(150))
            .read("bye");
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.get("http://a/").upgrade("chat").send().await.unwrap();
        assert_eq!(response.status(), 101);
        assert!(scripts.written(0).contains("connection: upgrade\r\n"));
        let mut stream = response.into_body().upgrade().unwrap();
        let mut word = [0; 5];
        stream.read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"hello");
        stream.write_all(&[b'x'; 100]).await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "bye");
        assert!(!scripts.peer(0).is_dropped());
        drop(stream);
        assert!(scripts.peer(0).is_dropped());
    });
}

/// RUSTSEC-2026-0033 (pingora): nobody has asked, or for something else.
#[test]
fn an_upgrade_that_nobody_asked_for_is_an_error() {
    run_by_clock(async |_| {
        let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\n";
        let scripts = Scripts::new([answer(response), answer(response)]);
        let client = scripts.client();
        let error = client.get("http://a/").send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Protocol(ProtoError::UnexpectedUpgrade)), "{error:?}");
        client.get("http://a/").upgrade("websocket").send().await.unwrap_err();
    });
}

#[test]
fn a_server_that_does_not_upgrade_answers_as_ever() {
    run_by_clock(async |_| {
        let body = Scripts::new([answer(OK)])
            .client()
            .get("http://a/")
            .upgrade("chat")
            .send()
            .await
            .unwrap()
            .into_body();
        assert!(body.upgrade().is_none());
    });
}

/// curl 1715: lengths say nothing in a tunnel.
#[test]
fn a_tunnel_is_a_raw_connection_and_a_refused_one_a_response() {
    run_by_clock(async |_| {
        let tunnel = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nraw";
        let refused = "HTTP/1.1 407 Who Are You\r\nContent-Length: 2\r\n\r\nno";
        let scripts = Scripts::new([answer(tunnel), answer(refused)]);
        let client = scripts.client();
        let connect = || client.request(Method::CONNECT, "http://a:443/").send();
        let mut stream = connect().await.unwrap().into_body().upgrade().unwrap();
        assert!(
            scripts.written(0).starts_with("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n"),
            "{}",
            scripts.written(0)
        );
        let mut raw = [0; 3];
        stream.read_exact(&mut raw).await.unwrap();
        assert_eq!(&raw, b"raw");
        let response = connect().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.into_body().text().await.unwrap().as_str()),
            (407, "no")
        );
    });
}

/// RUSTSEC-2020-0093 (async-h1): the rest of a body is not the next response.
#[test]
fn a_body_that_is_dropped_unread_leaves_a_clean_connection_or_none() {
    run_by_clock(async |_| {
        let long = "x".repeat(Limits::default().drain_bytes + 1);
        let fits = long.len() - 1;
        for (body, kept) in [
            (String::new(), true),
            ("short".to_owned(), true),
            (long[..fits].to_owned(), true),
            (long, false),
        ] {
            let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let script = answer(&response).read(ReadStep::Blocked);
            let scripts = Scripts::new([script, answer(OK)]);
            let client = scripts.client();
            drop(client.get("http://a/").send().await.unwrap());
            assert_eq!(!scripts.peer(0).is_dropped(), kept, "{} bytes", body.len());
        }
    });
}

#[test]
fn a_body_whose_rest_has_not_arrived_is_not_waited_for() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]);
        let client = scripts.client();
        drop(client.get("http://a/").send().await.unwrap());
        assert!(scripts.peer(0).is_dropped());
    });
}

/// Whatever is dropped, and when: the connection is closed or clean, and the next request gets its own answer.
#[test]
fn a_future_that_is_dropped_at_any_poll_never_leaves_a_dirty_connection() {
    /// Polls at most so often; `None` if that was not enough, and the future is dropped.
    fn poll_at_most<F: Future>(future: F, polls: &mut usize) -> Option<F::Output> {
        let mut future = pin!(future);
        let mut cx = Context::from_waker(Waker::noop());
        while *polls > 0 {
            *polls -= 1;
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return Some(output);
            }
        }
        None
    }
    run_by_clock(async |_| {
        let mut finished = false;
        for polls in 0..200 {
            let script = Script::new()
                .read(ReadStep::AfterWritten(40))
                .reads([
                    "HTTP/1.1 100 Continue\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-",
                    "Encoding: chunked\r\n\r\n3\r\n",
                ])
                .reads(["ab", "c\r\n", "1\r", "\nd\r\n0\r\n", "A: b\r\n", "\r\n"])
                .read(ReadStep::AfterWritten(200))
                .read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
                .write_most(29)
                .halting();
            let again = || answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain");
            let scripts = Scripts::new([script, again(), again()]).halting();
            let client = scripts.client();
            let mut left = polls;
            let body = RequestBody::from_reader(&b"the body of a request"[..]);
            let sending = client.post("http://a/").body(body).expect_continue().send();
            if let Some(response) = poll_at_most(sending, &mut left) {
                let text = poll_at_most(response.unwrap().into_body().text(), &mut left);
                finished |= text.is_some_and(|text| text.unwrap() == "abcd");
            }
            // Dropped before it had a connection, it leaves the first script to the next request.
            let expected = if scripts.connections() == 0 { "abcd" } else { "again" };
            let text = client.get("http://a/").send().await.unwrap().into_body().text().await;
            assert_eq!(text.unwrap(), expected, "dropped after {polls} polls");
        }
        assert!(finished, "some of them got to the end");
    });
}

#[test]
fn a_chunk_that_is_dropped_while_it_waits_loses_nothing() {
    run_by_clock(async |_| {
        let script = answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab").halting().read("cd");
        let scripts = Scripts::new([script]);
        let mut body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            assert!(pin!(body.chunk()).poll(&mut cx).is_pending());
        }
        scripts.peer(0).release_reads();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "cd");
        assert!(body.chunk().await.unwrap().is_none());
    });
}

#[test]
fn a_response_is_the_same_however_it_is_cut() {
    run_by_clock(async |_| {
        let response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n";
        let in_two = cuts(response).map(Vec::from);
        for pieces in in_two.chain(pairs_of_cuts(response).map(Vec::from)) {
            let script = Script::new()
                .read(ReadStep::AfterWritten(40))
                .reads(pieces.iter().copied())
                .read(ReadStep::Blocked)
                .halting();
            let scripts = Scripts::new([script]);
            let client = scripts.client();
            let response = client.get("http://a/").send().await.unwrap();
            assert_eq!(response.into_body().text().await.unwrap(), "ok", "{pieces:?}");
            assert!(!scripts.peer(0).is_dropped(), "{pieces:?}");
        }
    });
}

#[test]
fn a_body_can_be_read_as_a_reader() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")]);
        let mut body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        let mut word = [0; 6];
        body.read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"hello ");
        assert_eq!(
            body.chunk().await.unwrap(),
            Some(Bytes::from("world")),
            "what was not read is still there"
        );
        assert_eq!(body.read(&mut word).await.unwrap(), 0);
    });
}

#[test]
fn a_client_belongs_to_no_reactor_and_needs_none_until_it_sends() {
    let client = Client::new();
    let error = wakecheck::task::run(client.get("http://127.0.0.1:1/").send()).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

/// A stream may keep what it is given until it is told not to.
#[test]
fn what_was_written_is_flushed_before_anything_is_waited_for() {
    run_by_clock(async |_| {
        for asks in [true, false] {
            let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
            let client = scripts.client();
            let request = client.post("http://a/").body(RequestBody::from_reader(Never));
            let request = if asks { request.expect_continue() } else { request };
            let mut sending = wakecheck::task::spawn(request.send());
            assert!(sending.poll().is_pending());
            assert!(scripts.written(0).ends_with("\r\n\r\n"));
            assert_eq!(scripts.peer(0).unflushed(), 0, "asks: {asks}");
        }
    });
}

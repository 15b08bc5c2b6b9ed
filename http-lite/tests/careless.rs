//! What careless users do with a client, and sources that are of no use.

mod support;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_io::AsyncRead;
use http_lite::{Client, ErrorKind, Limits, RequestBody, Timeout};
use support::script::Scripts;
use support::server::Server;
use support::{run_by_clock, watched};
use wakecheck::io::{ReadStep, Script, WriteStep};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A connection that answers once the head of a request is out, and then stays.
fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

/// A source that panics when it is asked.
struct Panicking;

impl AsyncRead for Panicking {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<std::io::Result<usize>> {
        panic!("the source has a bug")
    }
}

#[test]
fn a_source_that_panics_takes_its_connection_along_and_leaves_the_client() {
    watched(|| {
        let scripts = Scripts::new([answer(OK), answer(OK)]);
        let client = scripts.client();
        let request = client.post("http://a/").body(RequestBody::from_reader(Panicking));
        let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| reactor::block_on(request.send())));
        assert!(panicked.is_err());
        assert!(scripts.peer(0).is_dropped());
        let response = reactor::block_on(client.get("http://a/").send()).unwrap().unwrap();
        assert_eq!(response.status(), 200);
    });
}

#[test]
fn a_body_that_outlives_its_client_is_read_to_its_end() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab").read("cd")]);
        let client = scripts.client();
        let mut body = client.get("http://a/").send().await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
        drop(client);
        scripts.peer(0).release_reads();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "cd");
        assert!(body.chunk().await.unwrap().is_none());
        assert!(scripts.peer(0).is_dropped(), "nobody is there who could want it");
    });
}

/// The waker that counts is the one of the last poll, for the bytes and for the timer.
#[test]
fn a_body_is_read_on_another_task_than_that_which_sent_the_request() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n").read("abcd")]);
        let client = scripts.client();
        let mut body = client.get("http://a/").send().await.unwrap().into_body();
        // Asked here first, then elsewhere.
        executor::yield_now().await;
        assert!(futures_lite::future::poll_once(body.chunk()).await.is_none());
        let reading = executor::spawn(async move {
            let first = body.chunk().await.unwrap().unwrap();
            (first, body.chunk().await.unwrap())
        });
        executor::yield_now().await;
        scripts.peer(0).release_reads();
        assert_eq!(reading.await.unwrap(), ("abcd".into(), None));

        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")]);
        let mut body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        assert!(futures_lite::future::poll_once(body.chunk()).await.is_none());
        let reading = executor::spawn(async move { body.chunk().await.unwrap_err() });
        let error = reading.await.unwrap();
        assert!(matches!(error.kind(), ErrorKind::TimedOut { timeout: Timeout::Read, .. }), "{error:?}");
    });
}

/// A reactor of one's own for each call: what the one has kept is of no use to the other.
#[test]
fn a_client_that_is_used_under_one_reactor_and_then_under_another_connects_anew() {
    let server = Server::start(|listener| {
        // The first one stays open, so that nothing is wrong with it.
        let connections = [(); 2].map(|()| {
            let mut connection = listener.accept();
            connection.head().unwrap();
            connection.send(OK);
            connection
        });
        connections.map(|mut connection| connection.rest())
    });
    let url = server.url();
    watched(move || {
        let client = Client::new();
        for _ in 0..2 {
            let text = reactor::block_on(async { client.get(&url).send().await?.into_body().text().await });
            assert_eq!(text.unwrap().unwrap(), "ok");
        }
    });
    assert_eq!(server.join(), [b"", b""]);
}

#[test]
fn a_body_that_outlives_its_reactor_is_an_error_and_neither_a_panic_nor_a_hang() {
    let server = Server::start(|listener| {
        let mut connection = listener.accept();
        connection.head().unwrap();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        connection.rest()
    });
    let url = server.url();
    watched(move || {
        let response = reactor::block_on(async { Client::new().get(&url).send().await.unwrap() }).unwrap();
        let mut body = response.into_body();
        let error = executor::block_on(body.chunk()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error:?}");
    });
    server.join();
}

#[test]
fn a_post_that_was_answered_by_a_redirect_may_have_been_processed_whatever_comes_of_that() {
    run_by_clock(async |_| {
        for location in ["https://b/", "file:///", "http://nowhere/", "http://b:0/"] {
            let response =
                format!("HTTP/1.1 303 See Other\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let scripts = Scripts::new([answer(&response)]);
            let error = scripts.client().post("http://a/").body("pay").send().await.unwrap_err();
            assert!(error.may_have_been_processed(), "{location}: {error:?}");
            assert!(!error.is_request(), "{location}: {error:?}");
        }
        let again = "HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
        let scripts = Scripts::new([answer(again)]);
        let mut limits = Limits::default();
        limits.redirects = 0;
        let request = scripts.client().post("http://a/").limits(limits);
        let error = request.body("pay").send().await.unwrap_err();
        assert!(error.is_redirect() && error.may_have_been_processed(), "{error:?}");
        assert_eq!(error.bytes_received(), again.len() as u64);
    });
}

#[test]
fn a_request_that_is_sent_again_may_have_been_processed_though_the_second_got_nowhere() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(OK)]);
        let client = scripts.client();
        client.get("http://a/").send().await.unwrap().into_body().bytes().await.unwrap();
        let peer = scripts.peer(0);
        peer.read(ReadStep::AfterWritten(120));
        peer.read(ReadStep::End);
        peer.release_reads();
        let error = client.put("http://a/").body("note").send().await.unwrap_err();
        assert!(error.is_connect() && error.may_have_been_processed(), "{error:?}");
        // A server that did not say whether it wants the body got it, and then did not know the question.
        let refusal = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
        let scripts = Scripts::new([Script::new().read(ReadStep::AfterWritten(150)).read(refusal)]);
        let body = "0123456789".repeat(10);
        let request = scripts.client().post("http://a/").body(body.clone()).expect_continue();
        let error = request.send().await.unwrap_err();
        assert!(scripts.written(0).ends_with(&body), "it was sent");
        assert!(error.is_connect() && error.may_have_been_processed(), "{error:?}");
    });
}

#[test]
fn the_limit_for_collecting_is_for_the_rest_of_a_body() {
    run_by_clock(async |_| {
        let script = Script::new().read("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabcde").read("fgh");
        let mut body = Scripts::new([script]).client().get("http://a/").send().await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "abcde");
        assert_eq!(body.limit(3).bytes().await.unwrap(), "fgh");
        // What a reader has left of a piece is a part of the rest.
        let script = Script::new().read("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabcdefgh");
        let mut body = Scripts::new([script]).client().get("http://a/").send().await.unwrap().into_body();
        futures_lite::AsyncReadExt::read_exact(&mut body, &mut [0; 5]).await.unwrap();
        let error = body.limit(2).bytes().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 2 }), "{error:?}");
    });
}

#[test]
fn trailers_without_a_body_are_sent_again_with_the_request() {
    run_by_clock(async |_| {
        let redirect = "HTTP/1.1 307 Elsewhere\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n";
        let scripts = Scripts::new([answer(redirect), answer(OK)]);
        let mut trailers = http::HeaderMap::new();
        trailers.insert("x-sum", http::HeaderValue::from_static("7"));
        let request = scripts.client().post("http://a/").body(RequestBody::empty().with_trailers(trailers));
        request.send().await.unwrap();
        assert!(scripts.written(0).ends_with("\r\n\r\n0\r\nx-sum: 7\r\n\r\n"), "{}", scripts.written(0));
        assert!(scripts.written(1).ends_with("\r\n\r\n0\r\nx-sum: 7\r\n\r\n"), "{}", scripts.written(1));
    });
}

#[test]
fn no_age_at_all_keeps_nothing_and_the_longest_keeps_everything() {
    let connections = |change: fn(&mut Limits)| {
        let made = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&made);
        run_by_clock(async move |_| {
            let mut limits = Limits::default();
            change(&mut limits);
            let none = limits.idle_age.min(limits.connection_age).is_zero();
            let twice =
                || Script::new().read(OK).read(ReadStep::AfterWritten(100)).read(OK).read(ReadStep::Blocked);
            let scripts = Scripts::new([twice(), twice()]);
            let client = scripts.builder().limits(limits).build();
            for _ in 0..2 {
                client.get("http://a/").send().await.unwrap().into_body().bytes().await.unwrap();
                let last = scripts.peer(scripts.connections() - 1);
                assert_eq!(last.is_dropped(), none, "at once, and not in passing");
                reactor::sleep(Duration::from_secs(100 * 365 * 24 * 3600)).await;
            }
            count.store(scripts.connections(), std::sync::atomic::Ordering::Relaxed);
        });
        made.load(std::sync::atomic::Ordering::Relaxed)
    };
    assert_eq!(
        connections(|limits| (limits.idle_age, limits.connection_age) = (Duration::MAX, Duration::MAX)),
        1
    );
    assert_eq!(
        connections(|limits| (limits.idle_age, limits.connection_age) = (Duration::MAX, Duration::ZERO)),
        2
    );
    assert_eq!(
        connections(|limits| (limits.idle_age, limits.connection_age) = (Duration::ZERO, Duration::MAX)),
        2
    );
}

/// ureq 3.5 (#1205): a signal arrives in the middle of a system call.
#[test]
fn interrupted_reads_and_writes_are_done_again() {
    run_by_clock(async |_| {
        let interrupted = || ReadStep::Fail(std::io::ErrorKind::Interrupted);
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read(interrupted())
            .read("HTTP/1.1 200 OK\r\nContent-")
            .read(interrupted())
            .read("Length: 2\r\n\r\no")
            .read(interrupted())
            .read("k")
            .read(ReadStep::Blocked)
            .write(WriteStep::Fail(std::io::ErrorKind::Interrupted))
            .write(WriteStep::Most(10))
            .write(WriteStep::Fail(std::io::ErrorKind::Interrupted));
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.get("http://a/").send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(!scripts.peer(0).is_dropped());
    });
}

/// A flush may be interrupted as well as a write.
#[test]
fn an_interrupted_flush_is_done_again() {
    run_by_clock(async |_| {
        let script =
            answer(OK).write(WriteStep::Most(1000)).write(WriteStep::Fail(std::io::ErrorKind::Interrupted));
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let response = client.get("http://a/").send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(!scripts.peer(0).is_dropped(), "the request is out");
    });
}

#[test]
fn a_stream_that_takes_nothing_is_an_error_and_not_a_loop() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(10))
            .write(WriteStep::Most(10))
            .write(WriteStep::Most(0));
        let error = Scripts::new([script]).client().get("http://a/").send().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::WriteZero),
            "{error:?}"
        );
    });
}

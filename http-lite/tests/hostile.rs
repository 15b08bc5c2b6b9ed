//! What a server may do to a client, when it answers, and with what.

mod support;

use futures_lite::AsyncReadExt;
use http::Method;
use http_lite::proto::ProtoError;
use http_lite::{Client, Error, ErrorKind, RedirectError, RequestBody, Url};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A connection that answers once the head of a request is out, and then stays.
fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

async fn text(client: &Client) -> Result<String, Error> {
    client.get("http://a/").send().await?.into_body().text().await
}

/// CVE-2024-24791; RFC 9110 section 15.4.4: what was asked for is elsewhere, and nobody wants the body.
#[test]
fn a_redirect_instead_of_the_word_to_go_on_leaves_the_body_where_it_is() {
    run_by_clock(async |_| {
        for (status, method, body) in
            [(303, "GET", ""), (302, "GET", ""), (307, "POST", "hello"), (308, "POST", "hello")]
        {
            let redirect =
                format!("HTTP/1.1 {status} Elsewhere\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n");
            let second = answer(OK);
            let scripts = Scripts::new([answer(&redirect), second]);
            let client = scripts.client();
            let request = client.post("http://a/").body("hello").expect_continue();
            assert_eq!(request.send().await.unwrap().status(), 200);
            assert!(scripts.written(0).ends_with("\r\n\r\n"), "{status}: {}", scripts.written(0));
            assert!(scripts.peer(0).is_dropped(), "{status}: it still waits for the body");
            assert!(scripts.written(1).starts_with(method), "{status}: {}", scripts.written(1));
            assert_eq!(
                scripts.written(1).contains("expect"),
                !body.is_empty(),
                "{status}: {}",
                scripts.written(1)
            );
        }
    });
}

/// RFC 9110 section 15.5.18: a server that refuses what it was not asked for is taken at its word.
#[test]
fn a_second_417_is_the_response() {
    run_by_clock(async |_| {
        let refusal = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
        let scripts = Scripts::new([answer(refusal), answer(refusal), answer(OK)]);
        let client = scripts.client();
        let response = client.post("http://a/").body("hello").expect_continue().send().await.unwrap();
        assert_eq!(response.status(), 417);
        assert_eq!(scripts.connections(), 2);
    });
}

/// A body that can be read only once was sent, because the server had said nothing in time: then its 417 is final.
#[test]
fn a_417_after_the_body_was_read_is_the_response() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(125))
            .read("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
            .read(ReadStep::Blocked);
        let scripts = Scripts::new([script, answer(OK)]);
        let client = scripts.client();
        let body = RequestBody::from_reader(&b"hello"[..]).with_length(5);
        let response = client.post("http://a/").body(body).expect_continue().send().await.unwrap();
        assert!(scripts.written(0).ends_with("\r\n\r\nhello"), "{}", scripts.written(0));
        assert_eq!(response.status(), 417);
        assert_eq!(scripts.connections(), 1);
    });
}

/// RFC 9110 section 7.8.
#[test]
fn a_426_is_a_response_and_its_connection_is_kept() {
    run_by_clock(async |_| {
        let required = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: chat/2\r\nContent-Length: 2\r\n\r\nno";
        let scripts = Scripts::new([answer(required)]);
        let client = scripts.client();
        let response = client.get("http://a/").upgrade("chat").send().await.unwrap();
        assert_eq!(response.status(), 426);
        assert_eq!(response.into_body().text().await.unwrap(), "no");
        assert!(!scripts.peer(0).is_dropped());
    });
}

/// llhttp's notes on the connection: after a 101 there is no HTTP, even if it looks like it.
#[test]
fn what_looks_like_http_behind_a_101_is_handed_over() {
    run_by_clock(async |_| {
        let switch =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nTransfer-Encoding: chunked\r\n\r\n";
        for raw in ["HTTP/1.1 103 Early Hints\r\n\r\n", OK, "0\r\n\r\n"] {
            let script = Script::new().read(format!("{switch}{raw}").as_str());
            let scripts = Scripts::new([script]);
            let client = scripts.client();
            let response = client.get("http://a/").upgrade("chat").send().await.unwrap();
            let mut rest = String::new();
            response.into_body().upgrade().unwrap().read_to_string(&mut rest).await.unwrap();
            assert_eq!(rest, raw);
        }
    });
}

/// hyper#3795, urllib3's `TestHEAD`: a length on the way is that of a body which nobody sends.
#[test]
fn a_head_request_is_redirected_as_one_and_reads_no_body() {
    run_by_clock(async |_| {
        for status in [301, 302, 303, 307, 308] {
            let script = Script::new()
                .read(ReadStep::AfterWritten(40))
                .read(
                    format!("HTTP/1.1 {status} Elsewhere\r\nLocation: /b\r\nContent-Length: 7\r\n\r\n")
                        .as_str(),
                )
                .read(ReadStep::AfterWritten(140))
                .read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                .read(ReadStep::Blocked);
            let scripts = Scripts::new([script]);
            let client = scripts.client();
            let response = client.head("http://a/").send().await.unwrap();
            assert_eq!(response.headers()["content-length"], "9");
            assert!(response.into_body().bytes().await.unwrap().is_empty());
            assert_eq!(scripts.written(0).matches("HEAD /").count(), 2);
            assert!(!scripts.peer(0).is_dropped());
        }
    });
}

/// RFC 9110 sections 15.3.5 and 15.4.5: they have no body. What follows all the same is nobody's answer, whenever it
/// comes.
#[test]
fn the_body_of_a_response_that_has_none_is_not_the_next_answer() {
    run_by_clock(async |_| {
        for status in ["204 No Content", "304 Not Modified"] {
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", OK.len());
            for late in [false, true] {
                let script = Script::new().read(ReadStep::AfterWritten(40));
                let script = if late {
                    script.read(head.as_str()).read(ReadStep::Blocked).read(OK)
                } else {
                    script.read(format!("{head}{OK}").as_str())
                };
                let scripts =
                    Scripts::new([script, answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")]);
                let client = scripts.client();
                assert_eq!(text(&client).await.unwrap(), "");
                if late {
                    scripts.peer(0).release_reads();
                }
                assert_eq!(text(&client).await.unwrap(), "good", "{status}, late: {late}");
            }
        }
    });
}

/// curl tests 25 and 274, with a body that goes along each time.
#[test]
fn a_loop_of_redirects_ends_though_each_can_be_followed() {
    run_by_clock(async |_| {
        let round = || {
            answer("HTTP/1.1 307 Elsewhere\r\nLocation: /\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        };
        let scripts = Scripts::new(std::iter::repeat_with(round).take(20));
        let client = scripts.client();
        let error = client.put("http://a/").body("hello").send().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Redirect(RedirectError::TooMany { limit: 10 })),
            "{error:?}"
        );
        assert_eq!(scripts.connections(), 11);
        assert!((0..11).all(|number| scripts.written(number).ends_with("\r\n\r\nhello")));
    });
}

/// The user's `Host` is for the server that was asked, and no other.
#[test]
fn a_host_header_stays_at_its_origin() {
    run_by_clock(async |_| {
        let to = |location: &str| {
            answer(&format!(
                "HTTP/1.1 302 Found\r\nLocation: {location}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            ))
        };
        let scripts = Scripts::new([to("/x"), to("http://b/"), answer(OK)]);
        let client = scripts.client();
        let response = client.get("http://a/").header("Host", "inner").send().await.unwrap();
        let hosts =
            [0, 1, 2].map(|number| scripts.written(number).lines().nth(1).map(str::to_owned).unwrap());
        assert_eq!(hosts, ["host: inner", "host: inner", "host: b"]);
        assert_eq!(response.extensions().get::<Url>().unwrap().to_string(), "http://b/");
    });
}

/// Nothing can be the answer to what was not said: but a server may well refuse whoever connects, before it is asked.
#[test]
fn an_answer_before_the_question_is_one_on_a_new_connection_only() {
    run_by_clock(async |_| {
        let refusal = "HTTP/1.1 503 Full\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
        let scripts = Scripts::new([Script::new().read(refusal)]);
        assert_eq!(text(&scripts.client()).await.unwrap(), "no");
        let scripts = Scripts::new([
            Script::new().read(OK).read(OK),
            answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"),
        ]);
        let client = scripts.client();
        assert_eq!(text(&client).await.unwrap(), "ok");
        assert_eq!(text(&client).await.unwrap(), "good");
    });
}

/// A buffer has 8 KiB at first: heads that end at its end, or a byte before or behind.
#[test]
fn a_head_may_end_where_a_buffer_does() {
    run_by_clock(async |_| {
        for length in (8 * 1024 - 3)..=(8 * 1024 + 3) {
            let start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: ";
            let head = format!("{start}{}\r\n\r\n", "x".repeat(length - start.len() - 4));
            assert_eq!(head.len(), length);
            for pieces in [vec![format!("{head}ok")], vec![head.clone(), "ok".to_owned()]] {
                let script =
                    Script::new().read(ReadStep::AfterWritten(40)).reads(pieces.iter().map(String::as_str));
                let scripts = Scripts::new([script.read(ReadStep::Blocked)]);
                let client = scripts.client();
                assert_eq!(text(&client).await.unwrap(), "ok", "{length} bytes");
                assert!(!scripts.peer(0).is_dropped());
            }
        }
    });
}

/// RUSTSEC-2021-0079: more than is left of all memory, and of a signed number.
#[test]
fn a_chunk_of_half_of_all_numbers_is_read_as_far_as_it_comes() {
    run_by_clock(async |_| {
        for size in ["8000000000000000", "7fffffffffffffff", "ffffffffffffffff"] {
            let response = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nab");
            let scripts = Scripts::new([Script::new().read(response.as_str())]);
            let client = scripts.client();
            let mut body = client.get("http://a/").send().await.unwrap().into_body();
            assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
            let error = body.chunk().await.unwrap_err();
            let expected = u64::from_str_radix(size, 16).unwrap() - 2;
            assert!(
                matches!(error.kind(), ErrorKind::Protocol(ProtoError::ClosedInsideChunk { missing }) if *missing == expected),
                "{error:?}"
            );
        }
    });
}

/// RFC 9112 section 9.3: HTTP/1.0 stays if it says so.
#[test]
fn a_server_of_http_1_0_that_says_so_keeps_its_connection() {
    run_by_clock(async |_| {
        let stays = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok";
        let scripts = Scripts::new([answer(stays)]);
        let client = scripts.client();
        assert_eq!(text(&client).await.unwrap(), "ok");
        assert!(!scripts.peer(0).is_dropped());
    });
}

/// CVE-2022-27776 and the like begin where the URL and the connection are not of the same mind.
#[test]
fn a_tunnel_that_is_redirected_is_a_response() {
    run_by_clock(async |_| {
        let scripts =
            Scripts::new([answer("HTTP/1.1 302 Found\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n")]);
        let client = scripts.client();
        let response = client.request(Method::CONNECT, "http://a:443/").send().await.unwrap();
        assert_eq!(response.status(), 302);
        assert!(response.into_body().upgrade().is_none());
    });
}

/// RFC 9110 section 10.1.1: only a 100 is the word to go on.
#[test]
fn a_hint_that_comes_early_is_not_the_word_to_go_on() {
    run_by_clock(async |_| {
        let refusal =
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 401 Who Are You\r\nContent-Length: 2\r\n\r\nno";
        let scripts = Scripts::new([answer(refusal)]);
        let client = scripts.client();
        let response = client.post("http://a/").body("hello").expect_continue().send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(scripts.written(0).ends_with("\r\n\r\n"), "{}", scripts.written(0));
    });
}

/// RUSTSEC-2026-0033 (pingora), from the other side: the rest of a request would be taken for the other protocol.
#[test]
fn a_switch_before_the_request_is_out_hands_over_nothing() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\nhi")]);
        let client = scripts.client();
        let body = RequestBody::from_reader(&b"hello"[..]).with_length(5);
        let request = client.post("http://a/").upgrade("chat").body(body).expect_continue();
        let body = request.send().await.unwrap().into_body();
        assert!(scripts.peer(0).is_dropped());
        assert!(body.upgrade().is_none());
    });
}

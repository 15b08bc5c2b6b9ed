//! Redirects that are followed by requests of the same client. What follows from what is tested beside the decision
//! itself, in `src/redirect`.

mod support;

use http::HeaderName;
use http_lite::{ErrorKind, Limits, RedirectError, RedirectPolicy, RequestBody, Url};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

/// A redirect to there, with a body that nobody wants.
fn redirect(status: u16, location: &str) -> Script {
    answer(&format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 3\r\n\r\nbye"))
}

#[test]
fn a_redirect_is_followed_and_the_response_tells_where_it_comes_from() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([redirect(301, "http://b/x"), answer(OK)]);
        let client = scripts.client();
        let response = client.get("http://a/#here").send().await.unwrap();
        let url = response.extensions().get::<Url>().unwrap().to_string();
        assert_eq!(url, "http://b/x#here");
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(scripts.written(1).starts_with("GET /x HTTP/1.1\r\nhost: b\r\n"), "{}", scripts.written(1));
        assert!(!scripts.peer(0).is_dropped(), "the body was at hand, so the connection is kept");
    });
}

#[test]
fn a_redirect_to_the_same_server_uses_the_same_connection() {
    run_by_clock(async |_| {
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 302 Found\r\nLocation: other\r\nContent-Length: 3\r\n\r\nbye")
            .read(ReadStep::AfterWritten(180))
            .read(OK)
            .read(ReadStep::Blocked);
        let scripts = Scripts::new([script]);
        let long = "x".repeat(100);
        scripts.client().get(format!("http://a/{long}")).send().await.unwrap();
        assert_eq!(scripts.connections(), 1);
        assert!(scripts.written(0).contains("GET /other HTTP/1.1\r\n"));
    });
}

/// CVE-2018-1000007 and CVE-2022-27776 (curl), CVE-2018-18074 (requests): another host or another port. (Another scheme
/// there is not yet.)
#[test]
fn credentials_do_not_go_elsewhere_and_do_not_come_back() {
    run_by_clock(async |_| {
        for elsewhere in ["http://b/", "http://a:81/"] {
            let closes = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ";
            let first = answer(&format!("{closes}{elsewhere}\r\n\r\n"));
            let scripts = Scripts::new([first, redirect(302, "http://a/again"), answer(OK)]);
            let policy = RedirectPolicy::default().sensitive(HeaderName::from_static("x-api-key"));
            let request = scripts.builder().redirects(policy).build().get("http://a/");
            let request = request.header("Authorization", "secret").header("Cookie", "secret");
            request.header("X-Api-Key", "secret").header("X-Other", "fine").send().await.unwrap();
            assert_eq!(scripts.written(0).matches("secret").count(), 3);
            assert_eq!(scripts.connections(), 3);
            for number in 1..3 {
                assert!(!scripts.written(number).contains("secret"), "{}", scripts.written(number));
                assert!(scripts.written(number).contains("x-other: fine"));
            }
        }
    });
}

/// Authorization is for whoever asked for `https`, and there is none here: the redirect is refused, not followed in
/// clear.
#[test]
fn a_redirect_to_another_scheme_is_refused() {
    run_by_clock(async |_| {
        for location in ["https://a/", "file:///etc/passwd"] {
            let scripts = Scripts::new([redirect(302, location)]);
            let error = scripts.client().get("http://a/").send().await.unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::UnsupportedScheme { .. }) || error.is_redirect(),
                "{location}: {error:?}"
            );
            assert_eq!(scripts.connections(), 1);
        }
    });
}

#[test]
fn a_body_in_memory_is_sent_again_and_one_that_was_read_is_an_error() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([redirect(307, "http://b/"), answer(OK)]);
        scripts.client().post("http://a/").body("hello").send().await.unwrap();
        assert!(scripts.written(1).starts_with("POST / ") && scripts.written(1).ends_with("\r\n\r\nhello"));

        let scripts = Scripts::new([redirect(308, "http://b/")]);
        let body = RequestBody::from_reader(&b"hello"[..]);
        let error = scripts.client().post("http://a/").body(body).send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Redirect(RedirectError::BodyConsumed { .. })), "{error:?}");
    });
}

#[test]
fn a_body_that_the_first_server_did_not_want_goes_to_the_second() {
    run_by_clock(async |_| {
        let second = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 100 Continue\r\n\r\n")
            .read(ReadStep::AfterWritten(123))
            .read(OK);
        let scripts = Scripts::new([redirect(307, "http://b/"), second]);
        let body = RequestBody::from_reader(&b"hello"[..]).with_length(5);
        scripts.client().post("http://a/").body(body).expect_continue().send().await.unwrap();
        assert!(scripts.written(1).ends_with("\r\n\r\nhello"), "{}", scripts.written(1));
    });
}

#[test]
fn a_post_becomes_a_get_without_a_body() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([redirect(303, "http://b/"), answer(OK)]);
        let request = scripts.client().post("http://a/").header("Content-Type", "text/plain").body("hello");
        request.send().await.unwrap();
        let written = scripts.written(1);
        assert!(written.starts_with("GET / HTTP/1.1\r\n") && written.ends_with("\r\n\r\n"), "{written}");
        assert!(!written.contains("content-"), "{written}");
    });
}

#[test]
fn redirects_end_where_the_limit_and_the_policy_say() {
    let at_most = |redirects| {
        let mut limits = Limits::default();
        limits.redirects = redirects;
        limits
    };
    assert_eq!(Limits::default().redirects, 10);
    run_by_clock(async move |_| {
        let hops = || Scripts::new([redirect(302, "http://b/"), redirect(302, "http://c/"), answer(OK)]);
        let request = hops().client().get("http://a/").limits(at_most(2));
        assert_eq!(request.send().await.unwrap().status(), 200);
        let error = hops().client().get("http://a/").limits(at_most(1)).send().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Redirect(RedirectError::TooMany { limit: 1 })),
            "{error:?}"
        );
        let response =
            hops().client().get("http://a/").redirects(RedirectPolicy::none()).send().await.unwrap();
        assert_eq!(response.status(), 302);
        assert!(response.extensions().get::<Url>().is_none());
        assert_eq!(response.into_body().text().await.unwrap(), "bye");
    });
}

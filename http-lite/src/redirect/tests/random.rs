use http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use proptest::prelude::*;

use crate::redirect::{Hop, Next, RedirectPolicy, SentBody, next};
use crate::url::Url;

/// One redirect: its status, and where it leads.
fn redirect() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let place = prop_oneof![
        4 => proptest::sample::select(vec![
            "", "c", "/d", "?e", "//a", "//b", "//a:81/", "https://a/", "http://a/", "http://b/", "//a./",
            "http://a:80", "HTTP://A/", "file:a", "//me:x@a/", "/\u{e9}",
        ]).prop_map(|place| place.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ];
    (proptest::sample::select(vec![200_u16, 301, 302, 303, 304, 307, 308]), place)
}

/// A request's headers, of which all those with a `secret` are credentials.
fn request() -> impl Strategy<Value = HeaderMap> {
    let line = prop_oneof![
        Just(("authorization", "secret")),
        Just(("cookie", "secret=1")),
        Just(("proxy-authorization", "secret")),
        Just(("x-api-key", "secret")),
        Just(("x-marked", "secret")),
        Just(("content-type", "text/plain")),
        Just(("accept", "*/*")),
    ];
    proptest::collection::vec(line, 0..9).prop_map(|lines| {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let mut value = HeaderValue::from_static(value);
            value.set_sensitive(name == "x-marked");
            headers.append(HeaderName::from_static(name), value);
        }
        headers
    })
}

fn is_secret(headers: &HeaderMap) -> bool {
    headers.values().any(|value| value.to_str().unwrap().contains("secret"))
}

proptest! {
    // The cases are new in every run, and a failure prints its own; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_chain_never_holds_a_credential_after_its_origin_changed(
        mut headers in request(),
        chain in proptest::collection::vec(redirect(), 0..12),
        method in proptest::sample::select(vec![Method::GET, Method::POST, Method::HEAD, Method::PUT]),
        body in proptest::sample::select(vec![SentBody::Empty, SentBody::Replayable, SentBody::Consumed]),
    ) {
        let policy = RedirectPolicy::default().sensitive(HeaderName::from_static("x-api-key"));
        let first = Url::parse("http://a/b").unwrap();
        let (mut url, mut method, mut body) = (first.clone(), method, body);
        let (mut was_elsewhere, had_secret) = (false, is_secret(&headers));
        for (followed, (status, location)) in chain.into_iter().enumerate() {
            let Ok(location) = HeaderValue::from_bytes(&location) else { continue };
            let hop = Hop {
                url: &url,
                method: &method,
                headers: &headers,
                body,
                status: StatusCode::from_u16(status).unwrap(),
                response_headers: &HeaderMap::from_iter([(LOCATION, location)]),
                followed,
                limit: 10,
            };
            let Ok(Next::Follow(follow)) = next(&policy, &hop) else { continue };
            prop_assert!(followed < 10);
            prop_assert!(!follow.keep_body || body == SentBody::Replayable);
            if method != follow.method {
                prop_assert!(follow.method == Method::GET && !follow.headers.contains_key("content-type"));
            }
            was_elsewhere |= follow.url.origin() != first.origin();
            prop_assert_eq!(is_secret(&follow.headers), had_secret && !was_elsewhere);
            if !follow.keep_body {
                body = SentBody::Empty;
            }
            (url, method, headers) = (follow.url, follow.method, follow.headers);
        }
    }
}

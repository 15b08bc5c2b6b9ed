use http::header::HeaderMap;
use http::{Method, StatusCode};

use super::{Follow, followed, headers, names};
use crate::redirect::{Hop, Next, RedirectError, RedirectPolicy, SentBody, next};
use crate::url::Url;

fn answered(status: u16, method: &str, body: SentBody, request: &HeaderMap) -> Result<Next, RedirectError> {
    let hop = Hop {
        url: &Url::parse("http://a/b").unwrap(),
        method: &method.parse::<Method>().unwrap(),
        headers: request,
        body,
        status: StatusCode::from_u16(status).unwrap(),
        response_headers: &headers(&[("location", "/c")]),
        followed: 0,
        limit: 10,
    };
    next(&RedirectPolicy::default(), &hop)
}

/// What comes of a request with a body that can be sent again, as `METHOD` or `METHOD body`.
fn rewritten(status: u16, method: &str) -> String {
    let Follow { method, keep_body, .. } =
        followed(answered(status, method, SentBody::Replayable, &HeaderMap::new()));
    format!("{method}{}", if keep_body { " body" } else { "" })
}

/// attohttpc and minreq send a POST again after 302, ureq fails after 307; cyper keeps the method after 303.
#[test]
fn a_status_decides_about_method_and_body() {
    for (status, method, request) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (301, "PUT", "PUT body"),
        (302, "DELETE", "DELETE body"),
        (302, "GET", "GET body"),
        (301, "HEAD", "HEAD body"),
        (302, "post", "post body"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "DELETE", "GET"),
        (303, "PATCH", "GET"),
        (303, "OPTIONS", "GET"),
        (303, "PURGE", "GET"),
        (303, "GET", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST body"),
        (307, "PURGE", "PURGE body"),
        (308, "POST", "POST body"),
        (308, "PUT", "PUT body"),
        (308, "GET", "GET body"),
    ] {
        assert_eq!(rewritten(status, method), request, "{status} {method}");
    }
}

#[test]
fn other_statuses_are_responses() {
    let followed = [301, 302, 303, 307, 308];
    for status in (100..=999).filter(|status| !followed.contains(status)) {
        let next = answered(status, "GET", SentBody::Empty, &HeaderMap::new());
        assert!(matches!(next, Ok(Next::Stop)), "{status}");
    }
    assert!(matches!(answered(302, "CONNECT", SentBody::Empty, &HeaderMap::new()), Ok(Next::Stop)));
}

/// CVE-2023-45803 (urllib3); ureq#1140; isahc sends the body with the `GET`.
#[test]
fn where_the_body_goes_its_headers_go() {
    let about_the_body = [
        ("content-type", "text/plain"),
        ("content-length", "5"),
        ("content-encoding", "gzip"),
        ("content-language", "en"),
        ("content-location", "/x"),
        ("content-digest", "sha-256=:x:"),
        ("content-range", "bytes 0-4/5"),
        ("repr-digest", "sha-256=:x:"),
        ("digest", "x"),
        ("last-modified", "x"),
        ("transfer-encoding", "chunked"),
        ("trailer", "x"),
        ("expect", "100-continue"),
    ];
    let mut request = headers(&about_the_body);
    request.extend(headers(&[("accept", "*/*"), ("authorization", "x"), ("x-other", "y")]));
    for (status, method) in [(301, "POST"), (302, "POST"), (303, "PUT"), (303, "GET"), (303, "HEAD")] {
        let follow = followed(answered(status, method, SentBody::Replayable, &request));
        assert_eq!(names(&follow.headers), ["accept", "authorization", "x-other"], "{status} {method}");
    }
    for (status, method) in [(302, "PUT"), (307, "POST"), (308, "POST")] {
        let follow = followed(answered(status, method, SentBody::Replayable, &request));
        assert_eq!(follow.headers, request, "{status} {method}");
    }
}

/// aiohttp sent half of it.
#[test]
fn a_body_that_can_be_read_only_once_is_an_error_where_it_is_needed_again() {
    for (status, method) in [(307, "POST"), (308, "PUT"), (301, "PUT"), (302, "PATCH")] {
        let error = answered(status, method, SentBody::Consumed, &HeaderMap::new()).unwrap_err();
        assert_eq!(error, RedirectError::BodyConsumed { status: StatusCode::from_u16(status).unwrap() });
    }
    for (status, method) in [(301, "POST"), (302, "POST"), (303, "POST"), (303, "PUT")] {
        let follow = followed(answered(status, method, SentBody::Consumed, &HeaderMap::new()));
        assert!(!follow.keep_body, "{status} {method}");
    }
    let follow = followed(answered(307, "POST", SentBody::Empty, &HeaderMap::new()));
    assert!(!follow.keep_body);
}

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{followed, headers, names, redirected};
use crate::redirect::RedirectPolicy;

/// Where the credentials were given for.
const FROM: &str = "https://a:8443/b";

/// The names of the headers that remain after these redirects, one after the other.
fn remaining(policy: &RedirectPolicy, request: &HeaderMap, locations: &[&str]) -> Vec<String> {
    let (mut url, mut request) = (FROM.to_owned(), request.clone());
    for to in locations {
        let follow = followed(redirected(policy, &url, &request, to));
        (url, request) = (follow.url.to_string(), follow.headers);
    }
    names(&request).into_iter().map(str::to_owned).collect()
}

fn with_credentials() -> HeaderMap {
    headers(&[
        ("accept", "*/*"),
        ("authorization", "Bearer secret"),
        ("cookie", "session=secret"),
        ("cookie2", "secret"),
        ("proxy-authorization", "Basic secret"),
        ("www-authenticate", "secret"),
    ])
}

#[test]
fn credentials_stay_with_their_origin() {
    for to in ["/c", "d", "", "?x", "//a:8443/c", "https://a:8443", "HTTPS://A:8443/c"] {
        let remaining = remaining(&RedirectPolicy::default(), &with_credentials(), &[to]);
        assert_eq!(remaining.len(), 6, "{to}: {remaining:?}");
    }
}

/// CVE-2018-1000007 (curl); CVE-2018-20060 and CVE-2023-43804 (urllib3); CVE-2023-45143 (undici).
#[test]
fn credentials_do_not_go_to_another_host() {
    for to in
        ["https://b:8443/", "//b:8443/", "//a.:8443/", "//b.a:8443/", "//[::1]:8443/", "//127.0.0.1:8443"]
    {
        assert_eq!(remaining(&RedirectPolicy::default(), &with_credentials(), &[to]), ["accept"], "{to}");
    }
}

/// CVE-2022-27776 (curl).
#[test]
fn credentials_do_not_go_to_another_port() {
    for to in ["//a", "//a:443/", "//a:8444/", "https://a/"] {
        assert_eq!(remaining(&RedirectPolicy::default(), &with_credentials(), &[to]), ["accept"], "{to}");
    }
}

/// CVE-2018-18074 (requests); CVE-2022-27774 (curl).
#[test]
fn credentials_do_not_go_to_another_scheme() {
    let policy = RedirectPolicy::default();
    assert_eq!(remaining(&policy, &with_credentials(), &["http://a:8443/"]), ["accept"]);
    let follow = followed(redirected(&policy, "http://a/", &with_credentials(), "https://a/"));
    assert_eq!(names(&follow.headers), ["accept"]);
}

/// CVE-2024-45336 (Go).
#[test]
fn credentials_do_not_come_back_later_in_a_chain() {
    for chain in
        [["//b/", "/c", "/d"], ["//b/", FROM, "/c"], ["//b/", "//c/", FROM], ["http://a:8443/", FROM, ""]]
    {
        let remaining = remaining(&RedirectPolicy::default(), &with_credentials(), &chain);
        assert_eq!(remaining, ["accept"], "{chain:?}");
    }
}

/// aiohttp 3.14: of two lines, the second one stayed.
#[test]
fn of_a_repeated_header_no_line_remains() {
    let request = headers(&[
        ("authorization", "Basic one"),
        ("accept", "*/*"),
        ("authorization", "Bearer two"),
        ("x-api-key", "three"),
        ("x-api-key", "four"),
    ]);
    let policy = RedirectPolicy::default().sensitive(HeaderName::from_static("x-api-key"));
    assert_eq!(remaining(&policy, &request, &["//b/"]), ["accept"]);
}

#[test]
fn a_header_that_the_user_names_is_a_credential() {
    let request = headers(&[("x-api-key", "secret"), ("X-Other", "y"), ("accept", "*/*")]);
    let plain = RedirectPolicy::default();
    assert_eq!(remaining(&plain, &request, &["//b/"]), ["accept", "x-api-key", "x-other"]);
    let policy = plain.sensitive("X-API-Key".parse().unwrap());
    assert_eq!(remaining(&policy, &request, &["//b/"]), ["accept", "x-other"]);
    assert_eq!(remaining(&policy, &request, &["/c"]), ["accept", "x-api-key", "x-other"]);
    let policy = policy.sensitive(HeaderName::from_static("x-other"));
    assert_eq!(remaining(&policy, &request, &["//b/", FROM]), ["accept"]);
}

#[test]
fn a_header_with_a_value_that_is_marked_as_sensitive_is_a_credential() {
    let mut request = headers(&[("x-token", "public"), ("accept", "*/*")]);
    let mut secret = HeaderValue::from_static("secret");
    secret.set_sensitive(true);
    request.append("x-token", secret);
    let policy = RedirectPolicy::default();
    assert_eq!(remaining(&policy, &request, &["//b/"]), ["accept"]);
    assert_eq!(remaining(&policy, &request, &["/c"]), ["accept", "x-token"]);
}

/// CVE-2021-22876 and CVE-2026-9546 (curl): no `Referer` is ever added, and one of the user's goes to nobody else.
#[test]
fn what_names_the_first_server_is_not_sent_to_the_second() {
    let request = headers(&[("host", "a"), ("referer", "https://a/?secret"), ("origin", "https://a")]);
    let policy = RedirectPolicy::default();
    assert_eq!(remaining(&policy, &request, &["/c"]), ["host", "origin", "referer"]);
    assert!(remaining(&policy, &request, &["//b/"]).is_empty());
    assert!(remaining(&policy, &request, &["http://a:8443/"]).is_empty());
    assert!(remaining(&policy, &HeaderMap::new(), &["/c", "//b/", "http://c/"]).is_empty());
}

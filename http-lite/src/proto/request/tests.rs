use http::{HeaderValue, Method, Request};

use super::{RequestError, RequestFraming, encode_head};

/// The head of a `GET` of this URI.
fn head(uri: &str) -> String {
    encode(Request::get(uri)).unwrap()
}

fn encode(request: http::request::Builder) -> Result<String, RequestError> {
    encode_head(&request.body(()).unwrap(), RequestFraming::Empty)
        .map(|head| String::from_utf8(head).unwrap())
}

#[test]
fn the_host_comes_first_and_the_other_headers_as_they_are() {
    let request = Request::get("http://a/b").header("X-B", "1").header("x-a", "2").header("x-b", "3");
    let head = encode(request).unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("GET /b HTTP/1.1"));
    assert_eq!(lines.next(), Some("host: a"));
    let mut others: Vec<&str> = lines.collect();
    assert!(
        others.iter().position(|line| *line == "x-b: 1") < others.iter().position(|line| *line == "x-b: 3")
    );
    others.sort_unstable();
    assert_eq!(others, ["", "x-a: 2", "x-b: 1", "x-b: 3"]);
}

/// ureq#1115.
#[test]
fn an_empty_path_is_a_slash() {
    for (uri, target) in [
        ("http://a", "/"),
        ("http://a?x=1", "/?x=1"),
        ("http://a/?", "/?"),
        ("http://a/b?c=/d?e", "/b?c=/d?e"),
        ("http://a/b#c", "/b"),
    ] {
        assert!(head(uri).starts_with(&format!("GET {target} HTTP/1.1\r\n")), "{uri}: {}", head(uri));
    }
}

/// hyper#2441; ureq#1017.
#[test]
fn a_port_that_goes_without_saying_is_left_out() {
    for (uri, host) in [
        ("http://a:80/", "a"),
        ("http://a:443/", "a:443"),
        ("https://a:443/", "a"),
        ("https://a:80/", "a:80"),
        ("http://a:/", "a"),
        ("http://[::1]:80/", "[::1]"),
        ("http://[::1]:81/", "[::1]:81"),
        ("http://me:secret@a:81/", "a:81"),
    ] {
        assert!(head(uri).contains(&format!("\r\nhost: {host}\r\n")), "{uri}: {}", head(uri));
    }
}

#[test]
fn the_callers_host_replaces_the_uris() {
    let head = encode(Request::get("http://127.0.0.1/").header("Host", "example.com")).unwrap();
    assert_eq!(head, "GET / HTTP/1.1\r\nhost: example.com\r\n\r\n");
}

/// ureq, isahc, attohttpc and minreq send what they are given.
#[test]
fn a_head_that_says_two_things_is_refused() {
    let with =
        |name, value| encode(Request::get("http://a/").header("Host", "a").header(name, value)).unwrap_err();
    assert_eq!(with("host", "b"), RequestError::SeveralHosts);
    assert!(
        matches!(with("content-length", "5"), RequestError::FramingHeader { name } if name == "content-length")
    );
    assert!(matches!(with("transfer-encoding", "chunked"), RequestError::FramingHeader { .. }));
    assert_eq!(encode(Request::get("/path")).unwrap_err(), RequestError::NoHost);
}

/// CVE-2020-26116; CVE-2014-8150; CVE-2023-49081.
#[test]
fn a_line_end_fits_nowhere() {
    assert!(Method::from_bytes(b"GET\r\nX: y").is_err());
    assert!(HeaderValue::from_str("a\r\nX: y").is_err());
    assert!(Request::get("http://a/\r\nX:y").body(()).is_err());
    assert!(Request::get("http://a/").header("a\r\nb", "c").body(()).is_err());
}

#[test]
fn what_is_not_ascii_is_percent_encoded() {
    assert!(head("http://a/\u{e9}?\u{20ac}").starts_with("GET /%C3%A9?%E2%82%AC HTTP/1.1\r\n"));
}

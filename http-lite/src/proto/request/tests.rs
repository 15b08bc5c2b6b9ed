use http::{HeaderValue, Method, Request};

use super::{RequestError, RequestFraming, encode_head};

/// The head of a `GET` of this URI.
fn head(uri: &str) -> String {
    encode(Request::get(uri)).unwrap()
}

fn encode(request: http::request::Builder) -> Result<String, RequestError> {
    encode_with(request, RequestFraming::Empty)
}

fn encode_with(request: http::request::Builder, body: RequestFraming) -> Result<String, RequestError> {
    encode_head(&request.body(()).unwrap(), body).map(|head| String::from_utf8(head).unwrap())
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

/// RFC 9110 section 8.6: a server expects these to have a body, and would wait for one or refuse them.
#[test]
fn a_method_that_usually_has_a_body_says_that_it_has_none() {
    for method in ["POST", "PUT", "PATCH"] {
        let head = encode(Request::builder().method(method).uri("http://a/")).unwrap();
        assert_eq!(head, format!("{method} / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n"));
    }
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "PURGE"] {
        let head = encode(Request::builder().method(method).uri("http://a/")).unwrap();
        assert_eq!(head, format!("{method} / HTTP/1.1\r\nhost: a\r\n\r\n"));
    }
}

#[test]
fn a_head_says_how_its_body_ends() {
    for (body, line) in [
        (RequestFraming::Length(0), "content-length: 0"),
        (RequestFraming::Length(u64::MAX), "content-length: 18446744073709551615"),
        (RequestFraming::Chunked, "transfer-encoding: chunked"),
    ] {
        let head = encode_with(Request::get("http://a/"), body).unwrap();
        assert_eq!(head, format!("GET / HTTP/1.1\r\nhost: a\r\n{line}\r\n\r\n"));
    }
}

/// ureq, isahc, attohttpc, minreq and curl send a wrong length beside the right framing.
#[test]
fn a_length_of_the_callers_is_sent_once_if_it_is_right_and_else_refused() {
    let with = |lengths: &[&str], body| {
        let request = Request::post("http://a/");
        let add = |request: http::request::Builder, length: &&str| request.header("content-length", *length);
        encode_with(lengths.iter().fold(request, add), body)
    };
    let five = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n";
    for lengths in [&[][..], &["5"], &["5", "5"], &["005"], &["5, 5"]] {
        assert_eq!(with(lengths, RequestFraming::Length(5)).as_deref(), Ok(five), "{lengths:?}");
    }
    let refused = Err(RequestError::FramingHeader { name: http::header::CONTENT_LENGTH });
    for lengths in [&["6"][..], &["5", "6"], &["+5"], &[""], &["5 5"], &["0x5"], &["18446744073709551621"]] {
        assert_eq!(with(lengths, RequestFraming::Length(5)), refused, "{lengths:?}");
    }
    assert_eq!(with(&["5"], RequestFraming::Chunked), refused);
    assert_eq!(with(&["5"], RequestFraming::Empty), refused);
    assert!(with(&["0"], RequestFraming::Empty).is_ok());
}

#[test]
fn a_transfer_encoding_of_the_callers_is_refused_even_if_it_is_right() {
    let request = Request::post("http://a/").header("transfer-encoding", "chunked");
    let refused = RequestError::FramingHeader { name: http::header::TRANSFER_ENCODING };
    assert_eq!(encode_with(request, RequestFraming::Chunked), Err(refused));
}

/// RFC 9112 section 3.2.3.
#[test]
fn connect_names_host_and_port_and_nothing_else() {
    let of = |uri| encode(Request::builder().method("CONNECT").uri(uri));
    assert_eq!(of("a:443").as_deref(), Ok("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n"));
    assert_eq!(of("[::1]:80").as_deref(), Ok("CONNECT [::1]:80 HTTP/1.1\r\nhost: [::1]:80\r\n\r\n"));
    let from_url = "CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n";
    assert_eq!(of("https://me:secret@a/path?query").as_deref(), Ok(from_url));
    assert_eq!(of("a"), Err(RequestError::NoPort));
    assert_eq!(of("a:99999"), Err(RequestError::BadPort));
    assert_eq!(of("/path"), Err(RequestError::NoHost));
}

/// A number that does not fit names no server, and is not the default either (RFC 3986 section 3.2.3).
#[test]
fn a_port_is_a_number_of_16_bits_or_left_out() {
    let of = |uri| encode(Request::get(uri));
    assert_eq!(of("http://a:65535/").as_deref(), Ok("GET / HTTP/1.1\r\nhost: a:65535\r\n\r\n"));
    assert_eq!(of("http://a:/").as_deref(), Ok("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
    assert_eq!(of("http://a:65536/"), Err(RequestError::BadPort));
    assert_eq!(super::parse_port("+80"), Err(RequestError::BadPort));
}

/// RFC 9112 section 3.2.4.
#[test]
fn options_may_ask_about_the_server_as_a_whole() {
    let of = |method| encode(Request::builder().method(method).uri("*").header("Host", "a"));
    assert_eq!(of("OPTIONS").as_deref(), Ok("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"));
    assert_eq!(of("GET"), Err(RequestError::BadPath));
}

#[test]
fn connect_and_trace_have_no_body() {
    for method in [Method::CONNECT, Method::TRACE] {
        for body in [RequestFraming::Length(0), RequestFraming::Length(1), RequestFraming::Chunked] {
            let request = Request::builder().method(&method).uri("http://a:1/");
            let refused = Err(RequestError::NoBodyAllowed { method: method.clone() });
            assert_eq!(encode_with(request, body), refused);
        }
    }
}

#[test]
fn a_head_is_written_with_one_allocation() {
    let mut request = Request::get("http://example.com:8080/a/path?and=query");
    for number in 0..50 {
        request = request.header(format!("x-header-{number}"), "value".repeat(number));
    }
    let request = request.body(()).unwrap();
    let head = encode_head(&request, RequestFraming::Length(u64::MAX)).unwrap();
    // A vector that had to grow would have another capacity now.
    assert_eq!(head.capacity(), super::expected_bytes(&request));
}

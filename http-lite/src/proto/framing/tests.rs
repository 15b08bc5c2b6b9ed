use http::{Method, Response, Version};

use super::{CloseReason, Framing, Verdict};

/// Framing and verdict for a response to `GET`; the headers are valid.
fn decide(version: Version, headers: &[(&str, &str)]) -> (Framing, Verdict) {
    let mut builder = Response::builder().version(version);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let head = builder.body(()).unwrap();
    let framing = Framing::of(&Method::GET, &head).unwrap();
    (framing, Verdict::of(&Method::GET, &head, framing))
}

#[test]
fn close_is_an_option_among_others_on_any_line() {
    let closed = Verdict::Close(CloseReason::ServerCloses);
    for values in [&["close"][..], &["CLOSE"], &["a, close"], &["close,b"], &["a", "b ,\tclose"]] {
        let mut headers = vec![("content-length", "0")];
        headers.extend(values.iter().map(|value| ("connection", *value)));
        assert_eq!(decide(Version::HTTP_11, &headers).1, closed, "{values:?}");
        assert_eq!(decide(Version::HTTP_10, &headers).1, closed, "{values:?}");
    }
    for value in ["closed", "not close", "\"close\"", "keep-alive", ""] {
        let headers = [("content-length", "0"), ("connection", value)];
        assert_eq!(decide(Version::HTTP_11, &headers).1, Verdict::KeepAlive, "{value}");
    }
}

#[test]
fn http_1_0_closes_unless_it_says_otherwise() {
    let silent = [("content-length", "0")];
    assert_eq!(decide(Version::HTTP_10, &silent).1, Verdict::Close(CloseReason::Http10));
    let stays = [("content-length", "0"), ("connection", "x, Keep-Alive")];
    assert_eq!(decide(Version::HTTP_10, &stays).1, Verdict::KeepAlive);
    let both = [("content-length", "0"), ("connection", "keep-alive, close")];
    assert_eq!(decide(Version::HTTP_10, &both).1, Verdict::Close(CloseReason::ServerCloses));
}

#[test]
fn a_body_that_ends_with_the_connection_leaves_none() {
    let (framing, verdict) = decide(Version::HTTP_11, &[("connection", "keep-alive")]);
    assert_eq!(framing, Framing::ToClose);
    assert_eq!(verdict, Verdict::Close(CloseReason::BodyToClose));
}

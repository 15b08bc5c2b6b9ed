//! The responses that must be understood.

use super::case::{Case, Then};

/// A chunked response: the head, then these bytes.
fn chunked(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}").into_bytes()
}

/// A response with these fields, before a body of five bytes.
fn fields(fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nhello").into_bytes()
}

/// Every one of them.
pub fn all() -> Vec<Case> {
    [lengths(), chunks(), bodiless(), informational(), heads(), connections()].into_iter().flatten().collect()
}

fn lengths() -> Vec<Case> {
    let same = "RFC 9112 section 6.3";
    vec![
        Case::accept("length", "RFC 9112 section 6.2", fields("Content-Length: 5"), "hello"),
        Case::accept(
            "length-zero",
            "RFC 9112 section 6.2",
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "",
        ),
        Case::accept("length-same-lines", same, fields("Content-Length: 5\r\nContent-Length: 5"), "hello"),
        Case::accept("length-same-list", same, fields("Content-Length: 5, 5"), "hello"),
        Case::accept("length-leading-zeros", "RFC 9110 section 8.6", fields("Content-Length: 0005"), "hello"),
        Case::accept(
            "length-spaces-around",
            "RFC 9112 section 5.1",
            fields("Content-Length: \t 5 \t"),
            "hello",
        ),
        Case::accept("length-glued-to-colon", "RFC 9112 section 5.1", fields("Content-Length:5"), "hello"),
        Case::accept("until-close", "RFC 9112 section 6.3", fields("A: x"), "hello").then(Then::Close),
        Case::accept(
            "until-close-http-1.0",
            "RFC 9112 section 6.3",
            b"HTTP/1.0 200 OK\r\n\r\nhello",
            "hello",
        )
        .then(Then::Close),
        Case::accept(
            "length-http-1.0",
            "RFC 9112 section 6.2",
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
    ]
}

fn chunks() -> Vec<Case> {
    let extensions = "RFC 9112 section 7.1.1";
    let trailers = "RFC 9112 section 7.1.2";
    let kilobytes = "0123456789abcdef".repeat(4_096);
    vec![
        Case::accept("chunk", "RFC 9112 section 7.1", chunked("5\r\nhello\r\n0\r\n\r\n"), "hello"),
        Case::accept("chunk-none", "RFC 9112 section 7.1", chunked("0\r\n\r\n"), ""),
        Case::accept(
            "chunk-of-one-byte-each",
            "RFC 9112 section 7.1",
            chunked("1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n"),
            "hello",
        ),
        Case::accept(
            "chunk-large",
            "RFC 9112 section 7.1",
            chunked(&format!("10000\r\n{kilobytes}\r\n0\r\n\r\n")),
            &kilobytes,
        ),
        Case::accept(
            "chunk-either-case",
            "RFC 9112 section 7.1",
            chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
            "01234567890123456789",
        ),
        Case::accept(
            "chunk-leading-zeros",
            "RFC 9112 section 7.1",
            chunked("0000005\r\nhello\r\n000\r\n\r\n"),
            "hello",
        ),
        Case::accept("chunk-extension", extensions, chunked("5;a=b;c\r\nhello\r\n0;d\r\n\r\n"), "hello"),
        Case::accept(
            "chunk-extension-quoted",
            extensions,
            chunked("5;a=\"b;\\\"c\"\r\nhello\r\n0\r\n\r\n"),
            "hello",
        ),
        Case::accept(
            "chunk-extension-spaces",
            "RFC 9112 section 7.1.1: BWS",
            chunked("5 ; a = b\r\nhello\r\n0\r\n\r\n"),
            "hello",
        ),
        Case::accept("chunk-trailer", trailers, chunked("5\r\nhello\r\n0\r\nA: x\r\n\r\n"), "hello"),
        Case::accept(
            "chunk-trailer-twice",
            "hyper#4107",
            chunked("5\r\nhello\r\n0\r\nA: x\r\nA: y\r\n\r\n"),
            "hello",
        ),
        Case::accept(
            "chunk-coding-either-case",
            "RFC 9112 section 7",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: CHunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello",
        ),
        Case::accept(
            "chunk-coding-in-a-list-with-gaps",
            "RFC 9110 section 5.6.1.2",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: , chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello",
        ),
    ]
}

/// These have no body, whatever their fields say.
fn bodiless() -> Vec<Case> {
    let rule = "RFC 9112 section 6.3";
    vec![
        Case::accept("head-with-length", rule, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "")
            .method("HEAD"),
        Case::accept("head-with-chunked", rule, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "")
            .method("HEAD"),
        Case::accept(
            "head-with-content-coding",
            "RFC 9110 section 9.3.2",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n",
            "",
        )
        .method("HEAD"),
        Case::accept("204", rule, b"HTTP/1.1 204 No Content\r\n\r\n", "").status(204),
        Case::accept("204-with-length", rule, b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "")
            .status(204),
        Case::accept(
            "204-with-chunked",
            rule,
            b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
            "",
        )
        .status(204),
        Case::accept("304-with-length", rule, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "")
            .status(304),
    ]
}

fn informational() -> Vec<Case> {
    let rule = "RFC 9110 section 15.2";
    let last = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let after = |informational: &str| format!("{informational}{last}");
    vec![
        Case::accept("100", rule, after("HTTP/1.1 100 Continue\r\n\r\n"), "hello"),
        Case::accept(
            "100-102-103",
            rule,
            after(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            ),
            "hello",
        ),
        Case::accept("199-unknown", rule, after("HTTP/1.1 199 Whatever\r\n\r\n"), "hello"),
        Case::accept(
            "100-with-length",
            "RFC 9112 section 6.3",
            after("HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\n"),
            "hello",
        ),
        Case::accept(
            "103-with-chunked",
            "RFC 9112 section 6.3",
            after("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "hello",
        ),
    ]
}

fn heads() -> Vec<Case> {
    let values = "RFC 9110 section 5.5";
    let many = "A: x\r\n".repeat(63);
    let long = "x".repeat(8_000);
    let obsolete = b"HTTP/1.1 200 d'accord \xe9\r\nA: \xff\xe9\r\nContent-Length: 5\r\n\r\nhello";
    vec![
        Case::accept(
            "reason-empty",
            "RFC 9112 section 4",
            b"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
        Case::accept(
            "status-unknown",
            "RFC 9110 section 15",
            b"HTTP/1.1 299 What\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        )
        .status(299),
        Case::accept("not-ascii", "RFC 9110 section 5.5: obs-text", obsolete, "hello"),
        Case::accept("field-empty", values, fields("A:\r\nContent-Length: 5"), "hello"),
        Case::accept("field-tab", values, fields("A: x\ty\r\nContent-Length: 5"), "hello"),
        Case::accept(
            "field-odd-name",
            "RFC 9110 section 5.6.2: tchar",
            fields("!#$%&'*+-.^_`|~0: x\r\nContent-Length: 5"),
            "hello",
        ),
        Case::accept("field-name-lower-case", "RFC 9110 section 5.1", fields("content-length: 5"), "hello"),
        Case::accept(
            "fields-64",
            "RFC 9110 section 5.4, within reason",
            fields(&format!("{many}Content-Length: 5")),
            "hello",
        ),
        Case::accept(
            "field-8000-bytes",
            "RFC 9112 section 3, by analogy",
            fields(&format!("A: {long}\r\nContent-Length: 5")),
            "hello",
        ),
        Case::accept(
            "upgrade-offered",
            "RFC 9110 section 7.8",
            fields("Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 5"),
            "hello",
        ),
    ]
}

/// What is asked next must go elsewhere.
fn connections() -> Vec<Case> {
    let options = "RFC 9112 section 9.6";
    let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
    vec![
        Case::accept(
            "chunked-beside-length",
            "RFC 9112 section 6.3",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello",
        )
        .not_reused(),
        Case::accept(
            "length-beside-chunked",
            "RFC 9112 section 6.3; hyper#4123",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello",
        )
        .not_reused(),
        Case::accept("close", options, fields("Connection: close\r\nContent-Length: 5"), "hello").not_reused(),
        Case::accept(
            "close-in-a-list",
            options,
            fields("Connection: keep-alive, foo, Close\r\nContent-Length: 5"),
            "hello",
        )
        .not_reused(),
        Case::accept(
            "http-1.0-is-not-kept",
            "RFC 9112 section 9.3",
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        )
        .not_reused(),
        Case::accept(
            "a-second-response-at-once",
            "RFC 9112 section 6.3; ureq#1198",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello{evil}"),
            "hello",
        )
        .not_reused(),
        Case::accept(
            "a-second-response-after-chunks",
            "RFC 9112 section 6.3",
            [&chunked("5\r\nhello\r\n0\r\n\r\n")[..], evil.as_bytes()].concat(),
            "hello",
        )
        .not_reused(),
        Case::accept(
            "a-body-behind-204",
            "RFC 9112 section 6.3",
            format!("HTTP/1.1 204 No Content\r\nContent-Length: 45\r\n\r\n{evil}"),
            "",
        )
        .status(204)
        .not_reused(),
    ]
}

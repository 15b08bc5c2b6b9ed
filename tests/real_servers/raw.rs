//! Responses of which a server changes not a byte.

/// What RFC 9112 allows, if not each sender may send it. All are status 200 and
/// [`PAGE`](super::PAGE).
pub(crate) const ALLOWED: &[(&str, &[u8])] = &[
    ("no-reason", b"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello"),
    ("no-reason-and-no-space", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"),
    ("a-reason-that-is-no-ascii", b"HTTP/1.1 200 \xe4\xf6\xfc\r\nContent-Length: 5\r\n\r\nhello"),
    ("a-value-that-is-no-ascii", b"HTTP/1.1 200 OK\r\nX: \xff\xfe\r\nContent-Length: 5\r\n\r\nhello"),
    ("spaces-and-tabs", b"HTTP/1.1 200 OK\r\nContent-Length: \t 5 \t \r\nX:\t\r\n\r\nhello"),
    ("no-spaces", b"HTTP/1.1 200 OK\r\nx:\r\ncOnTeNt-lEnGtH:5\r\n\r\nhello"),
    ("a-length-with-zeros", b"HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\nhello"),
    ("the-same-length-twice", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    ("an-end-is-the-length", b"HTTP/1.1 200 OK\r\n\r\nhello"),
    ("an-old-version", b"HTTP/1.0 200 OK\r\n\r\nhello"),
    ("chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    ("chunks-in-capitals", b"HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n005\r\nhello\r\n000\r\n\r\n"),
    (
        "chunks-with-extensions",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d e\";f\r\nhello\r\n0;g\r\n\r\n",
    ),
    (
        "trailers",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    ),
    (
        "hints",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 A\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ),
];

/// What RFC 9112 has a client take for an error, or is no complete response.
pub(crate) const FORBIDDEN: &[(&str, &[u8])] = &[
    ("two-lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    ("a-list-of-lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!"),
    ("a-length-with-a-sign", b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello"),
    ("a-length-of-no-digits", b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"),
    ("a-length-beyond-all", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello"),
    ("too-short", b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"),
    ("a-chunk-with-a-sign", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n"),
    (
        "a-chunk-beyond-all",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "a-chunk-that-does-not-end",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
    ),
    ("chunks-without-an-end", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    ("line-feeds-alone", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n"),
    (
        "chunks-within-chunks",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    ("a-coding-that-nobody-knows", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nhello"),
    (
        "chunks-in-an-old-version",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    ("a-space-before-the-colon", b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello"),
    ("a-line-without-a-colon", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nhello\r\n\r\nhello"),
    ("a-header-without-a-name", b"HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 5\r\n\r\nhello"),
    ("a-folded-line", b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"),
    ("a-zero-in-a-value", b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 5\r\n\r\nhello"),
    ("a-carriage-return-in-a-value", b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 5\r\n\r\nhello"),
    ("two-digits", b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello"),
    ("four-digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello"),
    ("another-version", b"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    ("no-head", b"hello"),
    ("half-a-head", b"HTTP/1.1 200 OK\r\nContent-Le"),
    (
        "a-switch-that-nobody-asked-for",
        b"HTTP/1.1 101 Switching\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nhello",
    ),
    ("hints-and-no-more", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
];

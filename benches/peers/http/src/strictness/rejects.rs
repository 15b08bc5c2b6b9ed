//! The responses that must be refused.
//!
//! Where an RFC leaves a choice (a bare LF, many blank lines, sizes), the source names whom the choice has hurt.

use super::case::Case;

/// A chunked response: the head, then these bytes.
fn chunked(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}").into_bytes()
}

/// A response with these fields, before a body of five bytes.
fn fields(fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nhello").into_bytes()
}

/// A response with this status line, well framed.
fn status_line(line: &str) -> Vec<u8> {
    format!("{line}\r\nContent-Length: 5\r\n\r\nhello").into_bytes()
}

/// A chunked body behind this Transfer-Encoding.
fn coded(fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n5\r\nhello\r\n0\r\n\r\n").into_bytes()
}

/// Every one of them.
pub fn all() -> Vec<Case> {
    let groups =
        [lengths(), chunks(), trailers(), codings(), informational(), status_lines(), head_lines(), sizes()];
    groups.into_iter().flatten().collect()
}

fn lengths() -> Vec<Case> {
    let rule = "RFC 9110 section 8.6";
    vec![
        Case::reject("length-plus", "RUSTSEC-2021-0078", fields("Content-Length: +5")),
        Case::reject("length-minus", "curl test 178", fields("Content-Length: -5")),
        Case::reject("length-hex", rule, fields("Content-Length: 0x5")),
        Case::reject("length-two-words", "curl test 394", fields("Content-Length: 5 5")),
        Case::reject("length-empty", rule, fields("Content-Length:")),
        Case::reject("length-letters", "curl test 768", fields("Content-Length: 5abc")),
        Case::reject("length-fraction", rule, fields("Content-Length: 5.0")),
        Case::reject("length-fullwidth-digit", rule, fields("Content-Length: \u{ff15}")),
        Case::reject("length-underscore", rule, fields("Content-Length: 0_5")),
        Case::reject("length-overflow", "curl test 393", fields("Content-Length: 18446744073709551621")),
        Case::reject(
            "length-differs-lines",
            "RFC 9112 section 6.3",
            fields("Content-Length: 5\r\nContent-Length: 6"),
        ),
        Case::reject("length-differs-list", "RFC 9112 section 6.3", fields("Content-Length: 5, 6")),
        Case::reject("length-list-of-nonsense", "RFC 9112 section 6.3", fields("Content-Length: 5, x")),
        Case::reject("length-longer-than-body", "RFC 9112 section 8", fields("Content-Length: 10")),
    ]
}

fn chunks() -> Vec<Case> {
    let rule = "RFC 9112 section 7.1";
    vec![
        Case::reject("chunk-plus", rule, chunked("+5\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-minus", rule, chunked("-5\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-0x", rule, chunked("0x5\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-space-before", rule, chunked(" 5\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-underscore", rule, chunked("0_5\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-no-hex", rule, chunked("g\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-nul", rule, chunked("5\0\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-size-missing", "hyper#3494", chunked("\r\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-extension-alone", "hyper#3494", chunked(";a=b\r\nhello\r\n0\r\n\r\n")),
        Case::reject(
            "chunk-overflow-17-digits",
            "RUSTSEC-2021-0079",
            chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"),
        ),
        Case::reject("chunk-overflow-16-digits", "RUSTSEC-2021-0079", chunked("ffffffffffffffff\r\nhello")),
        Case::reject("chunk-longer-than-said", "GHSA-vqfr-h8mv-ghfj", chunked("5\r\nhelloXX\r\n0\r\n\r\n")),
        Case::reject("chunk-end-is-no-crlf", "GHSA-vqfr-h8mv-ghfj", chunked("5\r\nhelloXX0\r\n\r\n")),
        Case::reject("chunk-end-missing", rule, chunked("5\r\nhello0\r\n\r\n")),
        Case::reject("chunk-bare-lf-after-size", "CVE-2025-22871", chunked("5\nhello\r\n0\r\n\r\n")),
        Case::reject("chunk-bare-lf-after-data", "CVE-2025-22871", chunked("5\r\nhello\n0\r\n\r\n")),
        Case::reject("chunk-bare-lf-after-last", "CVE-2025-22871", chunked("5\r\nhello\r\n0\n\n")),
        Case::reject("chunk-bare-cr-after-size", rule, chunked("5\rhello\r\n0\r\n\r\n")),
        Case::reject(
            "chunk-lf-in-extension",
            "aiohttp, its test of LF in extensions",
            chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"),
        ),
        Case::reject(
            "chunk-cr-in-extension",
            "RFC 9112 section 2.2",
            chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"),
        ),
        Case::reject("chunk-end-within-data", "RFC 9112 section 8", chunked("a\r\nhello")),
        Case::reject("chunk-end-within-size", "RFC 9112 section 8", chunked("5\r\nhello\r\n0")),
        Case::reject("chunk-no-last", "curl test 207", chunked("5\r\nhello\r\n")),
        Case::reject("chunk-last-without-0", "hyper 1.4.1, its changelog", chunked("5\r\nhello\r\n\r\n\r\n")),
    ]
}

fn trailers() -> Vec<Case> {
    vec![
        Case::reject("trailer-nul", "curl test 2106", chunked("5\r\nhello\r\n0\r\nA: x\0y\r\n\r\n")),
        Case::reject(
            "trailer-without-colon",
            "curl test 2106",
            chunked("5\r\nhello\r\n0\r\nnonsense\r\n\r\n"),
        ),
        Case::reject(
            "trailer-space-in-name",
            "RFC 9112 section 5.1",
            chunked("5\r\nhello\r\n0\r\nA b: x\r\n\r\n"),
        ),
        Case::reject("trailer-end-within", "RFC 9112 section 8", chunked("5\r\nhello\r\n0\r\nA: x")),
    ]
}

fn codings() -> Vec<Case> {
    let unasked = "RFC 9110 section 10.1.4: no TE was sent";
    let rule = "RFC 9112 section 6.1";
    vec![
        Case::reject("coding-gzip-chunked", unasked, coded("Transfer-Encoding: gzip, chunked")),
        Case::reject("coding-chunked-gzip", unasked, coded("Transfer-Encoding: chunked, gzip")),
        Case::reject("coding-chunked-twice", rule, coded("Transfer-Encoding: chunked, chunked")),
        Case::reject(
            "coding-chunked-twice-lines",
            rule,
            coded("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ),
        Case::reject(
            "coding-identity-and-chunked",
            "RUSTSEC-2021-0020",
            coded("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"),
        ),
        Case::reject(
            "coding-chunked-not-last",
            "RUSTSEC-2021-0020",
            coded("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        ),
        Case::reject("coding-xchunked", "CVE-2022-1705", coded("Transfer-Encoding: xchunked")),
        Case::reject("coding-vertical-tab", "curl test 1546", coded("Transfer-Encoding: \x0bchunked")),
        Case::reject("coding-quoted", rule, coded("Transfer-Encoding: \"chunked\"")),
        Case::reject("coding-two-words", rule, coded("Transfer-Encoding: chunked foo")),
        Case::reject(
            "coding-in-http-1.0",
            "RFC 9112 section 6.1; RUSTSEC-2026-0034",
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
    ]
}

fn informational() -> Vec<Case> {
    let hundreds = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000);
    vec![
        Case::reject(
            "101-unasked",
            "RFC 9110 section 7.8",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nhello",
        ),
        Case::reject("100-and-no-more", "curl test 1480", b"HTTP/1.1 100 Continue\r\n\r\n"),
        Case::reject(
            "100-without-end",
            "CVE-2021-3737",
            [&hundreds[..], b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"].concat(),
        ),
    ]
}

fn status_lines() -> Vec<Case> {
    let code = "RFC 9112 section 4; curl test 1429";
    let version = "RFC 9112 section 2.3";
    let hundred_digits = format!("HTTP/1.1 {} OK", "2".repeat(100));
    vec![
        Case::reject("status-two-digits", code, status_line("HTTP/1.1 99 OK")),
        Case::reject("status-099", code, status_line("HTTP/1.1 099 OK")),
        Case::reject("status-four-digits", code, status_line("HTTP/1.1 2000 OK")),
        Case::reject("status-minus", code, status_line("HTTP/1.1 -12 OK")),
        Case::reject("status-plus", code, status_line("HTTP/1.1 +20 OK")),
        Case::reject("status-overflow", "curl test 1433", status_line("HTTP/1.1 2000000200 OK")),
        Case::reject("status-hundred-digits", code, status_line(&hundred_digits)),
        Case::reject("status-letter", code, status_line("HTTP/1.1 20x OK")),
        Case::reject("status-glued-to-reason", code, status_line("HTTP/1.1 200OK")),
        Case::reject("status-missing", code, status_line("HTTP/1.1 OK")),
        Case::reject("version-2.0", version, status_line("HTTP/2.0 200 OK")),
        Case::reject("version-without-minor", version, status_line("HTTP/1 200 OK")),
        Case::reject("version-two-digits", version, status_line("HTTP/1.10 200 OK")),
        Case::reject("version-lower-case", version, status_line("http/1.1 200 OK")),
        Case::reject("version-icy", "curl, its ICY support", status_line("ICY 200 OK")),
        Case::reject("reason-nul", "RFC 9112 section 4", status_line("HTTP/1.1 200 O\0K")),
        Case::reject("http-0.9", "hyper, client_always_rejects_http09", b"hello"),
        Case::reject("another-protocol", "curl test 1433", b"SSH-2.0-OpenSSH_9.2\r\n"),
        Case::reject("nothing", "curl test 30", b""),
    ]
}

fn head_lines() -> Vec<Case> {
    let names = "RFC 9112 section 5.1";
    let values = "RFC 9110 section 5.5";
    vec![
        Case::reject("field-nul-in-value", values, fields("A: x\0y\r\nContent-Length: 5")),
        Case::reject("field-cr-in-value", "RFC 9112 section 2.2", fields("A: x\ry\r\nContent-Length: 5")),
        Case::reject("field-nul-in-name", names, fields("A\0b: x\r\nContent-Length: 5")),
        Case::reject("field-without-colon", "curl test 398", fields("nonsense\r\nContent-Length: 5")),
        Case::reject("field-without-name", names, fields(": x\r\nContent-Length: 5")),
        Case::reject("field-space-before-colon", names, fields("A: x\r\nContent-Length : 5")),
        Case::reject("field-space-in-name", names, fields("A b: x\r\nContent-Length: 5")),
        Case::reject("field-bracket-in-name", names, fields("A[b]: x\r\nContent-Length: 5")),
        Case::reject("field-non-ascii-name", names, fields("\u{c4}: x\r\nContent-Length: 5")),
        Case::reject(
            "field-bare-lf",
            "RFC 9112 section 2.2; picohttpparser#82",
            fields("A: x\nContent-Length: 5"),
        ),
        Case::reject(
            "head-bare-lf-throughout",
            "RFC 9112 section 2.2; picohttpparser#82",
            b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        ),
        Case::reject(
            "head-bare-cr-throughout",
            "RFC 9112 section 2.2",
            b"HTTP/1.1 200 OK\rContent-Length: 5\r\rhello",
        ),
        Case::reject("head-end-within", "RFC 9112 section 8", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"),
    ]
}

/// No limit stands in an RFC, but who has none can be made to hold everything in memory.
fn sizes() -> Vec<Case> {
    let megabyte = "x".repeat(1 << 20);
    let lines =
        "A: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n".repeat(16_384);
    let extensions = format!("1;{}\r\nx\r\n", "y".repeat(1_000)).repeat(1_000);
    vec![
        Case::reject(
            "size-field-value",
            "CVE-2023-38039",
            fields(&format!("A: {megabyte}\r\nContent-Length: 5")),
        ),
        Case::reject("size-fields", "CVE-2023-38039", fields(&format!("{lines}Content-Length: 5"))),
        Case::reject(
            "size-leading-blank-lines",
            "RFC 9112 section 2.2 has them before requests alone",
            ["\r\n".repeat(10_000).as_bytes(), &status_line("HTTP/1.1 200 OK")].concat(),
        ),
        Case::reject(
            "size-chunk-extension",
            "hyper#3495; CVE-2023-39326",
            chunked(&format!("5;{megabyte}\r\nhello\r\n0\r\n\r\n")),
        ),
        Case::reject("size-chunk-extensions", "CVE-2023-39326", chunked(&format!("{extensions}0\r\n\r\n"))),
        Case::reject(
            "size-trailer",
            "hyper, TRAILER_LIMIT",
            chunked(&format!("5\r\nhello\r\n0\r\nA: {megabyte}\r\n\r\n")),
        ),
        Case::reject("size-trailers", "hyper#4108", chunked(&format!("5\r\nhello\r\n0\r\n{lines}\r\n"))),
    ]
}

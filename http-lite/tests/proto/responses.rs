//! A table of responses. Wherever a response is cut, it must decode to the same events; wherever it ends, the reader
//! must know whether that was the end.

use crate::trace::{Ending, trace, trace_of};
use http::Method;
use http_lite::Limits;

/// A response, and what it must decode to.
struct Case {
    /// What is special about it.
    name: &'static str,
    method: Method,
    response: &'static str,
    trace: &'static [&'static str],
}

/// A response to `GET`.
const fn get(name: &'static str, response: &'static str, trace: &'static [&'static str]) -> Case {
    Case { name, method: Method::GET, response, trace }
}

const fn to(
    method: Method,
    name: &'static str,
    response: &'static str,
    trace: &'static [&'static str],
) -> Case {
    Case { name, method, response, trace }
}

const WHOLE: &[Case] = &[
    get(
        "a length",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        &["head 200 Length(5)", "body hello", "end KeepAlive"],
    ),
    get(
        "a length of zero",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        &["head 200 Length(0)", "end KeepAlive"],
    ),
    get(
        "a length with zeroes in front and white space around",
        "HTTP/1.1 200 OK\r\nContent-Length:\t 003 \r\n\r\nabc",
        &["head 200 Length(3)", "body abc", "end KeepAlive"],
    ),
    get(
        "the same length twice, in a line of its own",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        &["head 200 Length(2)", "body ab", "end KeepAlive"],
    ),
    get(
        "the same length twice, in a list",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab",
        &["head 200 Length(2)", "body ab", "end KeepAlive"],
    ),
    get(
        "a body that looks like a head",
        "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        &["head 200 Length(19)", r"body HTTP/1.1 200 OK\r\n\r\n", "end KeepAlive"],
    ),
    get(
        "no reason, and not even the space before it",
        "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Length(1)", "body x", "end KeepAlive"],
    ),
    get(
        "a reason in Latin-1 and a value too",
        "HTTP/1.1 404 \u{e9}\r\nContent-Length: 0\r\nX: \u{e9}\r\n\r\n",
        &["head 404 Length(0)", "end KeepAlive"],
    ),
    get(
        "a status that means nothing",
        "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        &["head 999 Length(0)", "end KeepAlive"],
    ),
    get(
        "empty lines before the head",
        "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Length(1)", "body x", "end KeepAlive"],
    ),
    get(
        "the server closes afterwards",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Length(1)", "body x", "end Close(ServerCloses)"],
    ),
    get(
        "HTTP/1.0 with a length",
        "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Length(1)", "body x", "end Close(Http10)"],
    ),
    get(
        "HTTP/1.0 that would stay",
        "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Length(1)", "body x", "end KeepAlive"],
    ),
    get(
        "a list of codings with nothing beside the one (RFC 9110 section 5.6.1.2)",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: , chunked ,\r\nTransfer-Encoding:\r\n\r\n1\r\na\r\n0\r\n\r\n",
        &["head 200 Chunked", "body a", "end KeepAlive"],
    ),
    get(
        "chunks",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        &["head 200 Chunked", "body abcde", "end KeepAlive"],
    ),
    get(
        "no chunk but the last",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        &["head 200 Chunked", "end KeepAlive"],
    ),
    get(
        "a chunk size in both cases of letters, with zeroes in front",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00a\r\n0123456789\r\nB\r\n0123456789x\r\n000\r\n\r\n",
        &["head 200 Chunked", "body 01234567890123456789x", "end KeepAlive"],
    ),
    get(
        "chunks whose data holds line ends",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
        &["head 200 Chunked", r"body \r\n\r\n0\r\n\r\n", "end KeepAlive"],
    ),
    get(
        "chunk extensions with white space, a quoted string, and on the last chunk too",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 ; a=\"b;c\"\r\nx\r\n1;\r\ny\r\n0;last\r\n\r\n",
        &["head 200 Chunked", "body xy", "end KeepAlive"],
    ),
    get(
        "a chunk size that is padded",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1  \t\r\nx\r\n0 \r\n\r\n",
        &["head 200 Chunked", "body x", "end KeepAlive"],
    ),
    get(
        "trailers, one of them twice",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: 1\r\nB:\r\na: 2\r\n\r\n",
        &["head 200 Chunked", "body x", "end KeepAlive a=1 a=2 b="],
    ),
    get(
        "chunks and a length",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        &["head 200 Chunked", "body x", "end Close(TransferEncodingAndLength)"],
    ),
    get(
        "everything until the end",
        "HTTP/1.1 200 OK\r\n\r\nall of it\r\n",
        &["head 200 ToClose", r"body all of it\r\n", "end Close(BodyToClose)"],
    ),
    get("nothing until the end", "HTTP/1.0 200 OK\r\n\r\n", &["head 200 ToClose", "end Close(BodyToClose)"]),
    get("204", "HTTP/1.1 204 No Content\r\n\r\n", &["head 204 Empty", "end KeepAlive"]),
    get(
        "204 with a length",
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        &["head 204 Empty", "end KeepAlive"],
    ),
    get(
        "304 with chunks announced",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        &["head 304 Empty", "end KeepAlive"],
    ),
    to(
        Method::HEAD,
        "HEAD with a length",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        &["head 200 Empty", "end KeepAlive"],
    ),
    to(Method::HEAD, "HEAD without one", "HTTP/1.1 200 OK\r\n\r\n", &["head 200 Empty", "end KeepAlive"]),
    to(
        Method::CONNECT,
        "a tunnel",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        &["head 200 Empty", "end Close(Tunnel)"],
    ),
    to(
        Method::CONNECT,
        "a refused tunnel",
        "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno",
        &["head 403 Length(2)", "body no", "end KeepAlive"],
    ),
    get(
        "informational heads before the final one, one with a length",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nContent-Length: 9\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        &[
            "informational 100",
            "informational 102",
            "informational 103",
            "head 200 Length(1)",
            "body x",
            "end KeepAlive",
        ],
    ),
];

const BROKEN: &[Case] = &[
    get(
        "more than the length",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc",
        &["head 200 Length(2)", "body ab", "end KeepAlive", "error BodyTooLong"],
    ),
    get(
        "more than the last chunk",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n",
        &["head 200 Chunked", "end KeepAlive", "error BodyTooLong"],
    ),
    to(
        Method::HEAD,
        "a body after HEAD",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        &["head 200 Empty", "end KeepAlive", "error BodyTooLong"],
    ),
    get("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", &["error NotHttp"]),
    get("HTTP/0.9", "<html>hello</html>", &["error NotHttp"]),
    get("ICY", "ICY 200 OK\r\n\r\n", &["error NotHttp"]),
    get("a lower-case version", "http/1.1 200 OK\r\n\r\n", &["error NotHttp"]),
    get("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", &["error UnsupportedVersion { version: \"1.2\" }"]),
    get("HTTP/2", "HTTP/2 200\r\n\r\n", &["error UnsupportedVersion { version: \"2\" }"]),
    get(
        "a version without an end",
        "HTTP/1.100000000000000000",
        &["error UnsupportedVersion { version: \"1.10000000000000\" }"],
    ),
    get(
        "a status with too many digits",
        "HTTP/1.1 2000 OK\r\n\r\n",
        &["error BadStatusLine { line: \"HTTP/1.1 2000 OK\" }"],
    ),
    get(
        "a status below 100",
        "HTTP/1.1 099 OK\r\n\r\n",
        &["error BadStatusLine { line: \"HTTP/1.1 099 OK\" }"],
    ),
    get("no status", "HTTP/1.1\r\n\r\n", &["error BadStatusLine { line: \"HTTP/1.1\" }"]),
    get("two spaces", "HTTP/1.1  200 OK\r\n\r\n", &["error BadStatusLine { line: \"HTTP/1.1  200 OK\" }"]),
    get(
        "a line feed alone after the status line",
        "HTTP/1.1 200 OK\nA: b\r\n\r\n",
        &["error BareLineFeed { section: Head }"],
    ),
    get("a line feed alone at the end", "HTTP/1.1 200 OK\r\n\n", &["error BareLineFeed { section: Head }"]),
    get("a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", &["error FoldedLine { section: Head }"]),
    get(
        "a line without a colon",
        "HTTP/1.1 200 OK\r\nGood: 1\r\nbad\r\n\r\n",
        &["error BadField { section: Head, line: \"bad\" }"],
    ),
    get(
        "a carriage return in a value",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        &["error BadField { section: Head, line: \"A: b\\rc\" }"],
    ),
    get(
        "five empty lines before the head",
        "\r\n\r\n\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        &["error TooManyBlankLines { limit: 4 }"],
    ),
    get("101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", &["error UnexpectedUpgrade"]),
    get(
        "a length with a sign",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        &["error BadContentLength { value: \"+5\" }"],
    ),
    get(
        "two lengths",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        &["error ConflictingContentLengths { first: 5, second: 6 }"],
    ),
    get(
        "an unknown coding",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        &["error BadTransferEncoding { value: \"gzip, chunked\" }"],
    ),
    get(
        "chunks in HTTP/1.0",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &["error TransferEncodingInHttp10"],
    ),
    get(
        "a chunk size that is none",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n-1\r\n",
        &["head 200 Chunked", "body x", "error BadChunkSize { byte: 45 }"],
    ),
    get(
        "a chunk size of 17 digits",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000001\r\nx\r\n0\r\n\r\n",
        &["head 200 Chunked", "error ChunkTooLarge"],
    ),
    get(
        "a control character in an extension",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\0\r\nx\r\n0\r\n\r\n",
        &["head 200 Chunked", "error BadChunkExtension { byte: 0 }"],
    ),
    get(
        "a chunk longer than its size",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
        &["head 200 Chunked", "body x", "error BadChunkEnd { byte: 121 }"],
    ),
    get(
        "a trailer without a colon",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nbad\r\n\r\n",
        &["head 200 Chunked", "error BadField { section: Trailers, line: \"bad\" }"],
    ),
    get(
        "a folded trailer",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n A: b\r\n\r\n",
        &["head 200 Chunked", "error FoldedLine { section: Trailers }"],
    ),
    get(
        "a line feed alone in the trailers",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n",
        &["head 200 Chunked", "error BareLineFeed { section: Trailers }"],
    ),
];

impl Case {
    fn trace(&self, pieces: &[&[u8]], ending: Ending) -> Vec<String> {
        trace_of(&self.method, &Limits::default(), pieces, ending)
    }

    fn bytes(&self) -> &[u8] {
        self.response.as_bytes()
    }
}

fn cases() -> impl Iterator<Item = &'static Case> {
    WHOLE.iter().chain(BROKEN)
}

#[test]
fn every_response_decodes_to_its_events() {
    for case in cases() {
        assert_eq!(case.trace(&[case.bytes()], Ending::Closed), case.trace, "{}", case.name);
    }
}

#[test]
fn a_response_cut_in_two_anywhere_decodes_to_the_same_events() {
    for case in cases() {
        for cut in 0..=case.bytes().len() {
            let (first, second) = case.bytes().split_at(cut);
            let trace = case.trace(&[first, second], Ending::Closed);
            assert_eq!(trace, case.trace, "{}, cut at {cut}", case.name);
        }
    }
}

#[test]
fn a_response_cut_in_three_anywhere_decodes_to_the_same_events() {
    for case in cases() {
        for second in 0..=case.bytes().len() {
            let (beginning, end) = case.bytes().split_at(second);
            for first in 0..second {
                let (beginning, middle) = beginning.split_at(first);
                let trace = case.trace(&[beginning, middle, end], Ending::Closed);
                assert_eq!(trace, case.trace, "{}, cut at {first} and {second}", case.name);
            }
        }
    }
}

#[test]
fn a_response_that_comes_byte_by_byte_decodes_to_the_same_events() {
    for case in cases() {
        let pieces: Vec<&[u8]> = case.bytes().chunks(1).collect();
        assert_eq!(case.trace(&pieces, Ending::Closed), case.trace, "{}", case.name);
    }
}

#[test]
fn a_response_is_over_at_its_last_byte_and_not_when_the_stream_ends() {
    for case in WHOLE {
        let mut expected = case.trace.to_vec();
        if expected.pop_if(|last| *last == "end Close(BodyToClose)").is_some() {
            expected.push("waits");
        }
        assert_eq!(case.trace(&[case.bytes()], Ending::Open), expected, "{}", case.name);
    }
}

/// What the end of the stream must mean after `length` bytes of a whole response: worked out from lengths alone,
/// without a decoder.
fn verdict_on_end(case: &Case, length: usize) -> String {
    let blank_lines = case.response.len() - case.response.trim_start().len();
    let informational = case.trace.iter().filter(|line| line.starts_with("informational")).count();
    let empty_lines = case.response[blank_lines..].match_indices("\r\n\r\n");
    let body = blank_lines + empty_lines.map(|(at, _)| at + 4).nth(informational).unwrap();
    let end = case.trace.last().unwrap().to_string();
    if length <= blank_lines && length.is_multiple_of(2) {
        "error ClosedBeforeHead".to_owned()
    } else if length < body {
        "error ClosedInsideHead".to_owned()
    } else if length == case.response.len() || end == "end Close(BodyToClose)" {
        end
    } else if case.trace.iter().any(|line| line.contains("Chunked")) {
        "error Closed".to_owned()
    } else {
        let announced = case.response.len() - body;
        format!("error BodyTooShort {{ announced: {announced}, received: {} }}", length - body)
    }
}

#[test]
fn a_stream_that_ends_early_is_never_taken_for_a_whole_response() {
    for case in WHOLE {
        for length in 0..=case.bytes().len() {
            let trace = case.trace(&[&case.bytes()[..length]], Ending::Closed);
            let expected = verdict_on_end(case, length);
            let last = trace.last().unwrap();
            assert!(last.starts_with(&expected), "{}: {last} and not {expected} after {length}", case.name);
        }
    }
}

#[test]
fn a_broken_response_that_ends_early_is_an_error_too() {
    for case in BROKEN {
        let at_end = case.trace.iter().any(|line| line.starts_with("end "));
        for length in 0..case.bytes().len() {
            let trace = case.trace(&[&case.bytes()[..length]], Ending::Closed);
            let last = trace.last().unwrap();
            let expected = last.starts_with("error Closed")
                || last.starts_with("error BodyTooShort")
                || last == case.trace.last().unwrap()
                || (at_end && last.starts_with("end "));
            assert!(expected, "{}: {last} after {length}", case.name);
        }
    }
}

#[test]
fn a_chunked_body_says_where_it_was_cut_off() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const BODY: &[u8] = b"2\r\nab\r\n0\r\nA: b\r\n\r\n";
    let ends = [
        (0..=2, "error ClosedBeforeLastChunk"),
        (3..=3, "error ClosedInsideChunk { missing: 2 }"),
        (4..=4, "error ClosedInsideChunk { missing: 1 }"),
        (5..=6, "error ClosedInsideChunk { missing: 0 }"),
        (7..=9, "error ClosedBeforeLastChunk"),
        (10..=17, "error ClosedInsideTrailers"),
        (18..=18, "end KeepAlive a=b"),
    ];
    for (lengths, expected) in ends {
        for length in lengths {
            let response = [HEAD.as_bytes(), &BODY[..length]].concat();
            assert_eq!(trace(response).last().unwrap(), expected, "after {length} bytes");
        }
    }
}

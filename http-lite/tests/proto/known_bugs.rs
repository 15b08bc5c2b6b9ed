//! What other clients got wrong. Each test cites where.

use crate::trace::{Ending, feed, trace_of};
use http::Method;
use http_lite::Limits;

/// The longest response that is also cut in three: there are as many ways as the square of its length.
const MAX_CUT_IN_THREE: usize = 300;

fn cut_in_three(method: &Method, limits: &Limits, response: &[u8], ending: Ending, whole: &[String]) {
    for second in 0..=response.len() {
        let (beginning, end) = response.split_at(second);
        for first in 0..second {
            let (beginning, middle) = beginning.split_at(first);
            let trace = trace_of(method, limits, &[beginning, middle, end], ending);
            assert_eq!(trace, whole, "cut at {first} and {second}");
        }
    }
}

/// The trace of a response, which is the same wherever the response is cut in two, and in three if it is short.
fn cut_anywhere(method: &Method, limits: &Limits, response: &[u8], ending: Ending) -> Vec<String> {
    let whole = trace_of(method, limits, &[response], ending);
    // Of the few that are very long, every so many bytes.
    for cut in (0..=response.len()).step_by(1 + response.len() * response.len() / 8_000_000) {
        let (first, second) = response.split_at(cut);
        assert_eq!(trace_of(method, limits, &[first, second], ending), whole, "cut at {cut}");
    }
    if response.len() <= MAX_CUT_IN_THREE {
        cut_in_three(method, limits, response, ending, &whole);
    }
    whole
}

/// The trace of a response to `GET` after which the connection is closed, cut anywhere.
fn trace(response: impl AsRef<[u8]>) -> Vec<String> {
    cut_anywhere(&Method::GET, &Limits::default(), response.as_ref(), Ending::Closed)
}

/// The trace of a response to `GET` after which the connection stays open, cut anywhere.
fn trace_open(response: impl AsRef<[u8]>) -> Vec<String> {
    cut_anywhere(&Method::GET, &Limits::default(), response.as_ref(), Ending::Open)
}

/// The last line of the trace of a response to `GET`, which is the same wherever the response is cut.
fn last(response: impl AsRef<[u8]>) -> String {
    trace(response).into_iter().next_back().unwrap()
}

/// The last line of the trace of a response with these header lines and this body.
fn last_of(headers: &str, body: &str) -> String {
    last(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}"))
}

/// The last line of the trace of a chunked response.
fn last_of_chunks(body: &str) -> String {
    last_of("Transfer-Encoding: chunked", body)
}

/// The trace of a `GET` under other limits, in one piece, cut anywhere and byte by byte.
fn limited(change: impl Fn(&mut Limits), response: &str) -> Vec<String> {
    let mut limits = Limits::default();
    change(&mut limits);
    let whole = cut_anywhere(&Method::GET, &limits, response.as_bytes(), Ending::Closed);
    let pieces: Vec<&[u8]> = response.as_bytes().chunks(1).collect();
    assert_eq!(trace_of(&Method::GET, &limits, &pieces, Ending::Closed), whole, "byte by byte");
    whole
}

/// RUSTSEC-2021-0078 (CVE-2021-32715); curl tests 178, 394, 415 and 768.
#[test]
fn a_content_length_is_digits_and_nothing_else() {
    for value in ["+5", "-5", "0x5", "5 5", "5x", "", ",", "5,", "5.0", "\u{665}", "1_0"] {
        let last = last_of(&format!("Content-Length: {value}"), "hello");
        assert!(last.starts_with("error BadContentLength"), "{value:?}: {last}");
    }
}

/// curl tests 393 and 395; h11#181.
#[test]
fn a_content_length_beyond_64_bits_is_an_error() {
    let largest = last_of("Content-Length: 18446744073709551615", "x");
    assert_eq!(largest, "error BodyTooShort { announced: 18446744073709551615, received: 1 }");
    let larger = last_of("Content-Length: 18446744073709551616", "x");
    assert_eq!(larger, "error BadContentLength { value: \"18446744073709551616\" }");
}

/// curl test 771.
#[test]
fn content_lengths_that_differ_are_an_error_and_equal_ones_are_not() {
    let conflict = "error ConflictingContentLengths { first: 5, second: 6 }";
    assert_eq!(last_of("Content-Length: 5, 6", "hello"), conflict);
    assert_eq!(last_of("Content-Length: 5\r\nContent-Length: 6", "hello"), conflict);
    assert_eq!(last_of("Content-Length: 5,5\r\nContent-Length: 5", "hello"), "end KeepAlive");
}

/// RUSTSEC-2021-0079 (CVE-2021-32714).
#[test]
fn a_chunk_size_cannot_overflow() {
    assert_eq!(last_of_chunks("fffffffffffffffff\r\nx"), "error ChunkTooLarge");
    assert_eq!(last_of_chunks("10000000000000000\r\nx"), "error ChunkTooLarge");
    let largest = last_of_chunks("ffffffffffffffff\r\nx");
    assert_eq!(largest, "error ClosedInsideChunk { missing: 18446744073709551614 }");
}

/// RUSTSEC-2021-0020 (CVE-2021-21299); curl tests 1722 and 1723.
#[test]
fn several_transfer_encodings_are_an_error() {
    for headers in [
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, gzip",
    ] {
        let last = last_of(headers, "0\r\n\r\n");
        assert!(last.starts_with("error BadTransferEncoding"), "{headers}: {last}");
    }
}

/// CVE-2022-1705; curl tests 1546 and 2119.
#[test]
fn what_only_resembles_chunked_is_an_error() {
    for value in ["xchunked", "chunkedx", "chunked;q=1", "\"chunked\"", "identity", ",", ""] {
        let last = last_of(&format!("Transfer-Encoding: {value}"), "0\r\n\r\n");
        assert!(last.starts_with("error BadTransferEncoding"), "{value}: {last}");
    }
    let vertical_tab = last_of("Transfer-Encoding: \x0bchunked", "0\r\n\r\n");
    assert_eq!(vertical_tab, r#"error BadField { section: Head, line: "Transfer-Encoding: \x0bchunked" }"#);
}

/// RFC 9110 section 5.6.1.2; hyper takes the last two for a body that ends with the connection.
#[test]
fn an_empty_element_beside_chunked_counts_for_nothing() {
    for headers in [
        "Transfer-Encoding: , chunked",
        "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: ,",
    ] {
        assert_eq!(last_of(headers, "0\r\n\r\n"), "end KeepAlive", "{headers}");
    }
}

/// CVE-2026-2835.
#[test]
fn a_transfer_encoding_in_http_1_0_is_an_error() {
    let response = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(last(response), "error TransferEncodingInHttp10");
}

/// hyper#4123; curl test 1715.
#[test]
fn chunks_count_more_than_a_length_and_the_connection_is_not_used_again() {
    for headers in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: chunked\r\nContent-Length: nonsense",
    ] {
        let last = last_of(headers, "0\r\n\r\n");
        assert_eq!(last, "end Close(TransferEncodingAndLength)", "{headers}");
    }
}

/// hyper#3494.
#[test]
fn a_chunk_size_has_at_least_one_digit() {
    for body in
        ["\r\nx\r\n0\r\n\r\n", ";ext\r\nx\r\n", " 5\r\nhello\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n"]
    {
        let last = last_of_chunks(body);
        assert!(last.starts_with("error BadChunkSize"), "{body:?}: {last}");
    }
    assert_eq!(last_of_chunks("1\r\nx\r\n\r\n\r\n"), "error BadChunkSize { byte: 13 }");
}

/// GHSA-vqfr-h8mv-ghfj (CVE-2025-43859).
#[test]
fn the_data_of_a_chunk_is_followed_by_a_line_end() {
    assert_eq!(last_of_chunks("1\r\nxab0\r\n\r\n"), "error BadChunkEnd { byte: 97 }");
    assert_eq!(last_of_chunks("1\r\nx\n0\r\n\r\n"), "error BadChunkEnd { byte: 10 }");
    assert_eq!(last_of_chunks("1\r\nx\rb0\r\n\r\n"), "error BadChunkEnd { byte: 98 }");
}

/// CVE-2025-22871; picohttpparser#82.
#[test]
fn a_bare_line_feed_does_not_end_a_chunk_size() {
    assert_eq!(last_of_chunks("1\nx\r\n0\r\n\r\n"), "error BadChunkSize { byte: 10 }");
    assert_eq!(last_of_chunks("1 \nx\r\n0\r\n\r\n"), "error BadChunkSize { byte: 10 }");
    assert_eq!(last_of_chunks("1\rx\r\n0\r\n\r\n"), "error BadChunkSize { byte: 120 }");
}

/// aiohttp's `test_parse_chunked_payload_with_lf_in_extensions`.
#[test]
fn a_bare_line_feed_does_not_end_a_chunk_extension() {
    assert_eq!(last_of_chunks("1;a\nb\r\nx\r\n0\r\n\r\n"), "error BadChunkExtension { byte: 10 }");
}

/// CVE-2023-39326; hyper#3495. In hyper too the limit is for all chunks together.
#[test]
fn chunk_extensions_have_a_limit_and_it_is_exact() {
    let response =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;abc\r\nx\r\n1 ;a\r\ny\r\n0\r\n\r\n";
    let whole = limited(|limits| limits.chunk_extension_bytes = 7, response);
    assert_eq!(whole, ["head 200 Chunked", "body xy", "end KeepAlive"]);
    let limited = limited(|limits| limits.chunk_extension_bytes = 6, response);
    assert_eq!(limited, ["head 200 Chunked", "body x", "error ChunkExtensionsTooLarge { limit: 6 }"]);
}

/// hyper#3637.
#[test]
fn trailers_have_a_limit_in_bytes_and_it_is_exact() {
    let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\n\r\n";
    let whole = limited(|limits| limits.trailer_bytes = 8, response);
    assert_eq!(whole, ["head 200 Chunked", "end KeepAlive a=1"]);
    let limited = limited(|limits| limits.trailer_bytes = 7, response);
    assert_eq!(limited, ["head 200 Chunked", "error TooLarge { section: Trailers, limit: 7 }"]);
}

/// hyper#4108, where it was off by one.
#[test]
fn trailers_have_a_limit_in_number_and_it_is_exact() {
    let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 2\r\n\r\n";
    let whole = limited(|limits| limits.headers = 2, response);
    assert_eq!(whole, ["head 200 Chunked", "end KeepAlive a=1 b=2"]);
    let limited = limited(|limits| limits.headers = 1, response);
    assert_eq!(limited, ["head 200 Chunked", "error TooManyFields { section: Trailers, limit: 1 }"]);
}

/// curl test 2106.
#[test]
fn a_malformed_trailer_is_an_error() {
    for line in ["a\0b: c", "a: b\0c", "nothing", ": b", "a : b"] {
        let last = last_of_chunks(&format!("0\r\n{line}\r\n\r\n"));
        assert!(last.starts_with("error BadField { section: Trailers"), "{line:?}: {last}");
    }
}

/// hyper#4107 and hyper#4118.
#[test]
fn a_repeated_trailer_keeps_all_its_values() {
    assert_eq!(last_of_chunks("0\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n"), "end KeepAlive a=1 a=3 b=2");
}

/// curl test 207; ureq#1074, which takes the second of these for an end.
#[test]
fn a_chunked_body_ends_with_the_empty_line_and_not_before() {
    assert_eq!(last_of_chunks("1\r\nx\r\n"), "error ClosedBeforeLastChunk");
    assert_eq!(last_of_chunks("1\r\nx\r\n0\r\n"), "error ClosedInsideTrailers");
}

/// attohttpc, minreq and async-h1 call this a success.
#[test]
fn a_body_shorter_than_announced_is_an_error_with_both_numbers() {
    assert_eq!(last_of("Content-Length: 5", "hell"), "error BodyTooShort { announced: 5, received: 4 }");
}

/// hyper#3795; urllib3's `TestHEAD`.
#[test]
fn a_response_without_a_body_has_none_whatever_its_headers_say() {
    for headers in ["Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: nonsense"] {
        for (method, status) in [(Method::HEAD, 200), (Method::GET, 204), (Method::GET, 304)] {
            let response = format!("HTTP/1.1 {status} X\r\n{headers}\r\n\r\n");
            let trace = cut_anywhere(&method, &Limits::default(), response.as_bytes(), Ending::Open);
            assert_eq!(trace, [format!("head {status} Empty"), "end KeepAlive".to_owned()], "{headers}");
        }
    }
}

/// ureq#1198; hyper's `client_pipeline_responses_extra`; CVE-2026-6733 for those that come later.
#[test]
fn what_follows_a_response_is_an_error_and_never_a_part_of_the_body() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let expected = ["head 200 Length(5)", "body hello", "end KeepAlive", "error BodyTooLong"];
    assert_eq!(trace([&response[..], evil].concat()), expected);
    assert_eq!(trace_open([&response[..], evil].concat()), expected);
}

/// ureq#1139; ureq-proto's `multiple_1xx_responses_in_sequence`.
#[test]
fn informational_responses_are_not_the_response() {
    let response = "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 103 B\r\n\r\nHTTP/1.1 204 C\r\n\r\n";
    assert_eq!(
        trace(response),
        ["informational 100", "informational 103", "head 204 Empty", "end KeepAlive"]
    );
}

/// CVE-2021-3737.
#[test]
fn informational_responses_have_a_limit_and_it_is_exact() {
    let two = "HTTP/1.1 100 A\r\n\r\n".repeat(2) + "HTTP/1.1 204 B\r\n\r\n";
    let whole = limited(|limits| limits.informational = 2, &two);
    assert_eq!(whole.last().unwrap(), "end KeepAlive");
    let limited = limited(|limits| limits.informational = 1, &two);
    assert_eq!(limited, ["informational 100", "error TooManyInformational { limit: 1 }"]);
}

/// minreq waits for a body of this length.
#[test]
fn a_length_in_an_informational_response_counts_for_nothing() {
    let response = "HTTP/1.1 103 A\r\nContent-Length: 40\r\n\r\nHTTP/1.1 204 B\r\n\r\n";
    assert_eq!(trace(response), ["informational 103", "head 204 Empty", "end KeepAlive"]);
}

/// curl tests 158 and 1480.
#[test]
fn an_informational_response_and_then_the_end_is_an_error() {
    assert_eq!(last("HTTP/1.1 100 Continue\r\n\r\n"), "error ClosedInsideHead");
}

/// CVE-2026-2833 for the other direction; hyper and curl return it.
#[test]
fn a_switch_of_protocols_that_nobody_asked_for_is_an_error() {
    assert_eq!(last("HTTP/1.1 101 A\r\nUpgrade: notupgrade\r\n\r\nraw"), "error UnexpectedUpgrade");
}

/// CVE-2023-38039; hyper#4093. The second also stands for aiohttp's limit that pieces of a line could pass.
#[test]
fn a_head_has_a_limit_for_all_its_lines_together_and_it_is_exact() {
    let response = "HTTP/1.1 204 A\r\nB: c\r\nD: e\r\n\r\n";
    let length = response.len();
    let whole = limited(|limits| limits.head_bytes = length, response);
    assert_eq!(whole, ["head 204 Empty", "end KeepAlive"]);
    let limited = limited(|limits| limits.head_bytes = length - 1, response);
    assert_eq!(limited, [format!("error TooLarge {{ section: Head, limit: {} }}", length - 1)]);
}

/// CVE-2023-38039.
#[test]
fn a_head_that_does_not_end_is_refused_as_soon_as_it_fills_the_limit() {
    let endless = "HTTP/1.1 200 OK\r\nA: ".to_owned() + &"a".repeat(64 * 1024);
    let (within, beyond) = (&endless.as_bytes()[..65_535], &endless.as_bytes()[..65_536]);
    assert_eq!(trace_open(within), ["waits"]);
    assert_eq!(trace_open(beyond), ["error TooLarge { section: Head, limit: 65536 }"]);
}

/// curl tests 497 and 747.
#[test]
fn headers_have_a_limit_in_number_and_it_is_exact() {
    let of = |count| format!("HTTP/1.1 204 A\r\n{}\r\n", "a:\r\n".repeat(count));
    assert_eq!(last(of(100)), "end KeepAlive");
    assert_eq!(last(of(101)), "error TooManyFields { section: Head, limit: 100 }");
}

/// The map of the headers has a limit of its own, beyond which it would panic.
#[test]
fn a_limit_of_headers_that_is_far_too_high_is_still_no_panic() {
    let mut limits = Limits::default();
    limits.headers = usize::MAX;
    limits.head_bytes = usize::MAX;
    let response: String = (0..40_000).map(|number| format!("h{number}:\r\n")).collect();
    let response = format!("HTTP/1.1 204 A\r\n{response}\r\n");
    let trace = trace_of(&Method::GET, &limits, &[response.as_bytes()], Ending::Open);
    assert!(trace[0].starts_with("error TooManyFields"), "{trace:?}");
}

/// hyper#3811.
#[test]
fn no_beginning_of_a_head_is_a_panic() {
    let response = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    for length in 0..response.len() {
        let expected = if length == 0 { "error ClosedBeforeHead" } else { "error ClosedInsideHead" };
        assert_eq!(trace(&response[..length]), [expected], "after {length} bytes");
    }
}

/// curl tests 262 and 2105; WPT's lone carriage returns.
#[test]
fn control_characters_in_a_head_are_an_error() {
    for byte in (0..=0x1f).chain([0x7f]).filter(|byte| !b"\t\n\r".contains(byte)) {
        for head in [
            [b"HTTP/1.1 204 a", &[byte][..], b"b\r\n\r\n"].concat(),
            [b"HTTP/1.1 204 A\r\na", &[byte][..], b"b: c\r\n\r\n"].concat(),
            [b"HTTP/1.1 204 A\r\na: b", &[byte][..], b"c\r\n\r\n"].concat(),
        ] {
            let last = last(&head);
            assert!(last.starts_with("error Bad"), "{}: {last}", head.escape_ascii());
        }
    }
    for head in
        ["HTTP/1.1 204 a\rb\r\n\r\n", "HTTP/1.1 204 A\r\na\r: b\r\n\r\n", "HTTP/1.1 204 A\r\na: b\r\r\n\r\n"]
    {
        assert!(last(head).starts_with("error Bad"), "{head:?}: {}", last(head));
    }
}

/// curl test 398; llhttp's invalid heads.
#[test]
fn malformed_header_lines_are_an_error_that_names_the_line() {
    for line in ["nothing", ": b", "a : b", "a b: c", "a\t: b", "(a): b", "\u{e9}: b"] {
        let expected = format!("error BadField {{ section: Head, line: \"{}\" }}", line.escape_default());
        let last = last_of(line, "");
        assert!(
            last == expected || line == "\u{e9}: b" && last.starts_with("error BadField"),
            "{line}: {last}"
        );
    }
}

/// curl test 1473; llhttp's folded transfer codings.
#[test]
fn folded_lines_are_an_error() {
    let folded = "error FoldedLine { section: Head }";
    assert_eq!(last("HTTP/1.1 200 OK\r\n A: b\r\n\r\n"), folded);
    assert_eq!(last_of("Transfer-Encoding: chunked\r\n , identity", "0\r\n\r\n"), folded);
    assert_eq!(last_of("A: b\r\n\tc", ""), folded);
    assert_eq!(last_of("A: b\r\n ", ""), folded);
}

/// curl tests 1429 to 1433.
#[test]
fn a_status_has_three_digits_and_the_first_is_not_zero() {
    for status in
        ["99", "099", "000", "1000", "-12", "+20", "2000000200", "20x", " 200", "", &"1".repeat(100)]
    {
        let last = last(format!("HTTP/1.1 {status} OK\r\n\r\n"));
        assert!(last.starts_with("error BadStatusLine"), "{status}: {last}");
    }
    for status in [200, 599, 600, 999] {
        let last = last(format!("HTTP/1.1 {status} OK\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(last, "end KeepAlive", "{status}");
    }
}

/// curl tests 129 and 1433.
#[test]
fn other_versions_are_refused_by_name() {
    for version in ["1.2", "2.0", "2", "3", "0.9", "11", "1.1.1", ""] {
        let last = last(format!("HTTP/{version} 200 OK\r\n\r\n"));
        assert_eq!(last, format!("error UnsupportedVersion {{ version: \"{version}\" }}"));
    }
}

/// hyper's `client_always_rejects_http09`.
#[test]
fn what_is_not_http_is_refused_at_its_first_wrong_byte() {
    for start in
        ["<", "ICY 200 OK", "HTTX", "http/1.1", "\n", "\rH", "\r\n<", "\x15\x03\x01", " HTTP/1.1 200 OK"]
    {
        assert_eq!(trace_open(start), ["error NotHttp"], "{start:?}");
    }
}

/// curl tests 30 and 37.
#[test]
fn an_empty_answer_is_an_error_of_its_own() {
    assert_eq!(trace(""), ["error ClosedBeforeHead"]);
    assert_eq!(trace("\r\n"), ["error ClosedBeforeHead"]);
}

/// hyper and `httparse` skip any number of empty lines.
#[test]
fn empty_lines_before_a_response_have_a_limit_and_it_is_exact() {
    let of = |count| "\r\n".repeat(count) + "HTTP/1.1 204 A\r\n\r\n";
    assert_eq!(last(of(4)), "end KeepAlive");
    assert_eq!(last(of(5)), "error TooManyBlankLines { limit: 4 }");
    let between = "HTTP/1.1 100 A\r\n\r\n\r\n\r\n".to_owned() + &of(3);
    assert_eq!(last(between), "error TooManyBlankLines { limit: 4 }");
}

/// curl test 772.
#[test]
fn a_repeated_header_keeps_all_its_values() {
    use http_lite::proto::{Event, ResponseReader};
    let response = b"HTTP/1.1 302 A\r\nLocation: /a\r\nlocation: /b\r\nContent-Length: 0\r\n\r\n";
    for cut in 0..response.len() {
        let (first, second) = response.split_at(cut);
        let mut reader = ResponseReader::new(&Method::GET, &Limits::default());
        feed(&mut reader, first);
        assert!(matches!(reader.next_event(), Ok(Event::NeedData)), "cut at {cut}");
        feed(&mut reader, second);
        let Ok(Event::Head(head, _)) = reader.next_event() else { panic!("there is a head") };
        assert_eq!(head.headers().get_all("location").iter().collect::<Vec<_>>(), ["/a", "/b"]);
    }
}

//! Bodies that are not what was announced.

use http_lite::proto::ProtoError;
use http_lite::{ErrorKind, Limits};

use super::support::server::{Server, Step};
use super::{accepted, assert_refused, beside_a_good_one};

#[test]
fn its_body_is_shorter_than_announced() {
    let expected = ProtoError::BodyTooShort { announced: 10, received: 5 };
    assert_refused(
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        &expected,
        "announced 10 bytes and closed the connection after 5",
    );
}

#[test]
fn what_it_sends_behind_its_body_is_handed_to_nobody() {
    assert_eq!(accepted("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello"), "hel");
}

#[test]
fn the_size_of_a_chunk_is_no_number() {
    for (size, byte) in [("zz", b'z'), ("-5", b'-'), ("+5", b'+'), ("0x5", b'x'), ("", b'\r')] {
        let response =
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhello\r\n0\r\n\r\n");
        let culprit = format!("contains '{}'", byte.escape_ascii());
        assert_refused(response, &ProtoError::BadChunkSize { byte }, &culprit);
    }
}

#[test]
fn the_size_of_a_chunk_is_wrong() {
    let response =
        |size| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhello\r\n0\r\n\r\n");
    assert_eq!(accepted(response("5")), "hello");
    assert_refused(response("4"), &ProtoError::BadChunkEnd { byte: b'o' }, "followed by 'o'");
    // The line end belongs to the data then, and the data's last byte stands where it should be.
    assert_refused(response("6"), &ProtoError::BadChunkEnd { byte: b'\n' }, r"followed by '\n'");
    let expected = ProtoError::ClosedInsideChunk { missing: 0xff0 - 12 };
    assert_refused(response("ff0"), &expected, "4068 bytes before the end of a chunk");
}

#[test]
fn its_last_chunk_never_comes() {
    assert_refused(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        &ProtoError::ClosedBeforeLastChunk,
        "before the last chunk",
    );
}

#[test]
fn chunks_win_against_a_content_length() {
    let chunks = "5\r\nhello\r\n0\r\n\r\n";
    for headers in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 999",
    ] {
        assert_eq!(accepted(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{chunks}")), "hello");
    }
}

#[test]
fn its_content_lengths_contradict_each_other() {
    let expected = ProtoError::ConflictingContentLengths { first: 5, second: 6 };
    assert_refused(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        &expected,
        "both 5 and 6",
    );
}

#[test]
fn its_page_does_not_end() {
    let server = Server::play([
        Step::Read,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".into()),
        Step::Flood(vec![b'a'; 64 * 1024]),
    ]);
    let limit = Limits::default().body_bytes;
    let error = beside_a_good_one(server.url(), None).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: named } if *named == limit), "{error:?}");
    assert!(error.to_string().contains(&limit.to_string()), "{error}");
    // The client has hung up, or the server would still be sending.
    server.outcome().unwrap_err();
}

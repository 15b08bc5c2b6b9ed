use std::io::IoSlice;

use bytes::{Buf, Bytes};
use http::HeaderMap;

use super::{BodyEncoder, FORBIDDEN, RequestBodyError};
use crate::proto::RequestFraming;

/// What goes out for these pieces, taken `step` bytes at a time.
fn wire(framing: RequestFraming, pieces: &[&'static str], step: usize) -> Result<String, RequestBodyError> {
    let mut encoder = BodyEncoder::new(framing);
    let mut wire = Vec::new();
    for piece in pieces {
        let mut framed = encoder.data(Bytes::from(*piece))?;
        while framed.has_remaining() {
            let count = framed.chunk().len().min(step);
            wire.extend_from_slice(&framed.chunk()[..count]);
            framed.advance(count);
        }
    }
    wire.extend_from_slice(&encoder.end(&HeaderMap::new())?);
    Ok(String::from_utf8(wire).unwrap())
}

#[test]
fn a_body_goes_out_in_chunks_however_little_the_stream_takes() {
    for step in [1, 2, 3, 100] {
        let chunked = wire(RequestFraming::Chunked, &["hello", "0123456789abcdef0"], step);
        let expected = "5\r\nhello\r\n11\r\n0123456789abcdef0\r\n0\r\n\r\n";
        assert_eq!(chunked.as_deref(), Ok(expected), "{step} at a time");
        assert_eq!(wire(RequestFraming::Length(5), &["he", "llo"], step).as_deref(), Ok("hello"));
    }
}

/// An empty chunk is the last one: the rest of the body would be taken for the next request.
#[test]
fn empty_data_does_not_end_a_body() {
    let chunked = wire(RequestFraming::Chunked, &["", "a", "", "b", ""], 9);
    assert_eq!(chunked.as_deref(), Ok("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
    assert_eq!(wire(RequestFraming::Length(1), &["", "a", ""], 9).as_deref(), Ok("a"));
    assert_eq!(wire(RequestFraming::Empty, &["", ""], 9).as_deref(), Ok(""));
}

#[test]
fn the_data_is_not_copied() {
    let data = Bytes::from(vec![1; 1000]);
    let framed = BodyEncoder::new(RequestFraming::Chunked).data(data.clone()).unwrap();
    let mut slices = [IoSlice::new(b""); 4];
    assert_eq!(framed.chunks_vectored(&mut slices), 3);
    assert_eq!(
        (&*slices[0], slices[1].as_ptr(), &*slices[2]),
        (&b"3e8\r\n"[..], data.as_ptr(), &b"\r\n"[..])
    );
}

#[test]
fn vectored_parts_are_those_that_are_left() {
    let mut framed = BodyEncoder::new(RequestFraming::Chunked).data(Bytes::from("ab")).unwrap();
    let whole = b"2\r\nab\r\n";
    for sent in 0..=whole.len() {
        let mut slices = [IoSlice::new(b""); 3];
        let count = framed.chunks_vectored(&mut slices);
        let left: Vec<u8> = slices[..count].iter().flat_map(|slice| slice.iter().copied()).collect();
        assert_eq!(left, whole[sent..]);
        assert_eq!(framed.remaining(), whole.len() - sent);
        if framed.has_remaining() {
            framed.advance(1);
        }
    }
}

/// hyper, reqwest, isahc and cyper cut the body off.
#[test]
fn more_than_was_announced_is_an_error_and_none_of_it_is_sent() {
    let mut encoder = BodyEncoder::new(RequestFraming::Length(5));
    assert_eq!(encoder.data(Bytes::from("abc")).unwrap().remaining(), 3);
    assert_eq!(encoder.missing(), Some(2));
    assert_eq!(encoder.data(Bytes::from("def")).unwrap_err(), RequestBodyError::TooLong { announced: 5 });
    assert_eq!(encoder.missing(), Some(2), "what was refused does not count");
    assert_eq!(encoder.data(Bytes::from("de")).unwrap().remaining(), 2);
    assert_eq!(wire(RequestFraming::Empty, &["a"], 9), Err(RequestBodyError::TooLong { announced: 0 }));
}

#[test]
fn less_than_was_announced_is_an_error_that_can_still_be_mended() {
    let mut encoder = BodyEncoder::new(RequestFraming::Length(5));
    assert_eq!(encoder.data(Bytes::from("abc")).unwrap().remaining(), 3);
    let short = RequestBodyError::TooShort { announced: 5, given: 3 };
    assert_eq!(encoder.end(&HeaderMap::new()), Err(short));
    assert_eq!(encoder.data(Bytes::from("de")).unwrap().remaining(), 2);
    assert_eq!(encoder.end(&HeaderMap::new()), Ok(Bytes::new()));
}

#[test]
fn nothing_follows_the_end() {
    for framing in [RequestFraming::Empty, RequestFraming::Length(0), RequestFraming::Chunked] {
        let mut encoder = BodyEncoder::new(framing);
        encoder.end(&HeaderMap::new()).unwrap();
        assert_eq!(encoder.end(&HeaderMap::new()), Err(RequestBodyError::AlreadyEnded));
        assert_eq!(encoder.data(Bytes::from("a")).unwrap_err(), RequestBodyError::AlreadyEnded);
        assert_eq!(encoder.missing(), Some(0));
    }
}

#[test]
fn trailers_follow_the_last_chunk_with_all_their_values() {
    let mut trailers = HeaderMap::new();
    trailers.append("x-sum", "1".parse().unwrap());
    trailers.append("x-sum", "2".parse().unwrap());
    let end = BodyEncoder::new(RequestFraming::Chunked).end(&trailers);
    assert_eq!(end.as_deref(), Ok(&b"0\r\nx-sum: 1\r\nx-sum: 2\r\n\r\n"[..]));
    let refused = BodyEncoder::new(RequestFraming::Length(0)).end(&trailers);
    assert_eq!(refused, Err(RequestBodyError::TrailersNeedChunks));
}

/// RFC 9110 section 6.5.1: a server that merges trailers into the headers would take them for what they say.
#[test]
fn what_belongs_into_a_head_is_refused_as_a_trailer() {
    for name in FORBIDDEN {
        let trailers = HeaderMap::from_iter([(name.clone(), "1".parse().unwrap())]);
        let mut encoder = BodyEncoder::new(RequestFraming::Chunked);
        assert_eq!(encoder.end(&trailers), Err(RequestBodyError::ForbiddenTrailer { name }));
        assert!(encoder.end(&HeaderMap::new()).is_ok(), "it can still end without");
    }
}

#[test]
fn the_largest_size_line_fits() {
    let line = super::SizeLine::of(u64::MAX as usize);
    assert!(line.unsent().ends_with(b"ff\r\n"), "{}", line.unsent().escape_ascii());
}

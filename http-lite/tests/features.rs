//! Bodies as the ecosystem has them.
#![cfg(all(feature = "stream", feature = "http-body"))]

mod support;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_lite::{StreamExt, stream};
use http::{HeaderMap, HeaderValue};
use http_body::{Body as _, Frame};
use http_lite::{ErrorKind, RequestBody};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script};

fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

fn body_of(written: &str) -> &str {
    written.split_once("\r\n\r\n").unwrap().1
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n";

#[test]
fn a_stream_is_sent_piece_by_piece_and_a_response_is_a_stream() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(CHUNKED)]);
        // A piece without bytes is no end.
        let pieces = [Bytes::from("one"), Bytes::new(), Bytes::from("three")].map(Ok::<_, io::Error>);
        let body = RequestBody::from_stream(stream::iter(pieces));
        let response = scripts.client().post("http://a/").body(body).send().await.unwrap();
        assert_eq!(body_of(&scripts.written(0)), "3\r\none\r\n5\r\nthree\r\n0\r\n\r\n");
        let pieces: Vec<_> = response.into_body().map(Result::unwrap).collect().await;
        assert_eq!(pieces, ["ok"]);
    });
}

#[test]
fn the_error_of_a_stream_is_told() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
        let body = RequestBody::from_stream(stream::iter([Err(io::Error::other("lost"))]));
        let error = scripts.client().post("http://a/").body(body).send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodySource(_)), "{error:?}");
    });
}

/// A body of these frames.
struct Frames(VecDeque<Frame<Bytes>>);

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

#[test]
fn a_body_of_frames_is_sent_with_its_trailers_and_a_response_has_some() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer(CHUNKED)]);
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("7"));
        let frames = Frames([Frame::data(Bytes::from("hello")), Frame::trailers(trailers)].into());
        let body = RequestBody::from_http_body(frames);
        let response = scripts.client().post("http://a/").body(body).send().await.unwrap();
        assert_eq!(body_of(&scripts.written(0)), "5\r\nhello\r\n0\r\nx-sum: 7\r\n\r\n");

        let mut body = pin!(response.into_body());
        assert!(!body.is_end_stream());
        let frame = poll_fn(|cx| body.as_mut().poll_frame(cx)).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "ok");
        let frame = poll_fn(|cx| body.as_mut().poll_frame(cx)).await.unwrap().unwrap();
        assert_eq!(frame.into_trailers().unwrap()["a"], "b");
        assert!(poll_fn(|cx| body.as_mut().poll_frame(cx)).await.is_none());
        assert!(body.is_end_stream());
    });
}

#[test]
fn the_size_of_a_response_is_what_is_still_to_come() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]);
        let mut body = scripts.client().get("http://a/").send().await.unwrap().into_body();
        assert_eq!(body.size_hint().exact(), Some(5));
        assert_eq!(body.chunk().await.unwrap().unwrap(), "hel");
        assert_eq!(body.size_hint().exact(), Some(2));
        scripts.peer(0).read("lo");
        scripts.peer(0).release_reads();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "lo");
        assert!(body.chunk().await.unwrap().is_none());
        assert_eq!(body.size_hint().exact(), Some(0));
        assert!(body.is_end_stream());
    });
}

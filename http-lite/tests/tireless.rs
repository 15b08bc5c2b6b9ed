//! Streams and sources that are always ready: none of them may keep the thread from others, or from the timeouts.

mod support;

use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use executor::Either;
use futures_io::{AsyncRead, AsyncWrite};
use http_lite::{
    Body, Client, Connect, Destination, ErrorKind, Probe, ReactorTimer, RequestBody, RequestBuilder, Timeout,
    Transport,
};
use support::watched;

const TOTAL: Duration = Duration::from_millis(100);

/// Makes connections that answer with this head once they were asked for it, and then have as much of a body as anybody
/// reads. They take whatever is written.
struct Tireless {
    head: &'static [u8],
    /// The most bytes that a read gives.
    most: usize,
    /// How many bytes of the request come before the head.
    after: usize,
}

struct Stream {
    head: &'static [u8],
    most: usize,
    after: usize,
    written: usize,
}

impl Connect for Tireless {
    type Stream = Stream;
    type Timer = ReactorTimer;

    async fn connect(&self, _: Destination<'_>) -> io::Result<Stream> {
        Ok(Stream { head: self.head, most: self.most, after: self.after, written: 0 })
    }

    fn timer(&self) -> ReactorTimer {
        ReactorTimer::new()
    }
}

impl Transport for Stream {
    fn probe(&mut self) -> Probe {
        Probe::Spoken
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.written < self.after {
            // Nobody has to be woken: the request wakes itself until it has written enough.
            return Poll::Pending;
        }
        let head = self.head;
        let count = if head.is_empty() { self.most.min(space.len()) } else { head.len().min(space.len()) };
        if let Some((now, later)) = head.split_at_checked(count) {
            space[..count].copy_from_slice(now);
            self.head = later;
        }
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.written += bytes.len();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn client(head: &'static str, most: usize, after: usize) -> Client {
    Client::builder().connector(Tireless { head: head.as_bytes(), most, after }).build()
}

fn is_total(error: &http_lite::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut { timeout: Timeout::Total, .. })
}

/// Reads a body to an error.
async fn read_to_its_end(mut body: Body) -> http_lite::Error {
    loop {
        match body.chunk().await {
            Ok(chunk) => assert!(chunk.is_some(), "it has no end"),
            Err(error) => return error,
        }
    }
}

/// Polls the future until others on the thread have had three turns; it does not end before, nor by itself.
fn lets_others_run<T: Debug>(endless: impl Future<Output = T>) {
    let others = async {
        for _ in 0..3 {
            executor::yield_now().await;
        }
    };
    let first = reactor::block_on(executor::select(endless, others)).unwrap();
    assert!(matches!(first, Either::Right(())), "{first:?}");
}

fn upload() -> RequestBuilder {
    client("", usize::MAX, usize::MAX)
        .post("http://a/")
        .body(RequestBody::from_reader(futures_lite::io::repeat(1)))
}

fn download(most: usize) -> RequestBuilder {
    client("HTTP/1.1 200 OK\r\n\r\n", most, 0).get("http://a/")
}

// A read of one byte takes its time, too, and a turn has fewer bytes then.
#[test]
fn a_body_that_never_has_to_be_waited_for_lets_others_run() {
    for most in [usize::MAX, 1] {
        watched(move || {
            lets_others_run(async {
                read_to_its_end(download(most).send().await.unwrap().into_body()).await
            });
        });
    }
}

#[test]
fn a_body_that_never_has_to_be_waited_for_ends_with_the_total_timeout() {
    watched(|| {
        let error = reactor::block_on(async {
            read_to_its_end(download(usize::MAX).timeout(TOTAL).send().await.unwrap().into_body()).await
        });
        assert!(is_total(error.as_ref().unwrap()), "{error:?}");
    });
}

#[test]
fn an_upload_that_never_has_to_be_waited_for_lets_others_run() {
    watched(|| lets_others_run(async { upload().send().await.map(drop) }));
}

#[test]
fn an_upload_that_never_has_to_be_waited_for_ends_with_the_total_timeout() {
    watched(|| {
        let error = reactor::block_on(upload().timeout(TOTAL).send()).unwrap().unwrap_err();
        assert!(is_total(&error), "{error:?}");
    });
}

#[test]
fn an_answer_to_an_upload_without_end_is_read() {
    watched(|| {
        let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
        let body = RequestBody::from_reader(futures_lite::io::repeat(1));
        let request = client(answer, usize::MAX, 1000).post("http://a/").body(body);
        let response = reactor::block_on(request.send()).unwrap().unwrap();
        assert_eq!(response.status(), 413);
    });
}

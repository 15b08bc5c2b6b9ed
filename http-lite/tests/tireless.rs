//! Streams and sources that are always ready: none of them may keep the thread from others, or from the timeouts.

mod support;

use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
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
#[derive(Clone)]
struct Tireless {
    head: &'static [u8],
    /// The most bytes that a read gives.
    most: usize,
    /// How many bytes of the request come before the head.
    after: usize,
    /// What is interrupted whenever it is tried.
    interrupts: Interrupts,
    /// How many reads there were.
    reads: Rc<Cell<usize>>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Interrupts {
    Nothing,
    Reads,
    Writes,
    Flushes,
}

struct Stream {
    with: Tireless,
    written: usize,
}

impl Connect for Tireless {
    type Stream = Stream;
    type Timer = ReactorTimer;

    async fn connect(&self, _: Destination<'_>) -> io::Result<Stream> {
        Ok(Stream { with: self.clone(), written: 0 })
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
        self.with.reads.set(self.with.reads.get() + 1);
        if self.with.interrupts == Interrupts::Reads {
            return interrupted();
        }
        if self.written < self.with.after {
            // Nobody has to be woken: the request wakes itself until it has written enough.
            return Poll::Pending;
        }
        let head = self.with.head;
        let count =
            if head.is_empty() { self.with.most.min(space.len()) } else { head.len().min(space.len()) };
        if let Some((now, later)) = head.split_at_checked(count) {
            space[..count].copy_from_slice(now);
            self.with.head = later;
        }
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.with.interrupts == Interrupts::Writes {
            return interrupted();
        }
        self.written += bytes.len();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.with.interrupts == Interrupts::Flushes { interrupted() } else { Poll::Ready(Ok(())) }
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn interrupted<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::Interrupted.into()))
}

fn tireless(head: &'static str, most: usize, after: usize) -> Tireless {
    Tireless { head: head.as_bytes(), most, after, interrupts: Interrupts::Nothing, reads: Rc::default() }
}

fn client(connector: Tireless) -> Client {
    Client::builder().connector(connector).build()
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
    let body = RequestBody::from_reader(futures_lite::io::repeat(1));
    client(tireless("", usize::MAX, usize::MAX)).post("http://a/").body(body)
}

fn download(connector: Tireless) -> RequestBuilder {
    client(connector).get("http://a/")
}

fn endless(most: usize) -> Tireless {
    tireless("HTTP/1.1 200 OK\r\n\r\n", most, 0)
}

#[test]
fn a_body_that_never_has_to_be_waited_for_lets_others_run() {
    watched(|| {
        lets_others_run(async {
            read_to_its_end(download(endless(usize::MAX)).send().await.unwrap().into_body()).await
        });
    });
}

/// A read of one byte takes its time, too.
#[test]
fn a_turn_has_no_more_reads_than_a_thousandth_of_its_bytes() {
    watched(|| {
        let connector = endless(1);
        let reads = Rc::clone(&connector.reads);
        lets_others_run(async {
            read_to_its_end(download(connector).send().await.unwrap().into_body()).await
        });
        assert!(reads.get() <= 4 * 4096 + 1, "{} reads in four turns at most", reads.get());
    });
}

#[test]
fn a_body_that_never_has_to_be_waited_for_ends_with_the_total_timeout() {
    watched(|| {
        let error = reactor::block_on(async {
            read_to_its_end(download(endless(usize::MAX)).timeout(TOTAL).send().await.unwrap().into_body())
                .await
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
        let request = client(tireless(answer, usize::MAX, 1000)).post("http://a/").body(body);
        let response = reactor::block_on(request.send()).unwrap().unwrap();
        assert_eq!(response.status(), 413);
    });
}

/// As on a system whose signals never end.
#[test]
fn interruptions_without_end_keep_no_timeout_from_passing() {
    for interrupts in [Interrupts::Reads, Interrupts::Writes, Interrupts::Flushes] {
        watched(move || {
            let connector = Tireless { interrupts, ..tireless("", usize::MAX, usize::MAX) };
            let error = reactor::block_on(download(connector).timeout(TOTAL).send()).unwrap().unwrap_err();
            assert!(is_total(&error), "{interrupts:?}: {error:?}");
        });
    }
}

#[test]
fn a_source_that_is_interrupted_without_end_keeps_no_timeout_from_passing() {
    struct Interrupted;
    impl AsyncRead for Interrupted {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
            interrupted()
        }
    }
    watched(|| {
        let request = client(tireless("", usize::MAX, usize::MAX)).post("http://a/");
        let request = request.body(RequestBody::from_reader(Interrupted)).timeout(TOTAL);
        let error = reactor::block_on(request.send()).unwrap().unwrap_err();
        assert!(is_total(&error), "{error:?}");
    });
}

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
    Timeouts, Transport,
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
    /// The most bytes that a write takes.
    takes: usize,
    /// What is interrupted whenever it is tried.
    interrupts: Interrupts,
    /// How many reads there were.
    reads: Rc<Cell<usize>>,
    /// How many bytes were written.
    written: Rc<Cell<usize>>,
    /// How many flushes came to their end.
    flushes: Rc<Cell<usize>>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Interrupts {
    Nothing,
    Reads,
    Writes,
    Flushes,
    /// Only the first one.
    Flush,
}

struct Stream {
    with: Tireless,
}

impl Connect for Tireless {
    type Stream = Stream;
    type Timer = ReactorTimer;

    async fn connect(&self, _: Destination<'_>) -> io::Result<Stream> {
        Ok(Stream { with: self.clone() })
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
        if self.with.written.get() < self.with.after {
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
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.with.interrupts == Interrupts::Writes {
            return interrupted();
        }
        let count = bytes.len().min(self.with.takes);
        self.with.written.set(self.with.written.get() + count);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.with.interrupts {
            Interrupts::Flushes => return interrupted(),
            Interrupts::Flush => {
                self.with.interrupts = Interrupts::Nothing;
                return interrupted();
            }
            _ => {}
        }
        self.with.flushes.set(self.with.flushes.get() + 1);
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn interrupted<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::Interrupted.into()))
}

fn tireless(head: &'static str, most: usize, after: usize) -> Tireless {
    let (reads, written, flushes) = Default::default();
    let (interrupts, takes) = (Interrupts::Nothing, usize::MAX);
    Tireless { head: head.as_bytes(), most, after, takes, interrupts, reads, written, flushes }
}

fn client(connector: Tireless) -> Client {
    Client::builder().connector(connector).build()
}

fn is_total(error: &http_lite::Error) -> bool {
    is_timeout(error, Timeout::Total)
}

fn is_timeout(error: &http_lite::Error, wanted: Timeout) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut { timeout, .. } if *timeout == wanted)
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
    upload_to(tireless("", usize::MAX, usize::MAX))
}

fn upload_to(connector: Tireless) -> RequestBuilder {
    client(connector).post("http://a/").body(RequestBody::from_reader(futures_lite::io::repeat(1)))
}

/// An answer that comes early, while the upload goes on.
fn both(most: usize) -> Tireless {
    tireless("HTTP/1.1 200 OK\r\n\r\n", most, 1000)
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
        let request = upload_to(tireless(answer, usize::MAX, 1000));
        let response = reactor::block_on(request.send()).unwrap().unwrap();
        assert_eq!(response.status(), 413);
    });
}

#[test]
fn an_upload_and_its_response_have_one_turn_together() {
    watched(|| {
        let connector = both(1);
        let (reads, written) = (Rc::clone(&connector.reads), Rc::clone(&connector.written));
        lets_others_run(async {
            read_to_its_end(upload_to(connector).send().await.unwrap().into_body()).await
        });
        let turns = 4;
        let last_write = 32 * 1024;
        let moved = written.get() + reads.get() * 1024;
        assert!(moved <= turns * (4 * 1024 * 1024 + last_write), "{moved} bytes in four turns at most");
        let fair = 4 * 1024 * 1024 / last_write;
        assert!(
            written.get() > 4 * 1024 * 1024 && reads.get() > fair,
            "{reads:?}: both go on, turn after turn"
        );
    });
}

/// Whoever reads it may wait for something else in between, and be handed what has come without a wait.
#[test]
fn an_upload_goes_on_with_every_piece_of_the_response_that_is_read() {
    watched(|| {
        let connector = both(16 * 1024);
        let written = Rc::clone(&connector.written);
        reactor::block_on(async {
            let mut body = upload_to(connector).send().await.unwrap().into_body();
            for piece in 0..64 {
                let before = written.get();
                // To ask for a piece of the request is a step, and to write it is one.
                for _ in 0..2 {
                    assert!(body.chunk().await.unwrap().is_some());
                }
                assert!(written.get() > before, "piece {piece}");
            }
        })
        .unwrap();
    });
}

/// As many of them as there is room for have come at once, and are handed out without another read.
#[test]
fn an_upload_goes_on_while_the_smallest_chunks_are_read() {
    watched(|| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
        let connector = tireless((head + &"1\r\nx\r\n".repeat(20_000)).leak(), usize::MAX, 1000);
        let written = Rc::clone(&connector.written);
        reactor::block_on(async {
            let mut body = upload_to(connector).send().await.unwrap().into_body();
            for piece in 0..10_000 {
                let before = written.get();
                for _ in 0..2 {
                    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"x"[..]));
                }
                assert!(written.get() > before, "piece {piece}");
            }
        })
        .unwrap();
    });
}

/// A write may move more than there is in a turn.
#[test]
fn an_early_answer_is_read_though_each_write_takes_a_whole_turn() {
    watched(|| {
        let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
        let connector = Tireless { takes: 4 * 1024 * 1024, ..tireless(answer, usize::MAX, 1) };
        let written = Rc::clone(&connector.written);
        let request = client(connector).post("http://a/").body(vec![0; 64 * 1024 * 1024]);
        let response = reactor::block_on(request.send()).unwrap().unwrap();
        assert_eq!(response.status(), 413);
        assert!(written.get() <= 3 * 4 * 1024 * 1024, "{written:?}");
    });
}

/// The response keeps coming, so nobody ever waits.
#[test]
fn a_server_that_takes_no_more_of_an_upload_is_given_up_though_its_response_never_has_to_be_waited_for() {
    watched(|| {
        let connector = Tireless { interrupts: Interrupts::Writes, ..endless(usize::MAX) };
        let mut timeouts = Timeouts::none();
        timeouts.write = Some(TOTAL);
        let error = reactor::block_on(async {
            let response = upload_to(connector).timeouts(timeouts).send().await.unwrap();
            read_to_its_end(response.into_body()).await
        });
        assert!(is_timeout(error.as_ref().unwrap(), Timeout::Write), "{error:?}");
    });
}

#[test]
fn an_upload_and_its_response_without_end_end_with_the_total_timeout() {
    for most in [1, usize::MAX] {
        watched(move || {
            let error = reactor::block_on(async {
                read_to_its_end(upload_to(both(most)).timeout(TOTAL).send().await.unwrap().into_body()).await
            });
            assert!(is_total(error.as_ref().unwrap()), "{error:?}");
        });
    }
}

/// As on a system whose signals never end.
#[test]
fn interruptions_without_end_keep_no_timeout_from_passing() {
    let cases = [
        (Interrupts::Reads, Timeout::Head),
        (Interrupts::Writes, Timeout::Write),
        (Interrupts::Flushes, Timeout::Write),
    ];
    for (interrupts, step) in cases {
        watched(move || {
            let connector = Tireless { interrupts, ..tireless("", usize::MAX, usize::MAX) };
            let request = download(connector.clone()).timeout(TOTAL);
            let error = reactor::block_on(request.send()).unwrap().unwrap_err();
            assert!(is_total(&error), "{interrupts:?}: {error:?}");

            let mut timeouts = Timeouts::default();
            (timeouts.write, timeouts.head) = (Some(TOTAL), Some(TOTAL));
            let request = download(connector).timeouts(timeouts);
            let error = reactor::block_on(request.send()).unwrap().unwrap_err();
            assert!(is_timeout(&error, step), "{interrupts:?}: {error:?}");
        });
    }
}

/// A source that has nothing for ever.
struct Never;

impl AsyncRead for Never {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }
}

#[test]
fn a_flush_that_is_interrupted_is_tried_again_while_something_else_is_waited_for() {
    for asks in [true, false] {
        watched(move || {
            let connector =
                Tireless { interrupts: Interrupts::Flush, ..tireless("", usize::MAX, usize::MAX) };
            let flushes = Rc::clone(&connector.flushes);
            let request = client(connector).post("http://a/").body(RequestBody::from_reader(Never));
            let request = if asks { request.expect_continue() } else { request };
            reactor::block_on(async {
                let mut sending = wakecheck::task::spawn(request.send());
                assert!(sending.poll().is_pending());
                assert!(flushes.get() == 0 && sending.is_woken(), "asks: {asks}");
                assert!(sending.poll().is_pending());
                assert_eq!(flushes.get(), 1, "asks: {asks}");
            })
            .unwrap();
        });
    }
}

/// Nobody else can have a turn in a drop: what bounds it is `drain_bytes`.
#[test]
fn a_body_that_is_dropped_is_drained_though_it_has_more_reads_than_a_turn() {
    watched(|| {
        let connector = tireless("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", 1, 0);
        let reads = Rc::clone(&connector.reads);
        let response = reactor::block_on(download(connector).send()).unwrap().unwrap();
        assert_eq!(reads.get(), 1, "the head");
        drop(response);
        assert_eq!(reads.get(), 1 + 5000, "a byte each");
    });
}

/// A source that is interrupted whenever it is read, and counts how often.
#[derive(Default)]
struct Interrupted(Rc<Cell<usize>>);

impl AsyncRead for Interrupted {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
        self.0.set(self.0.get() + 1);
        interrupted()
    }
}

/// Together with the reads of an early answer.
#[test]
fn a_source_that_gives_nothing_uses_up_a_turn_as_well() {
    watched(|| {
        let connector = tireless("HTTP/1.1 200 OK\r\n\r\n", 1, 1);
        let source = Interrupted::default();
        let (reads, asked) = (Rc::clone(&connector.reads), Rc::clone(&source.0));
        let request = client(connector).post("http://a/").body(RequestBody::from_reader(source));
        lets_others_run(async { read_to_its_end(request.send().await.unwrap().into_body()).await });
        let calls = reads.get() + asked.get();
        assert!(calls <= 4 * (4096 + 2), "{calls} calls in four turns at most");
    });
}

#[test]
fn a_source_that_is_interrupted_without_end_keeps_no_timeout_from_passing() {
    watched(|| {
        let request = client(tireless("", usize::MAX, usize::MAX)).post("http://a/");
        let request = request.body(RequestBody::from_reader(Interrupted::default())).timeout(TOTAL);
        let error = reactor::block_on(request.send()).unwrap().unwrap_err();
        assert!(is_total(&error), "{error:?}");
    });
}

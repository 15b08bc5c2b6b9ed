//! hyper 1.x runs on us: server and client on our one thread, and no runtime of tokio anywhere. The adapter is in
//! `support/hyper_rt.rs`, to be copied.

mod support;

use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_io::{AsyncRead, AsyncWrite};
use reactor::TcpStream;

use support::http::{Client, Server, Version, post_all};

/// For servers whose time limit is not to be reached.
const LONG: Duration = Duration::from_secs(30);

fn run<F: Future>(future: F) -> F::Output {
    support::watchdog();
    reactor::block_on(future).unwrap()
}

/// The server answers none of them before it has them all.
#[test]
fn requests_over_several_connections_are_served_at_the_same_time() {
    run(async {
        let server = Server::start(Version::Http1, 8, LONG);
        let mut clients = Vec::new();
        for _ in 0..8 {
            clients.push(server.connect(Version::Http1).await);
        }
        post_all(clients).await;
        assert_eq!(server.accepted.get(), 8);
        assert_eq!(server.errors.borrow().len(), 0);
    });
}

/// Bodies are larger than what the kernel takes at once, so both ends have to wait for each other.
#[test]
fn one_connection_serves_many_requests_with_large_bodies() {
    run(async {
        let server = Server::start(Version::Http1, 1, LONG);
        let mut client = server.connect(Version::Http1).await;
        for number in 0..10_u8 {
            let mut body = vec![number; 3 << 20];
            body[0] = 255;
            let answer = client.post(body).await;
            assert_eq!((answer.len(), answer[0], answer[answer.len() - 1]), (3 << 20, number, 255));
        }
        assert_eq!(server.accepted.get(), 1);
    });
}

/// `HyperTimer` is all that can end this.
#[test]
fn a_client_that_does_not_finish_its_head_is_let_go_when_hypers_time_limit_has_passed() {
    const LIMIT: Duration = Duration::from_millis(30);
    run(async {
        let server = Server::start(Version::Http1, 1, LIMIT);
        let start = Instant::now();
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let half = b"GET / HTTP/1.1\r\nhost: loc";
        assert_eq!(poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, half)).await.unwrap(), half.len());
        let mut buffer = [0; 256];
        while poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, &mut buffer)).await.unwrap() > 0 {}
        assert!(start.elapsed() >= LIMIT, "it was let go too early");
        while server.errors.borrow().is_empty() {
            executor::yield_now().await;
        }
        assert!(server.errors.borrow()[0].is_timeout(), "{:?}", server.errors);
    });
}

/// Here it is hyper that spawns, by `HyperExecutor`.
#[test]
fn the_streams_of_one_http2_connection_are_tasks_of_our_executor() {
    run(async {
        let server = Server::start(Version::Http2, 8, LONG);
        let Client::Http2(sender) = server.connect(Version::Http2).await else {
            unreachable!("it was asked for HTTP/2");
        };
        post_all((0..8).map(|_| Client::Http2(sender.clone())).collect()).await;
        assert_eq!(server.accepted.get(), 1);
        assert_eq!(server.errors.borrow().len(), 0);
    });
}

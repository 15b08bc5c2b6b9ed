//! This project's HTTP client in other runtimes: in a `LocalSet` of tokio, and on async-io. Neither our executor nor our
//! reactor takes part. The connectors are in `support/`, to be copied.

#[path = "support/http_lite_async_io.rs"]
mod http_lite_async_io;
#[path = "support/http_lite_tokio.rs"]
mod http_lite_tokio;
mod support;

use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_executor::LocalExecutor;
use http_lite::{Client, ErrorKind, Timeout, Timeouts};
use http_lite_async_io::AsyncIoConnector;
use http_lite_tokio::TokioConnector;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

/// A runtime on one thread, that a `!Send` client runs in.
trait Host {
    fn new() -> Self;
    fn client(timeouts: Timeouts) -> Client;
    /// Runs a future, and nothing before and after it.
    fn run<F: Future>(&self, future: F) -> F::Output;
    /// Two at the same time, each as a task.
    async fn both<F: Future<Output = usize> + 'static>(&self, futures: [F; 2]) -> [usize; 2];
}

struct Tokio {
    runtime: Runtime,
    tasks: LocalSet,
}

impl Host for Tokio {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Tokio { runtime, tasks: LocalSet::new() }
    }

    fn client(timeouts: Timeouts) -> Client {
        Client::builder().connector(TokioConnector).timeouts(timeouts).build()
    }

    fn run<F: Future>(&self, future: F) -> F::Output {
        self.tasks.block_on(&self.runtime, future)
    }

    async fn both<F: Future<Output = usize> + 'static>(&self, futures: [F; 2]) -> [usize; 2] {
        let [first, second] = futures.map(tokio::task::spawn_local);
        [first.await.unwrap(), second.await.unwrap()]
    }
}

struct AsyncIo(LocalExecutor<'static>);

impl Host for AsyncIo {
    fn new() -> Self {
        AsyncIo(LocalExecutor::new())
    }

    fn client(timeouts: Timeouts) -> Client {
        Client::builder().connector(AsyncIoConnector).timeouts(timeouts).build()
    }

    fn run<F: Future>(&self, future: F) -> F::Output {
        async_io::block_on(self.0.run(future))
    }

    async fn both<F: Future<Output = usize> + 'static>(&self, futures: [F; 2]) -> [usize; 2] {
        let [first, second] = futures.map(|future| self.0.spawn(future));
        [first.await, second.await]
    }
}

/// What nobody has asked for.
const UNASKED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";

struct Server {
    address: SocketAddr,
    /// Has the server send [`UNASKED`] on the connection that has asked for `/evil`.
    send: Sender<()>,
    /// It has been sent.
    sent: Receiver<()>,
}

/// Answers with the number of the connection and the length of the request's body, or never if the path is `/silent`.
fn serve() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let ((send, asked), (told, sent)) = (channel(), channel());
    let asked = Arc::new(Mutex::new(asked));
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (stream, asked, told) = (stream.unwrap(), Arc::clone(&asked), told.clone());
            thread::spawn(move || {
                let mut requests = BufReader::new(stream.try_clone().unwrap());
                while let Some((path, length)) = read_request(&mut requests) {
                    if path == "/silent" {
                        continue;
                    }
                    let body = format!("{number}:{length}");
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                    write(&stream, (head + &body).as_bytes());
                    if path == "/evil" && asked.lock().unwrap().recv().is_ok() {
                        write(&stream, UNASKED);
                        told.send(()).unwrap();
                    }
                }
            });
        }
    });
    Server { address, send, sent }
}

/// A client that closes is no failure.
fn write(mut stream: &TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, usize)> {
    let (mut path, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            let count = std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
            return Some((path?, usize::try_from(count).ok()?));
        }
        path = path.or_else(|| line.split(' ').nth(1).map(str::to_owned));
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
}

async fn post(client: &Client, address: SocketAddr, path: &str, body: Vec<u8>) -> String {
    let response = client.post(format!("http://{address}{path}").as_str()).body(body).send().await.unwrap();
    response.into_body().text().await.unwrap()
}

fn requests_share_a_connection_in_turn_and_have_their_own_at_once<H: Host + 'static>() {
    support::watchdog();
    let Server { address, .. } = serve();
    let (host, client) = (H::new(), H::client(Timeouts::default()));
    host.run(async {
        assert_eq!(post(&client, address, "/", vec![1; 3 << 20]).await, format!("0:{}", 3 << 20));
        assert_eq!(post(&client, address, "/", vec![]).await, "0:0");
        let fetch = |length: usize| {
            let client = client.clone();
            async move {
                let answer = post(&client, address, "/", vec![1; length]).await;
                answer.split(':').nth(1).unwrap().parse().unwrap()
            }
        };
        assert_eq!(host.both([fetch(1 << 20), fetch(2 << 20)]).await, [1 << 20, 2 << 20]);
    });
}

fn a_server_that_says_nothing_is_given_up_by_the_hosts_timer<H: Host>() {
    support::watchdog();
    let Server { address, .. } = serve();
    let mut timeouts = Timeouts::default();
    timeouts.head = Some(Duration::from_millis(30));
    let (host, client) = (H::new(), H::client(timeouts));
    host.run(async {
        let error = client.get(format!("http://{address}/silent").as_str()).send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TimedOut { timeout: Timeout::Head, .. }), "{error:?}");
    });
}

/// CVE-2026-6733: between the two requests nothing runs that could see the response which nobody asked for.
fn an_unasked_response_on_an_idle_connection_is_not_taken_for_the_next<H: Host>() {
    support::watchdog();
    let Server { address, send, sent } = serve();
    let (host, client) = (H::new(), H::client(Timeouts::default()));
    assert_eq!(host.run(post(&client, address, "/evil", vec![])), "0:0");
    send.send(()).unwrap();
    sent.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(host.run(post(&client, address, "/", vec![])), "1:0");
}

macro_rules! in_each_host {
    ($($host:ident in $module:ident),*) => {$(
        mod $module {
            use super::$host;

            #[test]
            fn requests_share_a_connection_in_turn_and_have_their_own_at_once() {
                super::requests_share_a_connection_in_turn_and_have_their_own_at_once::<$host>();
            }

            #[test]
            fn a_server_that_says_nothing_is_given_up_by_the_hosts_timer() {
                super::a_server_that_says_nothing_is_given_up_by_the_hosts_timer::<$host>();
            }

            #[test]
            fn an_unasked_response_on_an_idle_connection_is_not_taken_for_the_next() {
                super::an_unasked_response_on_an_idle_connection_is_not_taken_for_the_next::<$host>();
            }
        }
    )*};
}

in_each_host!(Tokio in in_tokio, AsyncIo in on_async_io);

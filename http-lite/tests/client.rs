//! The whole client against servers that send exactly what a test tells them to.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_lite::proto::ProtoError;
use http_lite::{Client, Error, ErrorKind as Kind, Phase, Timeout, Timeouts};

/// A server for one connection, on a thread of its own.
struct Server {
    address: SocketAddr,
    /// Ends with the request it has read.
    thread: JoinHandle<String>,
}

impl Server {
    /// Reads a request, sends this response and closes.
    fn start(response: &'static [u8]) -> Self {
        Self::start_at(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), response)
    }

    fn start_at(listener: TcpListener, response: &'static [u8]) -> Self {
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(response).unwrap();
            String::from_utf8(request).unwrap()
        });
        Self { address, thread }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The request, once the connection is over.
    fn request(self) -> String {
        self.thread.join().unwrap()
    }
}

/// The text at a URL.
async fn text(url: &str) -> Result<String, Error> {
    http_lite::get(url).await?.into_body().text().await
}

fn run<F: Future>(future: F) -> F::Output {
    reactor::block_on(future).unwrap()
}

#[test]
fn a_page_is_fetched() {
    let server = Server::start(b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 6\r\n\r\nhello\n");
    let url = format!("http://localhost:{}/path?x=1#fragment", server.address.port());
    run(async {
        let response = http_lite::get(&url).await.unwrap();
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["x-a"], "b");
        assert_eq!(response.into_body().text().await.unwrap(), "hello\n");
    });
    let port = server.address.port();
    assert_eq!(
        server.request(),
        format!(
            "GET /path?x=1 HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\naccept: */*\r\n\
             user-agent: onethread-http-lite/{}\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn headers_of_the_caller_replace_the_usual_ones() {
    let server = Server::start(b"HTTP/1.1 204 No Content\r\n\r\n");
    let request = Client::new()
        .get(server.url())
        .header("Accept", "text/plain")
        .header("User-Agent", "me")
        .header("Host", "example.com")
        .header("Connection", "close");
    run(request.send()).unwrap();
    assert_eq!(
        server.request(),
        "GET / HTTP/1.1\r\nhost: example.com\r\naccept: text/plain\r\nuser-agent: me\r\nconnection: close\r\n\r\n"
    );
}

#[test]
fn two_pages_are_fetched_at_once() {
    let first = Server::start(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n");
    let second = Server::start(b"HTTP/1.0 200 OK\r\n\r\ntwo");
    let (first, second) = run(async { executor::join(text(&first.url()), text(&second.url())).await });
    assert_eq!((first.unwrap(), second.unwrap()), ("one".to_owned(), "two".to_owned()));
}

#[test]
fn the_second_address_of_localhost_is_tried_when_the_first_refuses() {
    // Not every machine has IPv6, and there is nothing to try without it.
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return;
    };
    let server = Server::start_at(listener, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nv6");
    let url = format!("http://localhost:{}/", server.address.port());
    assert_eq!(run(text(&url)).unwrap(), "v6");
}

#[test]
fn a_refused_connection_names_the_address() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = run(http_lite::get(format!("http://{address}/"))).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::Connect { source, .. } if source.kind() == ErrorKind::ConnectionRefused),
        "{error}"
    );
    assert!(error.is_connect() && !error.may_have_been_processed(), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_longer_than_allowed() {
    // It accepts, by way of the kernel, and never says a word.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut timeouts = Timeouts::default();
    timeouts.head = Some(Duration::from_millis(20));
    let error = run(Client::new().get(&url).timeouts(timeouts).send()).unwrap_err();
    assert!(matches!(error.kind(), Kind::TimedOut { timeout: Timeout::Head, .. }), "{error}");
    assert!(error.is_timeout() && error.may_have_been_processed(), "{error:?}");
}

#[test]
fn a_server_that_stops_in_the_body_is_not_waited_for_either() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (done, client_is_done) = mpsc::channel::<()>();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").unwrap();
        // Holds the connection open for as long as the client is there.
        client_is_done.recv().unwrap_err();
    });
    let mut timeouts = Timeouts::default();
    timeouts.read = Some(Duration::from_millis(500));
    let (received, error) = run(async {
        let mut body = Client::new().get(&url).timeouts(timeouts).send().await.unwrap().into_body();
        let mut received = Vec::new();
        loop {
            match body.chunk().await {
                Ok(chunk) => received.extend_from_slice(&chunk.expect("the body does not end")),
                Err(error) => return (received, error),
            }
        }
    });
    assert_eq!(received, b"hell");
    assert!(matches!(error.kind(), Kind::TimedOut { timeout: Timeout::Read, .. }), "{error}");
    assert_eq!(error.phase(), Phase::Body);
    drop(done);
    server.join().unwrap();
}

#[test]
fn a_request_without_a_reactor_is_an_error_and_no_panic() {
    let error = executor::block_on(http_lite::get("http://127.0.0.1:9/")).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::Connect { source, .. } if source.kind() != ErrorKind::ConnectionRefused),
        "{error}"
    );
}

#[test]
fn a_server_that_closes_at_once_is_an_error() {
    let server = Server::start(b"");
    let error = run(http_lite::get(&server.url())).unwrap_err();
    assert!(matches!(error.kind(), Kind::Protocol(ProtoError::ClosedBeforeHead)), "{error}");
}

#[test]
fn what_is_wrong_with_a_request_is_reported_before_anything_is_sent() {
    let send = |url: &str, name: &str, value: &str| {
        run(Client::new().get(url).header(name, value).send()).unwrap_err()
    };
    assert!(matches!(send("http://a b/", "x", "y").kind(), Kind::BadUrl(_)));
    assert!(matches!(send("https://a/", "x", "y").kind(), Kind::UnsupportedScheme { .. }));
    assert!(matches!(send("http://127.0.0.1/", "x", "y\r\nz: a").kind(), Kind::BadHeader { .. }));
    assert!(matches!(send("http://127.0.0.1/", "x\r\ny", "z").kind(), Kind::BadHeader { .. }));
    assert!(matches!(send("http://127.0.0.1/", "Content-Length", "5").kind(), Kind::BadRequest(_)));
    assert!(send("http://127.0.0.1/", "Content-Length", "5").is_request());
    let error = send("http://example.com/", "x", "y");
    assert!(error.is_connect() && error.to_string().contains("use an IP address or localhost"), "{error}");
}

#[test]
fn a_large_body_arrives_whole() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let body: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let sent = body.clone();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", sent.len()).unwrap();
        stream.write_all(&sent).unwrap();
        // Reads to the end: closing over unread bytes would reset the connection.
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let received = run(async { http_lite::get(&url).await?.into_body().bytes().await }).unwrap();
    assert!(received == body, "the bytes differ");
    server.join().unwrap();
}

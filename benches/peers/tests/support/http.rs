//! A server and a client, by hyper, as tasks of our executor.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use executor::spawn;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1 as client_http1, http2 as client_http2};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use reactor::{TcpListener, TcpStream};
use tokio::sync::Barrier;

use super::hyper_rt::{HyperExecutor, HyperStream, HyperTimer};

/// What is spoken.
#[derive(Clone, Copy)]
pub enum Version {
    Http1,
    Http2,
}

/// A server that sends every body back, in reverse.
pub struct Server {
    pub address: SocketAddr,
    /// How many connections there were.
    pub accepted: Rc<Cell<usize>>,
    /// How the connections have ended that did not end well.
    pub errors: Rc<RefCell<Vec<hyper::Error>>>,
}

impl Server {
    /// Starts one that answers only when so many requests are there: it must have them all at once.
    pub fn start(version: Version, at_once: usize, header_timeout: Duration) -> Server {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server { address, accepted: Rc::default(), errors: Rc::default() };
        let (accepted, errors) = (Rc::clone(&server.accepted), Rc::clone(&server.errors));
        let barrier = Rc::new(Barrier::new(at_once));
        spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                accepted.set(accepted.get() + 1);
                let (barrier, errors) = (Rc::clone(&barrier), Rc::clone(&errors));
                spawn(async move {
                    if let Err(error) = serve(stream, version, barrier, header_timeout).await {
                        errors.borrow_mut().push(error);
                    }
                })
                .detach();
            }
        })
        .detach();
        server
    }

    /// Connects to it.
    pub async fn connect(&self, version: Version) -> Client {
        let stream = HyperStream::new(TcpStream::connect(self.address).await.unwrap());
        match version {
            Version::Http1 => {
                let (sender, connection) = client_http1::handshake(stream).await.unwrap();
                spawn(async move { connection.await.unwrap() }).detach();
                Client::Http1(sender)
            }
            Version::Http2 => {
                let builder = client_http2::Builder::new(HyperExecutor);
                let (sender, connection) = builder.handshake(stream).await.unwrap();
                spawn(async move { connection.await.unwrap() }).detach();
                Client::Http2(sender)
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    version: Version,
    barrier: Rc<Barrier>,
    header_timeout: Duration,
) -> hyper::Result<()> {
    let service = service_fn(move |request| answer(request, Rc::clone(&barrier)));
    let stream = HyperStream::new(stream);
    match version {
        Version::Http1 => {
            let mut builder = http1::Builder::new();
            builder.timer(HyperTimer).header_read_timeout(header_timeout);
            builder.serve_connection(stream, service).await
        }
        Version::Http2 => {
            let mut builder = http2::Builder::new(HyperExecutor);
            builder.timer(HyperTimer).serve_connection(stream, service).await
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    barrier: Rc<Barrier>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut body = request.into_body().collect().await.unwrap().to_bytes().to_vec();
    barrier.wait().await;
    body.reverse();
    Ok(Response::new(Full::new(body.into())))
}

/// One connection to a server.
pub enum Client {
    Http1(client_http1::SendRequest<Full<Bytes>>),
    Http2(client_http2::SendRequest<Full<Bytes>>),
}

impl Client {
    /// Sends a body, and returns the one that comes back.
    pub async fn post(&mut self, body: Vec<u8>) -> Bytes {
        let request = { Request::builder() }
            .method(Method::POST)
            .uri("http://localhost/")
            .header("host", "localhost")
            .body(Full::new(body.into()))
            .unwrap();
        let response = match self {
            Client::Http1(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await
            }
            Client::Http2(sender) => sender.send_request(request).await,
        };
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body().collect().await.unwrap().to_bytes()
    }
}

/// Sends a number of bodies at the same time, each over a client of its own, and checks what comes back.
pub async fn post_all(clients: Vec<Client>) {
    let tasks: Vec<_> = { clients.into_iter().enumerate() }
        .map(|(number, mut client)| {
            spawn(async move {
                let body: Vec<u8> = (0..10_000).map(|byte| (byte + number) as u8).collect();
                let expected: Vec<u8> = body.iter().rev().copied().collect();
                assert_eq!(client.post(body).await, expected);
            })
        })
        .collect();
    for task in executor::join_all(tasks).await {
        task.unwrap();
    }
}

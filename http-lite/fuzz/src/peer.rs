use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::rt::{Read, ReadBufCursor, Write};

/// Far more polls than any response of a fuzzer's size can need.
const MAX_POLLS: usize = 100_000;

/// What hyper made of a response.
#[derive(Debug)]
pub struct Understood {
    /// The final head.
    pub head: Response<()>,
    /// The whole body and the trailers, or what was wrong with them.
    pub body: Result<(Bytes, HeaderMap), hyper::Error>,
}

/// Has hyper decode a response, after which the stream ends.
pub fn hyper_understands(method: &Method, response: &[u8]) -> Result<Understood, hyper::Error> {
    let asked = Rc::new(Cell::new(false));
    let stream = Script { asked, response: response.to_vec(), sent: 0 };
    run(async move {
        let (mut sender, connection) = http1::handshake(stream).await?;
        let request =
            Request::builder().method(method).uri("/").header("host", "a").body(Empty::<Bytes>::new());
        let exchange = async {
            let (head, body) = sender.send_request(request.expect("a request")).await?.into_parts();
            let body = body.collect().await.map(|whole| {
                let trailers = whole.trailers().cloned().unwrap_or_default();
                (whole.to_bytes(), trailers)
            });
            Ok(Understood { head: Response::from_parts(head, ()), body })
        };
        both(exchange, connection).await
    })
}

/// Drives the connection as long as the exchange needs it.
async fn both<T>(exchange: impl Future<Output = T>, connection: impl Future) -> T {
    let (mut exchange, mut connection) = (pin!(exchange), pin!(connection));
    let mut connected = true;
    std::future::poll_fn(|context| {
        if connected {
            connected = connection.as_mut().poll(context).is_pending();
        }
        exchange.as_mut().poll(context)
    })
    .await
}

/// Nothing here ever has to wait for anybody, so it is enough to poll again.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MAX_POLLS {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("hyper waits for something that will not come");
}

/// A server that answers once it is asked, and closes.
struct Script {
    asked: Rc<Cell<bool>>,
    response: Vec<u8>,
    sent: usize,
}

impl Read for Script {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut space: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.asked.get() {
            return Poll::Pending;
        }
        let rest = &self.response[self.sent..];
        let count = rest.len().min(space.remaining());
        space.put_slice(&rest[..count]);
        self.sent += count;
        Poll::Ready(Ok(()))
    }
}

impl Write for Script {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.asked.set(true);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

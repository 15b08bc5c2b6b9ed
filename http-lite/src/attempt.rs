use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Instant;

use http::header::EXPECT;
use http::{Method, Response, StatusCode};

use crate::body::Body;
use crate::client::Shared;
use crate::connect::{Destination, Transport};
use crate::exchange::{Exchange, Failure, Home, Sending, Watch};
use crate::pool::Bucket;
use crate::prepared::Prepared;
use crate::proto::Framing;
use crate::redirect::SentBody;
use crate::{Error, ErrorKind, Phase, Timeout};

/// The head of a response, and what its body comes from.
pub(crate) struct Answer {
    pub(crate) head: Response<()>,
    framing: Framing,
    exchange: Box<Exchange>,
}

impl Answer {
    /// Tells how far the exchange is, in an error about it.
    pub(crate) fn situate(&self, error: Error) -> Error {
        self.exchange.situate(error)
    }

    pub(crate) fn into_response(self, request: &Prepared) -> Response<Body> {
        let Self { head, framing, exchange } = self;
        let leaves_http = head.status() == StatusCode::SWITCHING_PROTOCOLS
            || (*request.head.method() == Method::CONNECT && head.status().is_success());
        let body = Body::new(exchange, framing, leaves_http, request.settings.limits.body_bytes);
        head.map(|()| body)
    }
}

/// Sends one request and waits for the head of the response: over a connection that was used before, if there is one.
///
/// It is sent again in two cases, each of which happens once at most: if that connection was dead, see [`may_repeat`];
/// and without `Expect`, if the server does not know it.
pub(crate) async fn attempt(
    client: &Shared,
    request: &mut Prepared,
    total: Option<Instant>,
) -> Result<Answer, Error> {
    let scheme = request.url.origin().scheme();
    if !client.connector.supports(scheme) {
        return Err(Error::new(ErrorKind::UnsupportedScheme { scheme }, Phase::Prepare));
    }
    let bucket = client.pool.bucket(request.url.origin());
    // Whether a connection may be used again: not if the last one was dead, because the next may be so, too.
    let mut reuse = true;
    loop {
        let asks = request.asks();
        let sending = request.sending()?;
        let pooled = if reuse { pooled(client, request, &bucket, total) } else { None };
        let (mut exchange, reused) = match pooled {
            Some(exchange) => (exchange, true),
            // In a box: or every request would move room for making a connection, and few make one.
            None => (Box::pin(connected(client, request, &bucket, total)).await?, false),
        };
        exchange.send(sending);
        match poll_fn(|cx| exchange.poll_head(cx)).await {
            Ok((head, framing)) => {
                if exchange.sending().is_refused() {
                    take_back(request, &mut exchange);
                }
                if head.status() == StatusCode::EXPECTATION_FAILED
                    && asks
                    && request.body.what_is_left() != SentBody::Consumed
                {
                    request.head.headers_mut().remove(EXPECT);
                    request.is_out = true;
                    continue;
                }
                return Ok(Answer { head, framing, exchange });
            }
            Err(error) => {
                if !reused || exchange.failure(&error) == Failure::Real {
                    return Err(error);
                }
                take_back(request, &mut exchange);
                if !may_repeat(request, exchange.sending()) {
                    return Err(error);
                }
                request.is_out |= exchange.sending().head_is_out();
                reuse = false;
            }
        }
    }
}

/// The body that nobody has asked for is the request's again.
fn take_back(request: &mut Prepared, exchange: &mut Exchange) {
    if let Some(body) = exchange.take_untouched_body() {
        request.body = body;
    }
}

/// Whether a request to which nothing came back can be sent again: it does no harm to do it twice, or the server cannot
/// have got all of it; and all of it is still there.
fn may_repeat(request: &Prepared, sending: &Sending) -> bool {
    let harmless =
        request.head.method().is_idempotent() || !sending.head_is_out() || sending.body_is_missing();
    harmless && request.body.what_is_left() != SentBody::Consumed
}

/// A connection of the pool.
fn pooled(
    client: &Shared,
    request: &Prepared,
    bucket: &Rc<Bucket>,
    total: Option<Instant>,
) -> Option<Box<Exchange>> {
    let now = client.now();
    loop {
        let mut exchange = client.pool.checkout(bucket, now)?;
        exchange.watch_mut().begin(request.settings.timeouts, total, Some(now));
        if exchange.begin(&request.head, &request.settings.limits, home(client, bucket)) {
            return Some(exchange);
        }
    }
}

/// A new connection.
async fn connected(
    client: &Shared,
    request: &Prepared,
    bucket: &Rc<Bucket>,
    total: Option<Instant>,
) -> Result<Box<Exchange>, Error> {
    let mut watch = Watch::new(client.connector.timer());
    watch.begin(request.settings.timeouts, total, None);
    let stream = connect(client, request, &mut watch).await?;
    watch.begin(request.settings.timeouts, total, None);
    let limits = &request.settings.limits;
    Ok(Exchange::new(stream, &request.head, watch, limits, home(client, bucket)))
}

async fn connect(
    client: &Shared,
    request: &Prepared,
    watch: &mut Watch,
) -> Result<Box<dyn Transport>, Error> {
    let origin = request.url.origin();
    let mut connecting = client.connector.connect(Destination::new(origin));
    let step = poll_fn(|cx| match connecting.as_mut().poll(cx) {
        Poll::Ready(Ok(stream)) => Poll::Ready(Ok(stream)),
        Poll::Ready(Err(source)) => {
            Poll::Ready(Err(ErrorKind::Connect { origin: Box::new(origin.clone()), source }))
        }
        Poll::Pending => watch.poll(cx, Some(Timeout::Connect), None).map(|timeout| {
            let after = watch.duration(timeout);
            Err(ErrorKind::TimedOut { timeout, after })
        }),
    });
    step.await.map_err(|kind| Error::new(kind, Phase::Connect))
}

fn home(client: &Shared, bucket: &Rc<Bucket>) -> Home {
    Home { pool: Rc::downgrade(&client.pool), bucket: Rc::clone(bucket) }
}

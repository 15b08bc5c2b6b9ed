use std::time::Duration;

use http::header::{ACCEPT, CONNECTION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Request, Response};
use reactor::TcpStream;

use crate::body::Body;
use crate::connection::{Connection, Transport};
use crate::proto::{Excerpt, RequestFraming, encode_head};
use crate::resolve::resolve;
use crate::url::{Scheme, Url};
use crate::wait::{Wait, within};
use crate::{Error, Limits};

/// What the requests of one program have in common: for now, the limits.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), http_lite::Error> {
/// let mut limits = http_lite::Limits::default();
/// limits.idle = Some(std::time::Duration::from_secs(5));
/// let client = http_lite::Client::new().limits(limits);
/// let response = client.get("http://127.0.0.1:8080/").header("Accept", "text/plain").send().await?;
/// println!("{}", response.into_body().text().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Client {
    limits: Limits,
}

impl Client {
    /// A client with the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the limits of all requests to come.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits }
    }

    /// Prepares a `GET` request. A bad URL is reported when it is sent.
    pub fn get(&self, url: &str) -> RequestBuilder {
        let prepared = plain(url).map(|url| (url, HeaderMap::new()));
        RequestBuilder { limits: self.limits.clone(), prepared }
    }
}

/// Sends a `GET` request with the default [`Limits`].
///
/// # Errors
///
/// As [`RequestBuilder::send`].
///
/// # Cancel safety
///
/// Dropping the future closes the connection; the server may have seen the request.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), http_lite::Error> {
/// let response = http_lite::get("http://localhost:8080/").await?;
/// println!("{} {}", response.status(), response.into_body().text().await?);
/// # Ok(())
/// # }
/// ```
pub async fn get(url: &str) -> Result<Response<Body>, Error> {
    Client::new().get(url).send().await
}

/// A request that is not sent yet.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    limits: Limits,
    /// The request so far, or the first thing that was wrong with it.
    prepared: Result<(Url, HeaderMap), Error>,
}

impl RequestBuilder {
    /// Adds a header; one that was added before under the same name stays.
    ///
    /// `Host`, `Accept` and `User-Agent` replace what would be sent without them. A bad header is reported when the
    /// request is sent.
    ///
    /// # Panics
    ///
    /// Beyond 24 576 headers, which is more than an [`http::HeaderMap`] holds.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok((_, headers)) = &mut self.prepared
            && let Err(error) = append(headers, name, value)
        {
            self.prepared = Err(error);
        }
        self
    }

    /// Sends the request and waits for the head of the response. The body is read later, by whoever wants it.
    ///
    /// Each request has a connection of its own. Any status is a response, `404` and `500` included, and a redirect
    /// is not followed.
    ///
    /// # Errors
    ///
    /// If the request is malformed, no address of the host can be reached, the peer makes no progress for as long
    /// as [`Limits::idle`] allows, what it sends is not a valid head, or no reactor is entered on this thread.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have seen the request.
    pub async fn send(self) -> Result<Response<Body>, Error> {
        let (target, headers) = self.prepared?;
        let request = request(&target, headers);
        let head = encode_head(&request, RequestFraming::Empty)?;
        let stream: Box<dyn Transport> = Box::new(connect(&target, self.limits.idle).await?);
        let mut connection = Connection::new(stream, request.method(), &self.limits);
        connection.send(&head).await?;
        let (response, framing) = connection.head().await?;
        Ok(response.map(|()| Body::new(connection, framing, self.limits.body_bytes)))
    }
}

/// Reads a URL for which no TLS is needed.
fn plain(url: &str) -> Result<Url, Error> {
    let url = Url::parse(url)?;
    match url.origin().scheme() {
        Scheme::Http => Ok(url),
        scheme => Err(Error::UnsupportedScheme { scheme }),
    }
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Error> {
    let (Ok(field), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) else {
        return Err(Error::BadHeader { name: Excerpt::from(name) });
    };
    headers.append(field, value);
    Ok(())
}

/// The caller's request, with the headers that every request has.
fn request(target: &Url, mut headers: HeaderMap) -> Request<()> {
    const AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    // There is no pool yet, so the connection ends with the response, whatever the caller would like.
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let mut request = Request::new(());
    *request.uri_mut() = target.uri().clone();
    *request.headers_mut() = headers;
    request
}

/// Tries each address in turn. If all fail, the first says why: the others are second choices.
async fn connect(target: &Url, idle: Option<Duration>) -> Result<TcpStream, Error> {
    let mut failure = None;
    for address in resolve(target.origin())? {
        match within(idle, Wait::Connect(address), TcpStream::connect(address)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    // A name without an address is as good as none.
    Err(failure.unwrap_or_else(|| Error::UnknownHost {
        name: Excerpt::from(target.uri().host().unwrap_or_default()),
    }))
}

use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use http::{HeaderMap, Method, Request, Response};

use crate::body::Body;
use crate::builder::ClientBuilder;
use crate::connect::{Connector, Timer};
use crate::into_url::IntoUrl;
use crate::pool::Pool;
use crate::prepared::{Prepared, Settings};
use crate::request::RequestBuilder;
use crate::request_body::RequestBody;
use crate::{Error, follow};

/// What the requests of one program have in common: connections, limits, timeouts, and what they say of themselves.
///
/// A clone is the same client: it shares the connections. It belongs to one thread, like all that it uses.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), http_lite::Error> {
/// let client = http_lite::Client::new();
/// let response = client.get("http://127.0.0.1:8080/").header("Accept", "text/plain").send().await?;
/// println!("{}", response.into_body().text().await?);
///
/// // Over the same connection.
/// let response = client.post("http://127.0.0.1:8080/form").body("a=b").send().await?;
/// println!("{}", response.status());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Rc<Shared>);

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) connector: Box<dyn Connector>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) settings: Rc<Settings>,
    /// A timer that is never set: it only tells the time.
    clock: Box<dyn Timer>,
}

impl Client {
    /// A client with the default [`Limits`](crate::Limits), [`Timeouts`](crate::Timeouts) and
    /// [`RedirectPolicy`](crate::RedirectPolicy), over TCP.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A client that is to be different.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn with(connector: Box<dyn Connector>, settings: Settings) -> Self {
        let (pool, clock) = (Rc::new(Pool::new(&settings.limits)), connector.timer());
        Self(Rc::new(Shared { connector, pool, settings: Rc::new(settings), clock }))
    }

    /// Prepares a `GET` request. A bad URL is reported when it is sent.
    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// Prepares a `HEAD` request. A bad URL is reported when it is sent.
    pub fn head(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::HEAD, url)
    }

    /// Prepares a `POST` request. A bad URL is reported when it is sent.
    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Prepares a `PUT` request. A bad URL is reported when it is sent.
    pub fn put(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::PUT, url)
    }

    /// Prepares a `PATCH` request. A bad URL is reported when it is sent.
    pub fn patch(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::PATCH, url)
    }

    /// Prepares a `DELETE` request. A bad URL is reported when it is sent.
    pub fn delete(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::DELETE, url)
    }

    /// Prepares a request of any method. A bad URL is reported when it is sent.
    ///
    /// `CONNECT` goes to the host and port of the URL itself: to ask a proxy for a tunnel to somewhere else, have a
    /// [connector](ClientBuilder::connector) connect to the proxy.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        RequestBuilder::new(self.clone(), method, url.into_url())
    }

    /// Sends a request that was made with the types of the [`http`] crate. Its URI must be absolute.
    ///
    /// # Errors
    ///
    /// As [`RequestBuilder::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`RequestBuilder::send`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = http::Request::put("http://127.0.0.1:8080/note").body("remember".into())?;
    /// let response = http_lite::Client::new().execute(request).await?;
    /// println!("{}", response.status());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute(&self, request: Request<RequestBody>) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.into_url()?;
        let prepared = Prepared::new(parts.method, url, parts.headers, body, Rc::clone(&self.0.settings));
        follow::send(&self.0, prepared).await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    pub(crate) fn prepare(&self, method: Method, url: crate::Url) -> Box<Prepared> {
        Prepared::new(method, url, HeaderMap::new(), RequestBody::empty(), Rc::clone(&self.0.settings))
    }
}

impl Shared {
    /// What time it is for the connections of this client.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

/// Sends a `GET` request, by a client of its own: with the default [`Limits`](crate::Limits), and without a connection
/// that would be used again.
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
pub async fn get(url: impl IntoUrl) -> Result<Response<Body>, Error> {
    Client::new().get(url).header("Connection", "close").send().await
}

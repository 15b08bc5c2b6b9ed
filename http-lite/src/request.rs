use std::rc::Rc;
use std::time::Duration;

use http::header::{CONNECTION, EXPECT, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use http::{Method, Response};

use crate::body::Body;
use crate::client::Client;
use crate::prepared::Prepared;
use crate::proto::Excerpt;
use crate::request_body::RequestBody;
use crate::url::{Url, UrlError};
use crate::{Error, ErrorKind, Limits, Phase, RedirectPolicy, Timeouts, follow, query};

/// A request that is not sent yet.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(client: http_lite::Client) -> Result<(), http_lite::Error> {
/// let response = client
///     .post("http://127.0.0.1:8080/notes")
///     .query("tag", "a & b")
///     .header("Content-Type", "text/plain")
///     .timeout(Duration::from_secs(5))
///     .body("remember the milk")
///     .send()
///     .await?;
/// println!("{}", response.status());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    client: Client,
    /// The request so far, or the first thing that was wrong with it. Boxed because every method moves it.
    prepared: Result<Box<Prepared>, Error>,
}

impl RequestBuilder {
    pub(crate) fn new(client: Client, method: Method, url: Result<Url, UrlError>) -> Self {
        let prepared = url.map(|url| client.prepare(method, url)).map_err(Error::from);
        Self { client, prepared }
    }

    /// Adds a header; one that was added before under the same name stays.
    ///
    /// `Host`, `Accept` and `User-Agent` replace what would be sent without them. A bad header is reported when the
    /// request is sent, and so is one that contradicts the body.
    ///
    /// # Panics
    ///
    /// Beyond 24 576 headers, which is more than an [`http::HeaderMap`] holds.
    pub fn header(self, name: impl AsRef<str>, value: impl TryInto<HeaderValue>) -> Self {
        let name = name.as_ref();
        self.change(|prepared| {
            let (Ok(field), Ok(value)) = (name.parse::<HeaderName>(), value.try_into()) else {
                return Err(Error::new(ErrorKind::BadHeader { name: Excerpt::from(name) }, Phase::Prepare));
            };
            prepared.head.headers_mut().append(field, value);
            Ok(())
        })
    }

    /// Adds headers. Each name replaces what was there under it before, as [`HeaderMap::extend`] has it.
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.change(|prepared| {
            prepared.head.headers_mut().extend(headers);
            Ok(())
        })
    }

    /// Adds `name=value` to the query of the URL, both percent-encoded so that they mean nothing but themselves.
    pub fn query(self, name: &str, value: &str) -> Self {
        self.change(|prepared| {
            prepared.url = query::append(&prepared.url, name, value)?;
            Ok(())
        })
    }

    /// The body: bytes, text, or a [`RequestBody`] from elsewhere.
    pub fn body(self, body: impl Into<RequestBody>) -> Self {
        self.change(|prepared| {
            prepared.body = body.into();
            Ok(())
        })
    }

    /// How long everything may take at most, redirects and the response's body included
    /// ([`Timeouts::total`]).
    pub fn timeout(self, total: Duration) -> Self {
        self.change(|prepared| {
            prepared.settings_mut().timeouts.total = Some(total);
            Ok(())
        })
    }

    /// Replaces the client's timeouts for this request.
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        self.change(|prepared| {
            prepared.settings_mut().timeouts = timeouts;
            Ok(())
        })
    }

    /// Replaces the client's limits for this request, but for those on idle connections.
    pub fn limits(self, limits: Limits) -> Self {
        self.change(|prepared| {
            prepared.settings_mut().limits = Rc::new(limits);
            Ok(())
        })
    }

    /// Says which redirects are followed for this request.
    pub fn redirects(self, policy: RedirectPolicy) -> Self {
        self.change(|prepared| {
            prepared.settings_mut().redirects = Rc::new(policy);
            Ok(())
        })
    }

    /// Asks the server whether it wants the body before sending it (`Expect: 100-continue`, RFC 9110 section
    /// 10.1.1). If it answers at once, with a redirect or an error for example, the body stays here. If it says
    /// nothing within [`Timeouts::expect_continue`], the body is sent. If it says that it does not know the question
    /// (417), the request is sent once more without it. Without a body nothing is asked.
    pub fn expect_continue(self) -> Self {
        self.change(|prepared| {
            prepared.head.headers_mut().insert(EXPECT, HeaderValue::from_static("100-continue"));
            Ok(())
        })
    }

    /// Asks the server to go on with another protocol on this connection (RFC 9110 section 7.8). If it does, the
    /// status is 101, and [`Body::upgrade`] gives the connection.
    pub fn upgrade(self, protocol: impl TryInto<HeaderValue>) -> Self {
        self.header(UPGRADE, protocol).header(CONNECTION, HeaderValue::from_static("upgrade"))
    }

    /// Sends the request and waits for the head of the response. The body is read later, by whoever wants it.
    ///
    /// Any status is a response, `404` and `500` included. Redirects are followed as the [`RedirectPolicy`] says; if
    /// one was, the [`Url`] that answered is in the response's [extensions](Response::extensions).
    ///
    /// A server may answer before it has the whole request. What is missing is sent while the response's body is asked for;
    /// if that ends first, or has no bytes, the rest is not sent, and the connection is closed (RFC 9112 section 9.5): the
    /// status says what the server makes of that.
    ///
    /// A connection that is kept for the next request may be closed by the server just when that is sent. Then the
    /// request is sent once more, on a new connection, if nothing came back and it cannot do harm: if its method is
    /// idempotent (RFC 9110 section 9.2.2), or a part of its head or all of its body was not sent; and if its body is
    /// still there.
    ///
    /// # Errors
    ///
    /// If the request is malformed, no connection comes about, one of the [`Timeouts`] passes, what the server sends
    /// is not a valid head, a redirect cannot be followed, the body's source fails, or no reactor is entered on this
    /// thread. See [`ErrorKind`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have seen the request.
    pub async fn send(self) -> Result<Response<Body>, Error> {
        follow::send(self.client.shared(), self.prepared?).await
    }

    fn change(mut self, change: impl FnOnce(&mut Prepared) -> Result<(), Error>) -> Self {
        if let Ok(prepared) = &mut self.prepared
            && let Err(error) = change(prepared)
        {
            self.prepared = Err(error);
        }
        self
    }
}

use std::rc::Rc;

use http::header::{ACCEPT, EXPECT, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request};

use crate::exchange::Sending;
use crate::proto::{RequestFraming, encode_head};
use crate::redirect::Follow;
use crate::request_body::RequestBody;
use crate::url::Url;
use crate::{Error, Limits, RedirectPolicy, Timeouts};

/// A request as it will be sent, and sent again.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) url: Url,
    /// What becomes the head.
    pub(crate) head: Request<()>,
    /// What is left of the body: all of it if that is in memory.
    pub(crate) body: RequestBody,
    pub(crate) settings: Settings,
}

/// What can be said for all requests of a client, and for one.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) limits: Rc<Limits>,
    pub(crate) timeouts: Timeouts,
    pub(crate) redirects: Rc<RedirectPolicy>,
    pub(crate) user_agent: HeaderValue,
}

impl Default for Settings {
    fn default() -> Self {
        const AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let (limits, timeouts, redirects) = Default::default();
        Self { limits, timeouts, redirects, user_agent: HeaderValue::from_static(AGENT) }
    }
}

impl Prepared {
    pub(crate) fn new(
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: RequestBody,
        settings: Settings,
    ) -> Self {
        let mut head = Request::new(());
        *head.method_mut() = method;
        *head.headers_mut() = headers;
        Self { url, head, body, settings }
    }

    /// Adds what every request has.
    pub(crate) fn complete(&mut self) {
        let headers = self.head.headers_mut();
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        headers.entry(USER_AGENT).or_insert_with(|| self.settings.user_agent.clone());
        self.head.uri_mut().clone_from(self.url.uri());
        if self.body.framing() == RequestFraming::Empty {
            // Whoever has no body need not ask whether it is wanted (RFC 9110 section 10.1.1).
            self.head.headers_mut().remove(EXPECT);
        }
    }

    /// Whether the server is asked if it wants the body, before it gets it.
    pub(crate) fn asks(&self) -> bool {
        let expect = self.head.headers().get(EXPECT);
        expect.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
    }

    /// The request, to be sent once.
    pub(crate) fn sending(&mut self) -> Result<Sending, Error> {
        let head = encode_head(&self.head, self.body.framing())?;
        Ok(Sending::new(head, self.body.lend(), self.asks())?)
    }

    /// Becomes the request to which a redirect leads.
    pub(crate) fn redirect(&mut self, follow: Follow) {
        self.url = follow.url;
        *self.head.method_mut() = follow.method;
        *self.head.headers_mut() = follow.headers;
        if !follow.keep_body {
            self.body = RequestBody::empty();
        }
        self.complete();
    }
}

use std::rc::Rc;

use http::header::{ACCEPT, EXPECT, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request};

use crate::exchange::Sending;
use crate::proto::{RequestFraming, encode_head};
use crate::redirect::Follow;
use crate::request_body::RequestBody;
use crate::url::Url;
use crate::{Error, ErrorKind, Limits, Phase, RedirectPolicy, Timeouts};

/// What ends a line.
const END: &[u8] = b"\r\n";

/// A request as it will be sent, and sent again.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) url: Url,
    /// What becomes the head.
    pub(crate) head: Request<()>,
    /// What is left of the body: all of it if that is in memory.
    pub(crate) body: RequestBody,
    pub(crate) settings: Rc<Settings>,
    /// Whether a server may have had it before, when it is to be sent again.
    pub(crate) is_out: bool,
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
        settings: Rc<Settings>,
    ) -> Box<Self> {
        let mut head = Request::new(());
        *head.method_mut() = method;
        *head.headers_mut() = headers;
        Box::new(Self { url, head, body, settings, is_out: false })
    }

    /// What is to be different for this request.
    pub(crate) fn settings_mut(&mut self) -> &mut Settings {
        Rc::make_mut(&mut self.settings)
    }

    /// Brings the parts in line with each other.
    pub(crate) fn complete(&mut self) {
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
        let mut head = encode_head(&self.head, self.body.framing())?;
        self.put_defaults(&mut head);
        Sending::new(head, self.body.lend(), self.asks())
            .map_err(|error| Error::new(ErrorKind::BadRequestBody(error), Phase::Prepare))
    }

    /// Adds what every request has, unless its caller has said something else. It goes into the encoded head: in the map
    /// it would have to be entered for every request anew.
    fn put_defaults(&self, head: &mut Vec<u8>) {
        let headers = self.head.headers();
        // The empty line, which ends a head, comes after them.
        head.truncate(head.len().saturating_sub(END.len()));
        if !headers.contains_key(ACCEPT) {
            head.extend_from_slice(b"accept: */*\r\n");
        }
        if !headers.contains_key(USER_AGENT) {
            head.extend_from_slice(b"user-agent: ");
            head.extend_from_slice(self.settings.user_agent.as_bytes());
            head.extend_from_slice(END);
        }
        head.extend_from_slice(END);
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

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderValue, Method, Request, Response};

use super::framing::elements;

/// What of a request decides how its response is read.
///
/// Made from a request, or from a method alone: then neither an upgrade was asked for nor a close.
///
/// # Examples
///
/// ```
/// use http_lite::Limits;
/// use http_lite::proto::ResponseReader;
///
/// let request = http::Request::get("http://a/chat").header("Upgrade", "websocket").body(())?;
/// let reader = ResponseReader::new(&request, &Limits::default());
/// # drop(reader);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Asked {
    /// The framing of the response depends on it.
    pub(super) method: Method,
    /// The protocols that the server may switch to, as the lines of the request's `Upgrade` name them.
    upgrade: Vec<HeaderValue>,
    /// Whether the request said `Connection: close`.
    pub(super) closes: bool,
}

impl Asked {
    /// Whether this 101 switches to what was asked for: at least one protocol, and no other (RFC 9110 section 7.8).
    pub(super) fn allows_switch(&self, head: &Response<()>) -> bool {
        let mut switched =
            elements(head.headers(), UPGRADE).filter(|protocol| !protocol.is_empty()).peekable();
        switched.peek().is_some() && switched.all(|protocol| self.asked_for(protocol))
    }

    fn asked_for(&self, protocol: &[u8]) -> bool {
        let asked = self.upgrade.iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
        asked.map(<[u8]>::trim_ascii).any(|asked| asked.eq_ignore_ascii_case(protocol))
    }
}

impl From<&Method> for Asked {
    fn from(method: &Method) -> Self {
        Self { method: method.clone(), upgrade: Vec::new(), closes: false }
    }
}

impl<B> From<&Request<B>> for Asked {
    fn from(request: &Request<B>) -> Self {
        let headers = request.headers();
        Self {
            method: request.method().clone(),
            upgrade: headers.get_all(UPGRADE).iter().cloned().collect(),
            closes: elements(headers, CONNECTION).any(|option| option.eq_ignore_ascii_case(b"close")),
        }
    }
}

use std::fmt;

use http::header::{CONTENT_LENGTH, HOST, HeaderName, TRANSFER_ENCODING};
use http::uri::Scheme;
use http::{Method, Request, Uri};

use super::framing::{elements, number};

/// Room for the first line's fixed parts, for `Host` and for a framing header, beside what the caller gave.
const FIXED_BYTES: usize = 128;

/// How a request says where its body ends (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFraming {
    /// There is no body. `POST`, `PUT` and `PATCH` say so with a length of zero, because a server expects one of
    /// them to have a body; the other methods say nothing (RFC 9110 section 8.6).
    Empty,
    /// Exactly this many bytes.
    Length(u64),
    /// In chunks, the last of which is empty; there can be trailers behind it.
    Chunked,
}

/// Encodes the head of a request, up to and with its empty line.
///
/// The target is in origin form, for `CONNECT` in authority form, for `OPTIONS` of `*` in asterisk form (RFC 9112
/// section 3.2). `Host` comes first: the caller's if there is one, else that of the URI, without the userinfo and
/// without a port that goes without saying. The framing follows, then all other headers as they are. A
/// `Content-Length` of the caller's that says the same as `body` is sent once.
///
/// A line end cannot be smuggled into the head: [`Method`], [`HeaderName`] and [`http::HeaderValue`] hold none, and
/// what of the target is not visible ASCII is percent-encoded here.
///
/// # Errors
///
/// If the head would not say one thing only: see [`RequestError`].
///
/// # Examples
///
/// ```
/// use http_lite::proto::{RequestFraming, encode_head};
///
/// let request = http::Request::post("http://example.com?x=1").header("Accept", "*/*").body(())?;
/// let head = encode_head(&request, RequestFraming::Length(5))?;
/// assert_eq!(
///     String::from_utf8(head)?,
///     "POST /?x=1 HTTP/1.1\r\nhost: example.com\r\ncontent-length: 5\r\naccept: */*\r\n\r\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode_head(request: &Request<()>, body: RequestFraming) -> Result<Vec<u8>, RequestError> {
    check_framing(request, body)?;
    let mut head = Vec::with_capacity(expected_bytes(request));
    head.extend_from_slice(request.method().as_str().as_bytes());
    head.push(b' ');
    put_target(&mut head, request)?;
    head.extend_from_slice(b" HTTP/1.1\r\n");
    put_host(&mut head, request)?;
    put_framing(&mut head, request.method(), body);
    for (name, value) in request.headers().iter().filter(|&(name, _)| name != HOST && name != CONTENT_LENGTH)
    {
        put_field(&mut head, name, value.as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    Ok(head)
}

/// Why a request cannot be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// Neither the URI nor a `Host` header names a host.
    NoHost,
    /// There are two `Host` headers, of which two servers on the way may each take another.
    SeveralHosts,
    /// A header that says where the body ends, and not what its framing says.
    FramingHeader {
        /// Its name.
        name: HeaderName,
    },
    /// A request of this method has no body (RFC 9110 sections 9.3.6 and 9.3.8).
    NoBodyAllowed {
        /// `CONNECT` or `TRACE`.
        method: Method,
    },
    /// The URI of a `CONNECT` names no port, and there is none that goes without saying.
    NoPort,
    /// The port is not a number up to 65,535.
    BadPort,
    /// The path neither begins with a slash nor is the `*` of an `OPTIONS` request.
    BadPath,
}

impl std::error::Error for RequestError {}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost => f.write_str("the request names no host"),
            Self::SeveralHosts => f.write_str("the request has several Host headers: leave one"),
            Self::FramingHeader { name } => {
                write!(
                    f,
                    "the header {name} contradicts the request's body: leave it out, it is set from the body"
                )
            }
            Self::NoBodyAllowed { method } => write!(f, "a {method} request cannot have a body"),
            Self::NoPort => f.write_str("a CONNECT request needs a port, as in example.com:443"),
            Self::BadPort => f.write_str("the port of the request's URI is not a number from 0 to 65535"),
            Self::BadPath => f.write_str("the path of the request does not begin with a slash"),
        }
    }
}

/// A caller may repeat what the framing says, and say nothing else.
fn check_framing(request: &Request<()>, body: RequestFraming) -> Result<(), RequestError> {
    let headers = request.headers();
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(RequestError::FramingHeader { name: TRANSFER_ENCODING });
    }
    let length = match body {
        RequestFraming::Empty => Some(0),
        RequestFraming::Length(length) => Some(length),
        RequestFraming::Chunked => None,
    };
    if elements(headers, CONTENT_LENGTH)
        .any(|element| number(element).ok().is_none_or(|said| Some(said) != length))
    {
        return Err(RequestError::FramingHeader { name: CONTENT_LENGTH });
    }
    let method = request.method();
    if body != RequestFraming::Empty && (method == Method::CONNECT || method == Method::TRACE) {
        return Err(RequestError::NoBodyAllowed { method: method.clone() });
    }
    Ok(())
}

/// The length of the head, or a little more, so that one allocation is enough unless something is percent-encoded.
fn expected_bytes(request: &Request<()>) -> usize {
    let uri = request.uri();
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    fields.sum::<usize>() + request.method().as_str().len() + target + 2 * authority + FIXED_BYTES
}

/// The target in the form that the method asks for.
fn put_target(head: &mut Vec<u8>, request: &Request<()>) -> Result<(), RequestError> {
    let (method, uri) = (request.method(), request.uri());
    if method == Method::CONNECT {
        let (host, port) = host_and_port(uri)?;
        let port = port.or_else(|| default_port(uri)).ok_or(RequestError::NoPort)?;
        put_visible(head, host);
        head.push(b':');
        put_number(head, port);
        return Ok(());
    }
    match uri.path() {
        "*" if method == Method::OPTIONS => head.push(b'*'),
        path if path.starts_with('/') => put_path(head, uri),
        "" => put_path(head, uri),
        _ => return Err(RequestError::BadPath),
    }
    Ok(())
}

/// Path and query, or `/` in place of an empty path; a fragment never leaves the client.
fn put_path(head: &mut Vec<u8>, uri: &Uri) {
    put_visible(head, if uri.path().is_empty() { "/" } else { uri.path() });
    if let Some(query) = uri.query() {
        head.push(b'?');
        put_visible(head, query);
    }
}

/// Writes a text in visible ASCII, percent-encoding what is not (RFC 3986 section 2.1).
fn put_visible(head: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return head.extend_from_slice(text.as_bytes());
    }
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            head.push(byte);
        } else {
            head.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

pub(super) fn put_field(head: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    head.extend_from_slice(name.as_str().as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

fn put_number(head: &mut Vec<u8>, number: impl itoa::Integer) {
    head.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn put_framing(head: &mut Vec<u8>, method: &Method, body: RequestFraming) {
    let length = match body {
        RequestFraming::Empty if !matches!(*method, Method::POST | Method::PUT | Method::PATCH) => return,
        RequestFraming::Empty => 0,
        RequestFraming::Length(length) => length,
        RequestFraming::Chunked => return put_field(head, &TRANSFER_ENCODING, b"chunked"),
    };
    put_field(head, &CONTENT_LENGTH, itoa::Buffer::new().format(length).as_bytes());
}

fn put_host(head: &mut Vec<u8>, request: &Request<()>) -> Result<(), RequestError> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => put_field(head, &HOST, host.as_bytes()),
        (Some(_), Some(_)) => return Err(RequestError::SeveralHosts),
        (None, _) => {
            let (host, port) = host_and_port(request.uri())?;
            head.extend_from_slice(b"host: ");
            head.extend_from_slice(host.as_bytes());
            if let Some(port) = port.filter(|&port| Some(port) != default_port(request.uri())) {
                head.push(b':');
                put_number(head, port);
            }
            head.extend_from_slice(b"\r\n");
        }
    }
    Ok(())
}

/// The host of a URI, in brackets if it is an IPv6 address, and its port, if there is one.
fn host_and_port(uri: &Uri) -> Result<(&str, Option<u16>), RequestError> {
    let authority = uri.authority().ok_or(RequestError::NoHost)?.as_str();
    let host_begins = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at.saturating_add(1));
    let after_user = authority.get(host_begins..).unwrap_or_default();
    // The colons of an IPv6 address have a bracket behind them.
    let colon = after_user.bytes().rposition(|byte| matches!(byte, b':' | b']'));
    let (host, port) = match colon.and_then(|at| after_user.split_at_checked(at)) {
        Some((host, port)) if port.starts_with(':') => (host, parse_port(port.get(1..).unwrap_or_default())?),
        _ => (after_user, None),
    };
    if host.is_empty() { Err(RequestError::NoHost) } else { Ok((host, port)) }
}

/// The port, `None` if there is nothing behind the colon (RFC 3986 section 3.2.3).
fn parse_port(digits: &str) -> Result<Option<u16>, RequestError> {
    if digits.is_empty() {
        return Ok(None);
    }
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number).map(Some).ok_or(RequestError::BadPort)
}

fn default_port(uri: &Uri) -> Option<u16> {
    let scheme = uri.scheme()?;
    if *scheme == Scheme::HTTP { Some(80) } else { (*scheme == Scheme::HTTPS).then_some(443) }
}

#[cfg(test)]
mod tests;

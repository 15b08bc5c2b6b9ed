use std::fmt;

use http::header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::uri::Scheme;
use http::{Method, Request, Uri};

/// Encodes the head of a request that has no body, up to and with its empty line.
///
/// The target is in origin form (RFC 9112 section 3.2.1). `Host` comes first: the caller's if there is one, else
/// that of the URI, without the userinfo and without a port that goes without saying. All other headers follow as
/// they are.
///
/// A line end cannot be smuggled into the head: [`Method`], [`HeaderName`] and [`HeaderValue`] hold none, and what
/// of the target is not visible ASCII is percent-encoded here.
///
/// # Errors
///
/// If the head would not say one thing only: see [`RequestError`].
///
/// # Examples
///
/// ```
/// let request = http::Request::get("http://example.com?x=1").header("Accept", "*/*").body(())?;
/// let head = http_lite::proto::encode_head(&request)?;
/// assert_eq!(head, b"GET /?x=1 HTTP/1.1\r\nhost: example.com\r\naccept: */*\r\n\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode_head(request: &Request<()>) -> Result<Vec<u8>, RequestError> {
    let headers = request.headers();
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        if headers.contains_key(&name) {
            return Err(RequestError::FramingHeader { name });
        }
    }
    if request.method() == Method::CONNECT {
        return Err(RequestError::Connect);
    }
    let mut head = Vec::with_capacity(256);
    head.extend_from_slice(request.method().as_str().as_bytes());
    head.push(b' ');
    put_target(&mut head, request.uri());
    head.extend_from_slice(b" HTTP/1.1\r\n");
    put_field(&mut head, &HOST, host(request)?.as_bytes());
    for (name, value) in headers.iter().filter(|&(name, _)| name != HOST) {
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
    /// A header that says where the body ends, which is not the caller's to say.
    FramingHeader {
        /// Its name.
        name: HeaderName,
    },
    /// `CONNECT` has a target of its own form, which comes with proxies.
    Connect,
}

impl std::error::Error for RequestError {}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost => f.write_str("the request names no host"),
            Self::SeveralHosts => f.write_str("the request has several Host headers"),
            Self::FramingHeader { name } => write!(f, "the header {name} is not the caller's to set"),
            Self::Connect => f.write_str("the method CONNECT is not supported yet"),
        }
    }
}

/// Path and query, or `/` in place of an empty path; a fragment never leaves the client.
fn put_target(head: &mut Vec<u8>, uri: &Uri) {
    put_visible(head, uri.path());
    if let Some(query) = uri.query() {
        head.push(b'?');
        put_visible(head, query);
    }
}

/// Writes a text in visible ASCII, percent-encoding what is not (RFC 3986 section 2.1).
fn put_visible(head: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            head.push(byte);
        } else {
            head.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

fn put_field(head: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    head.extend_from_slice(name.as_str().as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

fn host(request: &Request<()>) -> Result<HeaderValue, RequestError> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Ok(host.clone()),
        (Some(_), Some(_)) => Err(RequestError::SeveralHosts),
        (None, _) => host_of(request.uri()).ok_or(RequestError::NoHost),
    }
}

fn host_of(uri: &Uri) -> Option<HeaderValue> {
    let authority = uri.authority()?;
    let host = authority.host();
    let text = match authority.port_u16().filter(|&port| Some(port) != default_port(uri)) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::try_from(text).ok().filter(|_| !host.is_empty())
}

fn default_port(uri: &Uri) -> Option<u16> {
    let scheme = uri.scheme()?;
    if *scheme == Scheme::HTTP { Some(80) } else { (*scheme == Scheme::HTTPS).then_some(443) }
}

#[cfg(test)]
mod tests;

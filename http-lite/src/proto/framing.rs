use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};

use super::{Excerpt, ProtoError};

/// How the end of a body is known (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no body, whatever the headers say: they describe the one that another request would get.
    Empty,
    /// In chunks, the last of which is empty (RFC 9112 section 7.1).
    Chunked,
    /// This many bytes, as `Content-Length` announced.
    Length(u64),
    /// Everything until the server closes the connection.
    ToClose,
}

impl Framing {
    /// The framing of the response to a request with this method.
    ///
    /// # Errors
    ///
    /// If the headers do not say for sure where the body ends. Guessing is how one peer comes to take for a
    /// response what another sent as a body.
    pub fn of(method: &Method, head: &Response<()>) -> Result<Self, ProtoError> {
        if has_no_body(method, head) {
            return Ok(Self::Empty);
        }
        if let Some(framing) = transfer_encoding(head)? {
            // A Content-Length beside it counts for nothing.
            return Ok(framing);
        }
        Ok(content_length(head.headers())?.map_or(Self::ToClose, Self::Length))
    }
}

/// Whether the connection could carry another request once the response is over.
///
/// [`Event::End`](super::Event::End) gives it, as far as it follows from the request's head and from the response.
/// Whether the request was sent to its end is for whoever sends it to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing speaks against it.
    KeepAlive,
    /// It could not.
    Close(CloseReason),
}

/// Why a connection cannot carry another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The connection has become a tunnel: what follows is not HTTP (RFC 9110 section 9.3.6).
    Tunnel,
    /// The connection has switched to another protocol (RFC 9110 section 7.8).
    Upgrade,
    /// The request said `Connection: close`.
    RequestCloses,
    /// The body ends where the connection does.
    BodyToClose,
    /// `Transfer-Encoding` and `Content-Length` stood side by side, as they do in a smuggling attempt
    /// (RFC 9112 section 6.1).
    TransferEncodingAndLength,
    /// The server said `Connection: close`.
    ServerCloses,
    /// HTTP/1.0 without `Connection: keep-alive`.
    Http10,
}

impl Verdict {
    /// The verdict on the connection that brought this response, as far as the response is concerned.
    #[must_use]
    pub fn of(method: &Method, head: &Response<()>, framing: Framing) -> Self {
        let headers = head.headers();
        let reason = if opens_tunnel(method, head) {
            CloseReason::Tunnel
        } else if head.status() == StatusCode::SWITCHING_PROTOCOLS {
            CloseReason::Upgrade
        } else if framing == Framing::ToClose {
            CloseReason::BodyToClose
        } else if framing == Framing::Chunked && headers.contains_key(CONTENT_LENGTH) {
            CloseReason::TransferEncodingAndLength
        } else if elements(headers, CONNECTION).any(|option| option.eq_ignore_ascii_case(b"close")) {
            CloseReason::ServerCloses
        } else if head.version() == Version::HTTP_10
            && !elements(headers, CONNECTION).any(|option| option.eq_ignore_ascii_case(b"keep-alive"))
        {
            CloseReason::Http10
        } else {
            return Self::KeepAlive;
        };
        Self::Close(reason)
    }

    /// Whether what follows the head is not HTTP any more.
    pub(super) fn leaves_http(self) -> bool {
        matches!(self, Self::Close(CloseReason::Tunnel | CloseReason::Upgrade))
    }
}

fn has_no_body(method: &Method, head: &Response<()>) -> bool {
    let status = head.status();
    *method == Method::HEAD
        || status.is_informational()
        || matches!(status.as_u16(), 204 | 304)
        || opens_tunnel(method, head)
}

fn opens_tunnel(method: &Method, head: &Response<()>) -> bool {
    *method == Method::CONNECT && head.status().is_success()
}

/// `Some` if there is a `Transfer-Encoding`.
///
/// This client sends no `TE`, so nothing but a single `chunked` can be meant for it: any other coding is refused, and
/// a second `chunked` as well. An element of the list that is empty counts for nothing (RFC 9110 section 5.6.1.2), but
/// a list of nothing else says nothing, and is refused.
fn transfer_encoding(head: &Response<()>) -> Result<Option<Framing>, ProtoError> {
    let bad =
        |value: &HeaderValue| ProtoError::BadTransferEncoding { value: Excerpt::from(value.as_bytes()) };
    let values = head.headers().get_all(TRANSFER_ENCODING);
    let Some(first) = values.iter().next() else {
        return Ok(None);
    };
    if head.version() == Version::HTTP_10 {
        return Err(ProtoError::TransferEncodingInHttp10);
    }
    let mut is_chunked = false;
    for value in values {
        for coding in list(value).filter(|coding| !coding.is_empty()) {
            if is_chunked || !coding.eq_ignore_ascii_case(b"chunked") {
                return Err(bad(value));
            }
            is_chunked = true;
        }
    }
    if is_chunked { Ok(Some(Framing::Chunked)) } else { Err(bad(first)) }
}

/// The one number that all `Content-Length` values agree on, be they in a list or in lines of their own.
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, ProtoError> {
    let mut length = None;
    for element in elements(headers, CONTENT_LENGTH) {
        let second = number(element)?;
        match length {
            Some(first) if first != second => {
                return Err(ProtoError::ConflictingContentLengths { first, second });
            }
            _ => length = Some(second),
        }
    }
    Ok(length)
}

/// Reads decimal digits and nothing else: the standard library's `parse` would take `+5` (RUSTSEC-2021-0078).
pub(super) fn number(element: &[u8]) -> Result<u64, ProtoError> {
    let append = |number: u64, &digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    };
    let number = element.iter().try_fold(0, append).filter(|_| !element.is_empty());
    number.ok_or_else(|| ProtoError::BadContentLength { value: Excerpt::from(element) })
}

/// The elements of a header that is a list, over all its lines (RFC 9110 section 5.6.1).
pub(super) fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers.get_all(name).into_iter().flat_map(list)
}

/// The elements of one line of such a header.
fn list(value: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    value.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests;

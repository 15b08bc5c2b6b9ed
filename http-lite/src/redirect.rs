use http::header::{HeaderMap, LOCATION};
use http::{Method, StatusCode};

use crate::url::Url;

mod policy;
mod method;
mod headers;
mod error;

pub use error::RedirectError;
pub use policy::RedirectPolicy;

/// A request and the response to it, of which the next request may come.
#[derive(Debug)]
pub(crate) struct Hop<'hop> {
    /// Where the request went.
    pub(crate) url: &'hop Url,
    /// Its method.
    pub(crate) method: &'hop Method,
    /// Its headers: those that [`Follow::headers`] gave, so that what was taken out once never comes back.
    pub(crate) headers: &'hop HeaderMap,
    /// What has become of its body.
    pub(crate) body: SentBody,
    /// The status of the response.
    pub(crate) status: StatusCode,
    /// The headers of the response.
    pub(crate) response_headers: &'hop HeaderMap,
    /// How many redirects were followed before.
    pub(crate) followed: usize,
    /// How many may be followed.
    pub(crate) limit: usize,
}

/// What has become of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SentBody {
    /// There was none.
    Empty,
    /// It can be sent again.
    Replayable,
    /// Something of it was read from a source that has it only once.
    Consumed,
}

/// What to do with a response.
#[derive(Debug)]
#[must_use]
pub(crate) enum Next {
    /// It is the caller's.
    Stop,
    /// Send another request.
    Follow(Box<Follow>),
}

/// The request to which a redirect leads.
#[derive(Debug)]
pub(crate) struct Follow {
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// The headers of the request before, without those that are not for the new one.
    pub(crate) headers: HeaderMap,
    /// Whether the body is sent again. If not, no header speaks of it any more.
    pub(crate) keep_body: bool,
}

/// Decides what comes after a response (RFC 9110 section 15.4).
///
/// # Errors
///
/// If the response is a redirect that should be followed and cannot be: see [`RedirectError`].
pub(crate) fn next(policy: &RedirectPolicy, hop: &Hop<'_>) -> Result<Next, RedirectError> {
    let (true, Some(rewrite)) = (policy.follows(), method::rewrite(hop.status, hop.method)) else {
        return Ok(Next::Stop);
    };
    let Some(location) = location(hop.response_headers)? else {
        return Ok(Next::Stop);
    };
    if hop.followed >= hop.limit {
        return Err(RedirectError::TooMany { limit: hop.limit });
    }
    let url = hop.url.join(&location).map_err(RedirectError::BadLocation)?.inherit_fragment(hop.url);
    if !rewrite.drops_body && hop.body == SentBody::Consumed {
        return Err(RedirectError::BodyConsumed { status: hop.status });
    }
    let mut headers = hop.headers.clone();
    if rewrite.drops_body {
        headers::drop_payload(&mut headers);
    }
    if url.origin() != hop.url.origin() {
        headers::drop_credentials(&mut headers, policy);
    }
    let keep_body = !rewrite.drops_body && hop.body != SentBody::Empty;
    Ok(Next::Follow(Box::new(Follow { url, method: rewrite.method, headers, keep_body })))
}

/// The one place that a response names, or none. Two lines that differ are two places.
fn location(headers: &HeaderMap) -> Result<Option<String>, RedirectError> {
    let mut locations = headers.get_all(LOCATION).iter();
    let Some(location) = locations.next() else {
        return Ok(None);
    };
    if locations.any(|other| other != location) {
        return Err(RedirectError::SeveralLocations);
    }
    Ok(Some(text(location.as_bytes())))
}

/// A header's value as text. What is not UTF-8 is percent-encoded byte by byte: that is what it means in a URL.
fn text(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    bytes.iter().fold(String::new(), |text, &byte| match byte {
        0..=127 => text + char::from(byte).encode_utf8(&mut [0; 4]),
        _ => text + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests;

//! What other clients got wrong when they followed redirects. Each test cites where.

use http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};

use super::{Follow, Hop, Next, RedirectError, RedirectPolicy, SentBody, next};
use crate::url::Url;

mod credentials;
mod limit;
mod locations;
mod methods;
mod random;

/// Headers of these names and values.
fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let line = |&(name, value): &(&str, &str)| {
        (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().map(line) {
        headers.append(name, value);
    }
    headers
}

/// A `GET` without a body, redirected from here to there.
fn redirected(
    policy: &RedirectPolicy,
    from: &str,
    request: &HeaderMap,
    to: &str,
) -> Result<Next, RedirectError> {
    next(
        policy,
        &Hop {
            url: &Url::parse(from).unwrap(),
            method: &Method::GET,
            headers: request,
            body: SentBody::Empty,
            status: StatusCode::FOUND,
            response_headers: &headers(&[(LOCATION.as_str(), to)]),
            followed: 0,
            limit: 10,
        },
    )
}

/// The request that comes next.
fn followed(next: Result<Next, RedirectError>) -> Follow {
    match next.unwrap() {
        Next::Follow(follow) => *follow,
        Next::Stop => panic!("the redirect is not followed"),
    }
}

/// The names of headers, in alphabetical order.
fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

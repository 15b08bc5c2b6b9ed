use http::{Method, StatusCode};

/// What a redirect makes of the request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rewrite {
    pub(super) method: Method,
    /// Whether the new request has no body, whatever the old one had.
    pub(super) drops_body: bool,
}

/// What a status makes of a request with this method, or `None` if it is not a redirect that is followed.
///
/// Not followed are 300 (there is a choice, and nobody here to make it), 304 (nothing has moved), 305 (whoever obeys
/// it lets a server choose its proxy; RFC 9110 section 15.4.6) and 306 (unused). `CONNECT` asks for a tunnel to
/// somebody, not for something that could have moved.
pub(super) fn rewrite(status: StatusCode, method: &Method) -> Option<Rewrite> {
    if method == Method::CONNECT {
        return None;
    }
    let kept = Rewrite { method: method.clone(), drops_body: false };
    match status {
        // Every client has made a GET of a POST since before there was 303 (RFC 9110 sections 15.4.2 and 15.4.3).
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if method == Method::POST => {
            Some(retrieval(method))
        }
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => Some(kept),
        StatusCode::SEE_OTHER => Some(retrieval(method)),
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => Some(kept),
        _ => None,
    }
}

/// A request that only fetches what is there, or its head if that is what was asked for before.
fn retrieval(method: &Method) -> Rewrite {
    let method = if method == Method::HEAD { Method::HEAD } else { Method::GET };
    Rewrite { method, drops_body: true }
}

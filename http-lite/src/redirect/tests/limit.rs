use http::header::HeaderMap;
use http::{Method, StatusCode};

use super::headers;
use crate::redirect::{Hop, Next, RedirectError, RedirectPolicy, SentBody, next};
use crate::url::Url;

/// The redirects that are followed of a loop, and how that ends.
fn round_and_round(policy: &RedirectPolicy, limit: usize) -> (usize, Result<(), RedirectError>) {
    let url = Url::parse("http://a/b").unwrap();
    let mut followed = 0;
    loop {
        let hop = Hop {
            url: &url,
            method: &Method::GET,
            headers: &HeaderMap::new(),
            body: SentBody::Empty,
            status: StatusCode::FOUND,
            response_headers: &headers(&[("location", "/b")]),
            followed,
            limit,
        };
        match next(policy, &hop) {
            Ok(Next::Follow(follow)) => assert_eq!(follow.url, url),
            Ok(Next::Stop) => return (followed, Ok(())),
            Err(error) => return (followed, Err(error)),
        }
        followed += 1;
    }
}

/// reqwest was off by one; curl tests 25 and 274.
#[test]
fn as_many_redirects_as_the_limit_says_are_followed() {
    for limit in [0, 1, 2, 3, 10, 50] {
        let followed = round_and_round(&RedirectPolicy::default(), limit);
        assert_eq!(followed, (limit, Err(RedirectError::TooMany { limit })));
    }
}

#[test]
fn without_a_policy_to_follow_a_redirect_is_a_response() {
    assert_eq!(round_and_round(&RedirectPolicy::none(), 10), (0, Ok(())));
}

#[test]
fn errors_say_what_to_do() {
    let messages = [
        (
            RedirectError::TooMany { limit: 3 },
            "there are more than 3 redirects in a row: if that is no loop, allow more of them \
             (Limits::redirects)",
        ),
        (
            RedirectError::SeveralLocations,
            "the redirect leads to several places: its Location headers differ",
        ),
        (
            RedirectError::BadLocation(Url::parse("ftp://me:secret@a/").unwrap_err()),
            "the redirect cannot be followed: the URL \"ftp://***@a/\" cannot be used: the scheme \"ftp\" is not \
             supported: only http and https are",
        ),
        (
            RedirectError::BodyConsumed { status: StatusCode::TEMPORARY_REDIRECT },
            "the redirect (307) asks for the body again, which can be read only once: send it as bytes, or send the \
             request to where the redirect leads",
        ),
    ];
    for (error, message) in messages {
        assert_eq!(error.to_string(), message);
    }
}

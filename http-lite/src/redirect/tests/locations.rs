use http::header::{HeaderMap, HeaderValue, LOCATION};
use http::{Method, StatusCode};

use super::{followed, redirected};
use crate::redirect::{Hop, Next, RedirectError, RedirectPolicy, SentBody, next};
use crate::url::Url;

/// Where a redirect from one URL leads.
fn target(from: &str, location: &str) -> String {
    followed(redirected(&RedirectPolicy::default(), from, &HeaderMap::new(), location)).url.to_string()
}

/// Where a redirect from `http://a/b` with these `Location` headers leads, if anywhere.
fn located(locations: &[&[u8]]) -> Result<Option<String>, RedirectError> {
    let mut response_headers = HeaderMap::new();
    for location in locations {
        response_headers.append(LOCATION, HeaderValue::from_bytes(location).unwrap());
    }
    let hop = Hop {
        url: &Url::parse("http://a/b").unwrap(),
        method: &Method::GET,
        headers: &HeaderMap::new(),
        body: SentBody::Empty,
        status: StatusCode::FOUND,
        response_headers: &response_headers,
        followed: 0,
        limit: 10,
    };
    Ok(match next(&RedirectPolicy::default(), &hop)? {
        Next::Follow(follow) => Some(follow.url.to_string()),
        Next::Stop => None,
    })
}

/// RFC 9110 section 10.2.2 gives the first two examples.
#[test]
fn a_fragment_is_inherited_where_there_is_no_new_one() {
    let from = "http://www.example.org/~tim";
    assert_eq!(target(from, "/People.html#tim"), "http://www.example.org/People.html#tim");
    let from = "http://www.example.org/index.html#larry";
    assert_eq!(target(from, "http://www.example.net/index.html"), "http://www.example.net/index.html#larry");
    assert_eq!(target("http://a/b#c", "/d#e"), "http://a/d#e");
    assert_eq!(target("http://a/b#c", "#"), "http://a/b#");
    assert_eq!(target("http://a/b?x#c", ""), "http://a/b?x#c");
}

/// curl test 772.
#[test]
fn two_locations_that_differ_are_an_error() {
    assert_eq!(located(&[b"/c", b"/d"]), Err(RedirectError::SeveralLocations));
    assert_eq!(located(&[b"/c", b"/c", b"/c "]), Err(RedirectError::SeveralLocations));
    assert_eq!(located(&[b"/c", b"/c"]), Ok(Some("http://a/c".to_owned())));
    assert_eq!(located(&[]), Ok(None));
}

/// A comma separates nothing in a `Location` (RFC 9110 section 10.2.2).
#[test]
fn a_comma_is_part_of_a_location() {
    assert_eq!(located(&[b"/c, /d"]), Ok(Some("http://a/c,%20/d".to_owned())));
}

/// curl tests 1138 and 1142.
#[test]
fn a_location_may_hold_spaces_and_any_bytes_and_nothing() {
    assert_eq!(located(&[b"/c d"]), Ok(Some("http://a/c%20d".to_owned())));
    assert_eq!(located(&["/\u{e9}".as_bytes()]), Ok(Some("http://a/%C3%A9".to_owned())));
    assert_eq!(located(&[b"/\xe9\xff%41"]), Ok(Some("http://a/%E9%FF%41".to_owned())));
    assert_eq!(located(&[b""]), Ok(Some("http://a/b".to_owned())));
    assert!(matches!(located(&[b"//\xe9/"]), Err(RedirectError::BadLocation(_))));
}

/// cyper panics on `file:`, ureq asks its server for it.
#[test]
fn a_location_that_is_no_http_url_is_an_error() {
    for location in
        ["file:///etc/passwd", "javascript:alert(1)", "http:////", r"\\c\d", "//c:65536", "http:c"]
    {
        let error = located(&[location.as_bytes()]).unwrap_err();
        assert!(matches!(error, RedirectError::BadLocation(_)), "{location}: {error}");
    }
}

/// CVE-2024-11053 and CVE-2026-3783 (curl).
#[test]
fn a_location_with_a_password_is_an_error_that_does_not_repeat_it() {
    for location in ["http://me:secret@c/", "//me:secret@c", "me:secret@c"] {
        let error = located(&[location.as_bytes()]).unwrap_err();
        assert!(matches!(error, RedirectError::BadLocation(_)), "{location}: {error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

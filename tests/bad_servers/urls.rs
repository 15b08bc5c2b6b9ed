//! URLs that lead to no server at all.

use http_lite::{Error, ErrorKind};

use super::beside_a_good_one;

/// The error for a URL, whose message has `culprit` in it.
fn refused(url: &str, culprit: &str) -> Error {
    let error = beside_a_good_one(url.to_owned(), None).unwrap_err();
    assert!(error.to_string().contains(culprit), "{url}: {error}");
    error
}

#[test]
fn a_malformed_url_is_shown() {
    for url in [
        "",
        "localhost",
        "http://",
        "http://a b/",
        "http://[::1/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:0/",
    ] {
        let error = refused(url, &format!("\"{url}\""));
        assert!(matches!(error.kind(), ErrorKind::BadUrl(_)), "{error:?}");
    }
}

#[test]
fn an_unknown_scheme_is_named() {
    for scheme in ["https", "ftp", "file"] {
        let error = refused(&format!("{scheme}://127.0.0.1/"), &format!("\"{scheme}\""));
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedScheme { .. } | ErrorKind::BadUrl(_)),
            "{error:?}"
        );
    }
}

#[test]
fn a_name_that_would_have_to_be_looked_up_is_named() {
    let error = refused("http://site.example:81/page", "site.example");
    assert!(matches!(error.kind(), ErrorKind::Connect { .. }), "{error:?}");
}

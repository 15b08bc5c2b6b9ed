//! References, and the URLs that they mean.

use crate::url::{Url, UrlProblem};

fn joined(base: &str, reference: &str) -> String {
    let base = Url::parse(base).unwrap();
    base.join(reference).map_or_else(|error| format!("{:?}", error.problem()), |url| url.to_string())
}

/// What the examples of RFC 3986 section 5.4 are resolved against.
const BASE: &str = "http://a/b/c/d;p?q";

/// RFC 3986 section 5.4.1. Two differ: `g:h` is not HTTP, and an empty path is `/` here.
#[test]
fn the_normal_examples_of_the_rfc_are_joined_as_it_says() {
    for (reference, url) in [
        ("g:h", r#"OtherScheme { scheme: "g" }"#),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"),
        ("g;x", "http://a/b/c/g;x"),
        ("g;x?y#s", "http://a/b/c/g;x?y#s"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../", "http://a/"),
        ("../../g", "http://a/g"),
    ] {
        assert_eq!(joined(BASE, reference), url, "{reference}");
    }
}

/// RFC 3986 section 5.4.2. `http:g` is what a strict parser makes of it: a URL, here without a host.
#[test]
fn the_abnormal_examples_of_the_rfc_are_joined_as_it_says() {
    for (reference, url) in [
        ("../../../g", "http://a/g"),
        ("../../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        (".g", "http://a/b/c/.g"),
        ("g..", "http://a/b/c/g.."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("g#s/./x", "http://a/b/c/g#s/./x"),
        ("g#s/../x", "http://a/b/c/g#s/../x"),
        ("http:g", "NoHost"),
    ] {
        assert_eq!(joined(BASE, reference), url, "{reference}");
    }
}

/// curl tests 1142 and 1314; ureq-proto 0.6.3.
#[test]
fn a_reference_may_be_any_piece_of_a_url() {
    for (base, reference, url) in [
        ("https://a/b", "//c", "https://c/"),
        ("https://a:1/b", "//c/d", "https://c/d"),
        ("http://a:1/b", "/c", "http://a:1/c"),
        ("http://a", "b", "http://a/b"),
        ("http://a?x", "b", "http://a/b"),
        ("http://a?x", "", "http://a/?x"),
        ("http://a/?x#y", "", "http://a/?x"),
        ("http://a/b#c", "#", "http://a/b#"),
        ("http://a/b?x", "?", "http://a/b?"),
        ("http://a/b", "HTTPS://C:443/./d/../E", "https://c/E"),
        ("http://[::1]:8/b", "c", "http://[::1]:8/c"),
        ("http://a/b/../c/d", "e", "http://a/c/e"),
        ("http://a/", ".//b", "http://a//b"),
        ("http://a/b/", "..//c", "http://a//c"),
        ("http://a/b", "/c//d", "http://a/c//d"),
        ("http://a/b", "./c:d", "http://a/c:d"),
        ("http://a/b", "?c:d/../e", "http://a/b?c:d/../e"),
    ] {
        assert_eq!(joined(base, reference), url, "{base} {reference}");
    }
}

/// curl tests 1138 and 1563.
#[test]
fn what_cannot_stand_in_a_reference_is_percent_encoded() {
    for (reference, url) in [
        ("/b c?d e#f g", "http://a/b%20c?d%20e#f%20g"),
        ("/\u{e5}\u{1f600}", "http://a/%C3%A5%F0%9F%98%80"),
        ("b|c", "http://a/b%7Cc"),
        ("/b?c[]=%1&d=%41", "http://a/b?c%5B%5D=%251&d=%41"),
        ("/b%2fc", "http://a/b%2fc"),
    ] {
        assert_eq!(joined("http://a/", reference), url, "{reference}");
    }
}

/// An encoded dot is a dot (RFC 3986 section 6.2.2.2), an encoded slash is no slash (section 2.2).
#[test]
fn dots_that_are_encoded_are_dots_and_slashes_are_not_slashes() {
    for (reference, url) in [
        ("/b/%2e%2E/c", "http://a/c"),
        ("%2e/c", "http://a/b/c"),
        (".%2e/c", "http://a/c"),
        ("..%2fc", "http://a/b/..%2fc"),
        ("%2e%2ec", "http://a/b/%2e%2ec"),
    ] {
        assert_eq!(joined("http://a/b/", reference), url, "{reference}");
    }
}

/// CVE-2016-8624; CVE-2022-27780; curl test 1563; cyper panics on `file:`.
#[test]
fn a_reference_leads_nowhere_else_than_it_seems_to() {
    for (reference, problem) in [
        ("http:////", "NoHost"),
        ("http:////c", "NoHost"),
        ("http:///c", "NoHost"),
        ("//", "NoHost"),
        ("///c", "NoHost"),
        ("////c", "NoHost"),
        ("http:", "NoHost"),
        ("//?c", "NoHost"),
        (r"/\c", "Backslash"),
        (r"\\c", "Backslash"),
        (r"//c\d", "Backslash"),
        (r"/?\", "Backslash"),
        ("//me@c", "Userinfo"),
        ("//@c", "Userinfo"),
        ("https://me:secret@c/", "Userinfo"),
        ("//c%2fd", "BadHost"),
        ("//c d", "BadHost"),
        ("//c<d", "BadHost"),
        ("//b\u{fc}cher", "HostNotAscii"),
        ("//c:0", "BadPort"),
        ("//c:65536/", "BadPort"),
        ("http://c:99999999999999999999/", "BadPort"),
        ("//c:+1", "BadPort"),
        ("//[::1", "OpenBracket"),
        ("//[::1%25lo]/", "Zone"),
        ("/c\r\nX: y", "ControlCharacter"),
        ("/c\td", "ControlCharacter"),
        ("/c\0", "ControlCharacter"),
        (" /c", "SpaceAtTheEdge"),
        ("/c ", "SpaceAtTheEdge"),
        (":c", "Colon"),
        ("1:2", "Colon"),
        ("c d:e", "Colon"),
        ("127.0.0.1:80/c", "Colon"),
        ("localhost:80/c", "NoScheme"),
        ("me:secret@c", "NoScheme"),
        ("file:///etc/passwd", r#"OtherScheme { scheme: "file" }"#),
        ("file:c", r#"OtherScheme { scheme: "file" }"#),
        ("javascript:alert(1)", r#"OtherScheme { scheme: "javascript" }"#),
        ("data:,c", r#"OtherScheme { scheme: "data" }"#),
        ("ftp://c/", r#"OtherScheme { scheme: "ftp" }"#),
        ("gopher://c:1/_x", r#"OtherScheme { scheme: "gopher" }"#),
    ] {
        assert_eq!(joined("http://a/b", reference), problem, "{reference}");
    }
}

#[test]
fn a_joined_url_may_not_be_endless_either() {
    let base = Url::parse(&format!("http://a/{}/", "b".repeat(40_000))).unwrap();
    let problem = |reference: &str| base.join(reference).unwrap_err().problem().clone();
    assert_eq!(problem(&"c".repeat(40_000)), UrlProblem::TooLong);
    assert_eq!(problem(&"c".repeat(65_535)), UrlProblem::TooLong);
    assert_eq!(base.join(&format!("/{}", "c".repeat(40_000))).unwrap().uri().path().len(), 40_001);
}

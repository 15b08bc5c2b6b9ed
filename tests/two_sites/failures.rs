//! What it says when a download fails, and when it is called wrongly.

use std::fs;

use super::support::process::Finished;
use super::support::refusing::RefusingAddress;
use super::support::server::Server;
use super::support::temp_dir::TempDir;
use super::{GOOD, row, two_sites};

/// Runs a bad site beside a good one, which arrives and is saved in spite of it.
fn beside_a_good_site(bad_url: &str) -> (Finished, TempDir) {
    let good = Server::answer(GOOD);
    let directory = TempDir::new();
    let output = directory.to_str().expect("temporary directories have plain names");
    let finished = two_sites(["-o", output, bad_url, &format!("{}good", good.url())]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(row(&finished, bad_url), ["failed"], "{finished:?}");
    assert_eq!(row(&finished, &good.url())[..4], ["good", "200", "5", "bytes"], "{finished:?}");
    assert_eq!(fs::read(directory.join("2-good")).unwrap(), b"hello");
    (finished, directory)
}

/// Standard error is one line: the program, the URL and a reason with these words in it.
fn assert_reason(finished: &Finished, url: &str, words: &str) {
    let reason = finished.stderr.strip_prefix(&format!("two_sites: {url}: "));
    assert!(reason.is_some_and(|reason| reason.contains(words)), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
}

#[test]
fn a_site_that_refuses_is_named_and_the_other_one_is_saved() {
    let refusing = RefusingAddress::new();
    let (finished, directory) = beside_a_good_site(&refusing.url());
    assert_reason(&finished, &refusing.url(), &refusing.address().to_string());
    assert!(finished.stderr.contains("refused"), "{finished:?}");
    assert_eq!(directory.names(), ["2-good"]);
}

#[test]
fn half_a_body_is_not_saved_under_the_name_of_a_whole_one() {
    let bad = Server::answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    let (finished, directory) = beside_a_good_site(&bad.url());
    assert_reason(&finished, &bad.url(), "announced 10 bytes");
    assert!(!directory.join("1-index.html").exists(), "{:?}", directory.names());
}

#[test]
fn a_malformed_url_is_named_with_what_is_wrong_with_it() {
    for (url, words) in [
        ("http://a b/", "impossible character"),
        ("http://127.0.0.1:99999/", "port"),
        ("127.0.0.1", "does not begin with http://"),
        ("http://site.example/", "cannot be looked up"),
    ] {
        let (finished, directory) = beside_a_good_site(url);
        assert_reason(&finished, url, words);
        assert_eq!(directory.names(), ["2-good"]);
    }
}

#[test]
fn https_is_refused_and_never_sent_in_the_clear() {
    for way in [None, Some("--threads")] {
        let secure = Server::answer(GOOD);
        let url = format!("https://{}/", secure.address());
        let good = Server::answer(GOOD);
        let finished = two_sites(way.into_iter().chain([&*url, &*good.url()]));
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert_reason(&finished, &url, "\"https\" is not supported");
    }
}

#[test]
fn a_wrong_command_line_is_told_from_a_failed_download() {
    let three = ["http://a/", "http://b/", "http://c/"];
    for (arguments, words) in [
        (&three[..], "two sites need two URLs, not 3"),
        (&three[..1], "two sites need two URLs, not 1"),
        (&["--three"], "--three"),
        (&["-o"], "-o"),
    ] {
        let finished = two_sites(arguments);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        let first = finished.stderr.lines().next().unwrap_or_default();
        assert!(first.contains(words), "{finished:?}");
        assert!(finished.stderr.contains("usage: two_sites"), "{finished:?}");
        assert_eq!(finished.stdout, "");
    }
}

#[test]
fn help_that_is_asked_for_is_no_error() {
    for flag in ["--help", "-h"] {
        let finished = two_sites([flag]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(finished.stdout.starts_with("usage: two_sites "), "{finished:?}");
        assert_eq!(finished.stderr, "");
    }
}

//! Caddy.

use std::fs;

use http::StatusCode;

use super::support::apache::{Apache, write_echo};
use super::support::caddy::Caddy;
use super::{PAGE, assert_echoes, assert_serves_files, files, get, try_get};

#[test]
fn files_arrive_byte_for_byte() {
    let files = files();
    let Some(caddy) = Caddy::start(&files, "") else { return };
    assert_serves_files(&files, |path| caddy.url(0, path));
}

#[test]
fn a_page_that_is_made_on_the_way_arrives_whole() {
    let files = files();
    fs::write(files.join("numbers.html"), "{{range until 9999}}{{.}},{{end}}").unwrap();
    fs::write(files.join("mistake.html"), "{{range nothing}}{{end}}").unwrap();
    let Some(caddy) = Caddy::start(&files, "  templates") else { return };
    let expected: String = (0..9999).map(|number| format!("{number},")).collect();
    assert_eq!(get(caddy.url(0, "/numbers.html")).text(), expected);
    // Caddy announces the length of the template and sends none of it.
    let error = try_get(caddy.url(0, "/mistake.html"), &[]).map(|answer| answer.status);
    assert!(!matches!(error, Ok(StatusCode::OK)), "{error:?}");
}

#[test]
fn a_page_that_has_not_changed_is_not_sent_again() {
    let files = files();
    let Some(caddy) = Caddy::start(&files, "  respond /nothing 204") else { return };
    let page = get(caddy.url(0, "/page"));
    let same = try_get(caddy.url(0, "/page"), &[("If-None-Match", page.header("etag"))]).unwrap();
    assert_eq!((same.status, same.text()), (StatusCode::NOT_MODIFIED, ""));
    let other = try_get(caddy.url(0, "/page"), &[("If-None-Match", "\"another\"")]).unwrap();
    assert_eq!((other.status, other.text()), (StatusCode::OK, PAGE));
    let nothing = get(caddy.url(0, "/nothing"));
    assert_eq!((nothing.status, nothing.length, nothing.text()), (StatusCode::NO_CONTENT, Some(0), ""));
}

#[test]
fn what_is_sent_comes_back() {
    let files = files();
    write_echo(&files);
    let Some(apache) = Apache::start(&files, "") else { return };
    let Some(caddy) =
        Caddy::start(&files, &format!("  reverse_proxy /made-echo 127.0.0.1:{}", apache.port(0)))
    else {
        return;
    };
    assert_echoes(caddy.url(0, "/made-echo"));
}

//! nginx.

mod connections;

use std::fs;
use std::path::Path;
use std::process::Command;

use executor::join;
use http::StatusCode;

use super::support::apache::{Apache, write_echo};
use super::support::example::example;
use super::support::nginx::Nginx;
use super::support::process::Process;
use super::support::random::Xorshift;
use super::support::temp_dir::TempDir;
use super::support::watchdog::block_on;
use super::{
    Answer, PAGE, answer, assert_echoes, assert_serves_files, compare, files, get, try_get, with_client,
};

const LARGE_BYTES: u64 = 50 * 1024 * 1024;
const CHUNKED_BYTES: u64 = 5 * 1024 * 1024;

/// A site that serves its files as they are.
const PLAIN: &str = "";

/// A site that looks for commands in its files, and so does not know their length before it has
/// sent them.
const CHUNKED: &str = "ssi on; ssi_types *;";

/// Two sites: a large file on the first, one on the second that comes in chunks. `None` without
/// nginx.
fn two_sites() -> Option<(Nginx, TempDir, [String; 2])> {
    let files = TempDir::new();
    let mut random = Xorshift(0x9e37_79b9_7f4a_7c15);
    random.write_file(&files.join("large"), LARGE_BYTES).unwrap();
    random.write_file(&files.join("chunked"), CHUNKED_BYTES).unwrap();
    let nginx = Nginx::start(&files, &[PLAIN, CHUNKED])?;
    let urls = [nginx.url(0, "/large"), nginx.url(1, "/chunked")];
    Some((nginx, files, urls))
}

/// A site with some small files. `None` without nginx.
fn one_site(configuration: &str) -> Option<(Nginx, TempDir)> {
    let files = files();
    let nginx = Nginx::start(&files, &[configuration])?;
    Some((nginx, files))
}

#[test]
fn fifty_megabytes_and_a_chunked_body_arrive_at_once_byte_for_byte() {
    let Some((_nginx, files, [large, chunked])) = two_sites() else {
        return;
    };
    let (large_file, chunked_file) = (files.join("large"), files.join("chunked"));
    let lengths = block_on(async move || {
        let plain = async {
            let response = http_lite::get(&large).await.unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.body().content_length(), Some(LARGE_BYTES));
            compare(response.into_body(), &large_file).await
        };
        let in_chunks = async {
            let response = http_lite::get(&chunked).await.unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["transfer-encoding"], "chunked");
            assert_eq!(response.body().content_length(), None);
            compare(response.into_body(), &chunked_file).await
        };
        join!(plain, in_chunks)
    });
    assert_eq!(lengths, (LARGE_BYTES, CHUNKED_BYTES));
}

#[test]
fn the_example_saves_what_nginx_has() {
    let Some((_nginx, files, urls)) = two_sites() else {
        return;
    };
    let directory = TempDir::new();
    let finished = Process::run(example("two_sites").arg("-o").arg(&*directory).args(&urls));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(directory.names(), ["1-large", "2-chunked"]);
    assert_same(&files.join("large"), &directory.join("1-large"));
    assert_same(&files.join("chunked"), &directory.join("2-chunked"));
}

/// Asks `sha256sum`, which has never heard of this project; compares the bytes where there is none.
fn assert_same(original: &Path, copy: &Path) {
    if Command::new("sha256sum").arg("--version").output().is_err() {
        assert!(fs::read(original).unwrap() == fs::read(copy).unwrap(), "{copy:?}");
        return;
    }
    let finished = Process::run(Command::new("sha256sum").args([original, copy]));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let sums: Vec<&str> = finished.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(sums.len(), 2, "{finished:?}");
    assert_eq!(sums[0], sums[1], "{finished:?}");
}

#[test]
fn files_arrive_byte_for_byte() {
    let Some((nginx, files)) = one_site(PLAIN) else {
        return;
    };
    assert_serves_files(&files, |path| nginx.url(0, path));
}

#[test]
fn a_response_without_a_body_ends_with_its_head() {
    let Some((nginx, _files)) = one_site("location = /nothing { return 204; }") else {
        return;
    };
    let nothing = get(nginx.url(0, "/nothing"));
    assert_eq!((nothing.status, nothing.length, nothing.text()), (StatusCode::NO_CONTENT, Some(0), ""));
}

#[test]
fn a_page_that_has_not_changed_is_not_sent_again() {
    let Some((nginx, _files)) = one_site("if_modified_since before;") else {
        return;
    };
    let since = |date: &str| try_get(nginx.url(0, "/page"), &[("If-Modified-Since", date)]).unwrap();
    let Answer { status, length, body, .. } = since("Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!((status, length, &*body), (StatusCode::OK, Some(5), PAGE.as_bytes()));
    let Answer { status, length, body, .. } = since("Thu, 01 Jan 2099 00:00:00 GMT");
    assert_eq!((status, length, &*body), (StatusCode::NOT_MODIFIED, Some(0), &b""[..]));
}

#[test]
fn a_url_of_sixty_thousand_bytes_is_the_servers_to_refuse() {
    let Some((nginx, _files)) = one_site(PLAIN) else {
        return;
    };
    let refused = get(nginx.url(0, &format!("/{}", "a".repeat(60_000))));
    assert_eq!(refused.status, StatusCode::URI_TOO_LONG);
    assert!(refused.text().contains("414"), "{refused:?}");
}

#[test]
fn what_is_sent_comes_back() {
    let files = files();
    write_echo(&files);
    let Some(apache) = Apache::start(&files, "") else { return };
    let site = format!(
        "client_max_body_size 0; location = /made-echo {{ proxy_pass http://127.0.0.1:{}; }}",
        apache.port(0)
    );
    let Some(nginx) = Nginx::start(&files, &[&site]) else { return };
    assert_echoes(nginx.url(0, "/made-echo"));
}

/// ureq#867, CVE-2024-24791: a final status instead of 100 (Continue).
#[test]
fn a_body_that_the_server_does_not_want_is_not_sent() {
    let Some((nginx, _files)) = one_site("client_max_body_size 1k;") else { return };
    let url = nginx.url(0, "/page");
    with_client(async move |client| {
        let refused = answer(client.post(&url).body("a".repeat(2000)).expect_continue()).await.unwrap();
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        let page = answer(client.get(&url)).await.unwrap();
        assert_eq!((page.status, page.text()), (StatusCode::OK, PAGE));
    });
}

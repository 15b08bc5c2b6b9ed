//! nginx.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use executor::join;
use http::StatusCode;

use super::support::example::example;
use super::support::nginx::Nginx;
use super::support::process::Process;
use super::support::random::Xorshift;
use super::support::temp_dir::TempDir;
use super::support::watchdog::{PATIENCE, block_on, poll_until};
use super::{Answer, PAGE, assert_serves_files, compare, files, get, try_get};

const LARGE_BYTES: u64 = 50 * 1024 * 1024;
const CHUNKED_BYTES: u64 = 5 * 1024 * 1024;

/// A site that serves its files as they are.
const PLAIN: &str = "";

/// A site that looks for commands in its files, and so does not know their length before it has
/// sent them.
const CHUNKED: &str = "ssi on; ssi_types *;";

/// A site that keeps idle connections open for an hour, and counts them.
const PATIENT: &str = "keepalive_timeout 1h; location = /connections { stub_status; }";

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
fn a_connection_ends_with_its_response() {
    let Some((nginx, _files)) = one_site(PATIENT) else {
        return;
    };
    // One that is kept, to see that nginx would keep ours too.
    let mut kept = TcpStream::connect(("127.0.0.1", nginx.port(0))).unwrap();
    fetch_again(&mut kept);
    let url = nginx.url(0, "/page");
    block_on(async move || {
        let response = http_lite::get(&url).await.unwrap();
        assert_eq!(response.headers()["connection"], "close");
        assert_eq!(response.into_body().text().await.unwrap(), "hello");
    });
    poll_until("nginx has the kept connection, the one that asks, and no other", || {
        (active_connections(&nginx) == 2).then_some(())
    });
    fetch_again(&mut kept);
}

/// A page over a connection that stays open.
fn fetch_again(connection: &mut TcpStream) {
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection.write_all(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\nhello") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        response.push(byte[0]);
    }
}

/// The connections that nginx has, the one that asks for this included.
fn active_connections(nginx: &Nginx) -> u32 {
    let answer = get(nginx.url(0, "/connections"));
    let count = answer.text().lines().find_map(|line| line.strip_prefix("Active connections:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("{answer:?}"))
}

//! Servers that others have written: what they have is what arrives.

#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod nginx;

mod apache;

mod haproxy;

mod caddy;

mod httpbin;

mod raw;

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use bytes::Bytes;
use futures_lite::io::Cursor;
use http::{HeaderMap, StatusCode};
use http_lite::{Body, Client, Error, RequestBody, RequestBuilder};
use support::random::Xorshift;
use support::temp_dir::TempDir;
use support::watchdog::block_on;

const PAGE: &str = "hello";
const LARGE_BYTES: u64 = 4 * 1024 * 1024;

/// A response, to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// The length that was announced.
    length: Option<u64>,
    body: Vec<u8>,
    trailers: HeaderMap,
}

impl Answer {
    fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// The header's value, the empty text if there is no such header.
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What comes of a request.
async fn answer(request: RequestBuilder) -> Result<Answer, Error> {
    let (head, mut body) = request.send().await?.into_parts();
    let (status, headers, length) = (head.status, head.headers, body.content_length());
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    let trailers = body.trailers().clone();
    Ok(Answer { status, headers, length, body: bytes, trailers })
}

/// Runs a test of one client.
fn with_client<T: Send + 'static, F: Future<Output = T>>(
    test: impl FnOnce(Client) -> F + Send + 'static,
) -> T {
    block_on(|| test(Client::new()))
}

/// What comes of a `GET` with these headers.
fn try_get(url: String, headers: &[(&str, &str)]) -> Result<Answer, Error> {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    with_client(async move |client| {
        let request = client.get(&url);
        answer(headers.iter().fold(request, |request, (name, value)| request.header(name, value))).await
    })
}

fn get(url: String) -> Answer {
    try_get(url, &[]).unwrap()
}

/// Files to be served: `page` and `empty`, which say what they are, and a `large` one.
fn files() -> TempDir {
    let files = TempDir::new();
    fs::write(files.join("page"), PAGE).unwrap();
    fs::write(files.join("empty"), "").unwrap();
    Xorshift(0x9e37_79b9_7f4a_7c15).write_file(&files.join("large"), LARGE_BYTES).unwrap();
    files
}

/// What every server does with [`files`]; `url` makes the URL of a path.
fn assert_serves_files(files: &TempDir, url: impl Fn(&str) -> String) {
    let page = get(url("/page"));
    assert_eq!((page.status, page.length, page.text()), (StatusCode::OK, Some(5), PAGE));
    let empty = get(url("/empty"));
    assert_eq!((empty.status, empty.length, empty.text()), (StatusCode::OK, Some(0), ""));
    let missing = get(url("/missing"));
    assert_eq!((missing.status, missing.length), (StatusCode::NOT_FOUND, Some(missing.body.len() as u64)));

    let part = try_get(url("/page"), &[("Range", "bytes=1-3")]).unwrap();
    assert_eq!((part.status, part.length, part.text()), (StatusCode::PARTIAL_CONTENT, Some(3), "ell"));
    assert_eq!(part.header("content-range"), "bytes 1-3/5");
    let beyond = try_get(url("/page"), &[("Range", "bytes=9-")]).unwrap();
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let unchanged = try_get(url("/page"), &[("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT")]).unwrap();
    // 304 and no body, whatever length it announces; or the page, since nobody has asked for that date.
    match unchanged.status {
        StatusCode::NOT_MODIFIED => assert_eq!(unchanged.text(), ""),
        status => assert_eq!((status, unchanged.text()), (StatusCode::OK, PAGE)),
    }
    assert_same(url("/large"), &files.join("large"));
    assert_answers_head(&url);
    assert_keeps_one_connection(&url);
}

/// One connection does for everything that a client asks a server with [`files`] for.
fn assert_keeps_one_connection(url: impl Fn(&str) -> String) {
    let urls = ["/page", "/empty", "/missing", "/large"].map(url);
    let ports = with_client(async move |client| {
        let mut ports = Vec::new();
        for url in urls.iter().cycle().take(12) {
            for request in [client.head(url), client.get(url), client.get(url).header("Range", "bytes=1-3")] {
                ports.push(answer(request).await.unwrap().header("x-port").to_owned());
            }
        }
        ports
    });
    assert_eq!(ports.len(), 36);
    assert!(ports.iter().all(|port| !port.is_empty() && *port == ports[0]), "{ports:?}");
}

/// A response to `HEAD` tells the length of what it does not send.
fn assert_answers_head(url: impl Fn(&str) -> String) {
    let urls = ["/large", "/missing", "/page"].map(url);
    with_client(async move |client| {
        let large = answer(client.head(&urls[0])).await.unwrap();
        assert_eq!((large.status, large.text()), (StatusCode::OK, ""));
        assert_eq!(large.header("content-length"), LARGE_BYTES.to_string());
        let missing = answer(client.head(&urls[1])).await.unwrap();
        assert_eq!((missing.status, missing.text()), (StatusCode::NOT_FOUND, ""));
        assert_eq!(answer(client.get(&urls[2])).await.unwrap().text(), PAGE);
    });
}

/// What is sent to an [echo](support::apache::write_echo) comes back, whether its length is known or not.
fn assert_echoes(url: String) {
    with_client(async move |client| {
        let large = Xorshift(5).bytes(1 << 20);
        for bytes in [&b""[..], b"a", &large] {
            let bytes = Bytes::copy_from_slice(bytes);
            let reader = || RequestBody::from_reader(Cursor::new(bytes.clone()));
            let length = bytes.len() as u64;
            for body in [RequestBody::from(bytes.clone()), reader().with_length(length), reader()] {
                let echo = answer(client.post(&url).body(body)).await.unwrap();
                assert_eq!((echo.status, echo.header("x-method")), (StatusCode::OK, "POST"));
                assert!(echo.body == bytes, "{} of {length} bytes came back", echo.body.len());
            }
        }
    });
}

/// Compares what is at a URL with a file, byte for byte; gives the headers.
fn assert_same(url: String, file: &Path) -> HeaderMap {
    let path = file.to_owned();
    let (headers, length) = block_on(async move || {
        let (head, body) = http_lite::get(&url).await.unwrap().into_parts();
        assert_eq!(head.status, StatusCode::OK);
        (head.headers, compare(body, &path).await)
    });
    assert_eq!(length, file.metadata().unwrap().len());
    headers
}

/// Compares a body with a file, byte for byte, holding a chunk of each; gives the length.
async fn compare(mut body: Body, path: &Path) -> u64 {
    let mut file = BufReader::new(File::open(path).unwrap());
    let (mut length, mut expected) = (0, Vec::new());
    while let Some(chunk) = body.chunk().await.unwrap() {
        expected.resize(chunk.len(), 0);
        file.read_exact(&mut expected).unwrap();
        assert!(chunk == expected, "a byte differs within {} of {length}", chunk.len());
        length += chunk.len() as u64;
    }
    assert_eq!(file.read(&mut [0]).unwrap(), 0, "the body ends after {length} bytes");
    length
}

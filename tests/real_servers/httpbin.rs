//! httpbin.

mod redirects;

mod timeouts;

use http::{Method, StatusCode};
use http_lite::RequestBody;

use super::support::httpbin::HttpBin;
use super::{Answer, answer, get, try_get, with_client};

#[test]
fn a_request_says_what_it_is_told_to() {
    let Some(httpbin) = HttpBin::start() else { return };
    let headers = [("X-Own", "a b"), ("Accept", "text/plain")];
    let echo = try_get(httpbin.url(0, "/anything/a%20b?c=d&c=%26&e"), &headers).unwrap();
    assert_eq!(echo.header("content-type"), "application/json");
    let echo = echo.text();
    for line in [
        r#""method": "GET""#,
        r#""X-Own": "a b""#,
        r#""Accept": "text/plain""#,
        r#""c": ["#,
        r#""&""#,
        &format!(r#""Host": "127.0.0.1:{}""#, httpbin.port(0)),
        r#"/anything/a%20b?c=d&c=%26&e""#,
    ] {
        assert!(echo.contains(line), "{line} is missing: {echo}");
    }
}

#[test]
fn bodies_of_all_kinds_arrive() {
    let Some(httpbin) = HttpBin::start() else { return };
    let alphabet: String = ('a'..='z').cycle().take(1000).collect();
    let range = get(httpbin.url(0, "/range/1000?chunk_size=7"));
    assert_eq!((range.length, range.text()), (Some(1000), &*alphabet));
    let part = try_get(httpbin.url(0, "/range/1000"), &[("Range", "bytes=998-")]).unwrap();
    assert_eq!((part.status.as_u16(), part.text()), (206, &alphabet[998..]));

    let lines = get(httpbin.url(0, "/stream/20"));
    assert_eq!(
        (lines.header("transfer-encoding"), lines.length, lines.text().lines().count()),
        ("chunked", None, 20)
    );
    let [one, other] = ["/bytes/5000?seed=7", "/stream-bytes/5000?seed=7&chunk_size=11"]
        .map(|path| get(httpbin.url(0, path)));
    assert_eq!((one.length, one.body.len()), (Some(5000), 5000));
    assert_eq!((other.length, other.body.len()), (None, 5000));

    let drops = get(httpbin.url(0, "/drip?numbytes=5&duration=0.05&delay=0&code=203"));
    assert_eq!((drops.status.as_u16(), drops.length, drops.text()), (203, Some(5), "*****"));
}

#[test]
fn a_status_is_the_users_to_judge() {
    let Some(httpbin) = HttpBin::start() else { return };
    let answer = |status: u16| get(httpbin.url(0, &format!("/status/{status}")));
    for status in [200, 201, 204, 304, 400, 401, 402, 404, 410, 418, 429, 500, 503, 599] {
        let Answer { status: told, length, body, .. } = answer(status);
        assert_eq!((told.as_u16(), length), (status, Some(body.len() as u64)));
    }
    let headers = get(httpbin.url(0, "/response-headers?X-One=a&X-Two=b&X-Two=c"));
    assert_eq!(headers.header("x-one"), "a");
    let all: Vec<_> = headers.headers.get_all("x-two").iter().collect();
    assert_eq!(all, ["b", "c"]);
}

#[test]
fn a_method_and_a_body_arrive() {
    let Some(httpbin) = HttpBin::start() else { return };
    let url = httpbin.url(0, "/anything");
    with_client(async move |client| {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let echo = answer(client.request(method.clone(), &url).body("a body")).await.unwrap();
            assert_contains(&echo, &[r#""data": "a body""#, r#""Content-Length": "6""#]);
            assert_contains(&echo, &[&format!(r#""method": "{method}""#)]);
        }
        let empty = answer(client.post(&url)).await.unwrap();
        assert_contains(&empty, &[r#""Content-Length": "0""#, r#""data": """#]);
        // It does not read what comes in chunks, says so, and closes the connection over it.
        let chunks = RequestBody::from_reader(&b"in chunks"[..]);
        let refused = answer(client.post(&url).body(chunks)).await.unwrap();
        assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
        let form =
            client.post(&url).header("Content-Type", "application/x-www-form-urlencoded").body("a=b&c=%26");
        assert_contains(&answer(form).await.unwrap(), &[r#""a": "b""#, r#""c": "&""#, r#""data": """#]);
    });
}

#[test]
fn a_query_arrives_as_it_was_given() {
    let Some(httpbin) = HttpBin::start() else { return };
    let url = httpbin.url(0, "/anything?first=1");
    with_client(async move |client| {
        let echo = answer(client.get(&url).query("a b", "c&d=e").query("plus", "+")).await.unwrap();
        assert_contains(&echo, &[r#""first": "1""#, r#""a b": "c&d=e""#, r#""plus": "+""#]);
    });
}

#[test]
fn credentials_are_the_users_to_give() {
    let Some(httpbin) = HttpBin::start() else { return };
    let url = httpbin.url(0, "/basic-auth/user/secret");
    assert_eq!(get(url.clone()).status, StatusCode::UNAUTHORIZED);
    // `user:secret`
    let known = try_get(url, &[("Authorization", "Basic dXNlcjpzZWNyZXQ=")]).unwrap();
    assert_contains(&known, &[r#""user": "user""#]);
}

/// These are in what httpbin says of the request.
#[track_caller]
fn assert_contains(echo: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(echo.text().contains(part), "{part} is missing: {}", echo.text());
    }
}

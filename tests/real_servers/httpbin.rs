//! httpbin.

use super::support::httpbin::HttpBin;
use super::{Answer, get, try_get};

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

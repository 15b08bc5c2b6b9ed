//! Where httpbin sends a client, and what it takes along.

use http::{HeaderName, Method, StatusCode};
use http_lite::{Limits, RedirectPolicy, RequestBody};

use super::assert_contains;
use crate::support::httpbin::HttpBin;
use crate::support::nginx::Nginx;
use crate::{answer, files, with_client};

#[test]
fn chains_are_followed_as_far_as_they_may() {
    let Some(httpbin) = HttpBin::start() else { return };
    let urls =
        ["/redirect/3", "/relative-redirect/3", "/absolute-redirect/3"].map(|path| httpbin.url(0, path));
    let end = httpbin.url(0, "/get");
    let at_most = |redirects| {
        let mut limits = Limits::default();
        limits.redirects = redirects;
        limits
    };
    with_client(async move |client| {
        for url in &urls {
            let last = answer(client.get(url)).await.unwrap();
            assert_eq!(last.status, StatusCode::OK);
            assert_contains(&last, &[&format!(r#""url": "{end}""#)]);
            answer(client.get(url).limits(at_most(3))).await.unwrap();
            let error = answer(client.get(url).limits(at_most(2))).await.unwrap_err();
            assert!(error.is_redirect(), "{error:?}");
            let first = answer(client.get(url).redirects(RedirectPolicy::none())).await.unwrap();
            assert_eq!(first.status, StatusCode::FOUND);
        }
    });
}

/// CVE-2023-45803: what described the body goes with it.
#[test]
fn a_post_becomes_a_get_where_the_status_says_so_and_its_body_stays_behind() {
    let Some(httpbin) = HttpBin::start() else { return };
    let to = |status: u16| httpbin.url(0, &format!("/redirect-to?url=/anything&status_code={status}"));
    let gets = [
        (301, Method::POST),
        (302, Method::POST),
        (303, Method::POST),
        (303, Method::PUT),
        (303, Method::DELETE),
    ]
    .map(|(status, method)| (to(status), method));
    let keeps = [(307, Method::POST), (308, Method::PUT), (301, Method::PUT), (302, Method::PATCH)]
        .map(|(status, method)| (to(status), method));
    with_client(async move |client| {
        for (url, method) in &gets {
            let request =
                client.request(method.clone(), url).header("Content-Type", "text/x-own").body("a body");
            let echo = answer(request).await.unwrap();
            assert_contains(&echo, &[r#""method": "GET""#, r#""data": """#]);
            assert!(!echo.text().contains("Content-"), "{}", echo.text());
        }
        for (url, method) in &keeps {
            let request =
                client.request(method.clone(), url).header("Content-Type", "text/x-own").body("a body");
            let echo = answer(request).await.unwrap();
            let method = format!(r#""method": "{method}""#);
            assert_contains(&echo, &[&method, r#""data": "a body""#, r#""Content-Type": "text/x-own""#]);
        }
        // There is no second time for what is read from somewhere.
        let body = RequestBody::from_reader(&b"once"[..]).with_length(4);
        let error = answer(client.post(&keeps[0].0).body(body)).await.unwrap_err();
        assert!(error.is_redirect(), "{error:?}");
    });
}

/// CVE-2018-1000007, CVE-2022-27776: another host, and another port of the same one.
#[test]
fn credentials_stay_with_those_whom_they_are_for() {
    const SECRETS: [(&str, &str); 4] = [
        ("Authorization", "Bearer s3cret"),
        ("Cookie", "a=s3cret"),
        ("X-Api-Key", "s3cret"),
        ("X-Other", "known"),
    ];
    let Some(httpbin) = HttpBin::start() else { return };
    let port = httpbin.port(0);
    let site = format!("location = /away {{ return 302 http://127.0.0.1:{port}/headers; }}");
    let Some(nginx) = Nginx::start(&files(), &[&site]) else { return };
    let same = httpbin.url(0, "/redirect-to?url=/headers");
    let other_host = httpbin.url(0, &format!("/redirect-to?url=http://localhost:{port}/headers"));
    let away_and_back = httpbin.url(0, &format!("/redirect-to?url={}", nginx.url(0, "/away")));
    let other_port = nginx.url(0, "/away");
    with_client(async move |client| {
        for (url, secrets) in [(same, 3), (other_host, 0), (other_port, 0), (away_and_back, 0)] {
            let request = client
                .get(&url)
                .redirects(RedirectPolicy::default().sensitive(HeaderName::from_static("x-api-key")));
            let request = SECRETS.iter().fold(request, |request, (name, value)| request.header(name, *value));
            let echo = answer(request).await.unwrap();
            assert_contains(&echo, &[r#""X-Other": "known""#]);
            assert_eq!(echo.text().matches("s3cret").count(), secrets, "{url}: {}", echo.text());
        }
    });
}

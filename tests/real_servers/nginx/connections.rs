//! What becomes of connections, request by request.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use executor::join_all;
use futures_lite::future::poll_once;
use futures_lite::io::Cursor;
use http::StatusCode;
use http_lite::RequestBody;

use super::one_site;
use crate::support::nginx::Nginx;
use crate::support::watchdog::poll_until;
use crate::{LARGE_BYTES, PAGE, answer, files, get, with_client};

/// A site that keeps idle connections open for an hour, and counts them.
const PATIENT: &str = "keepalive_timeout 1h; location = /connections { stub_status; }";

/// hyper#1382, hyper#3553
#[test]
fn a_connection_that_the_server_has_closed_meanwhile_disturbs_no_request() {
    const HASTY: &str = "keepalive_timeout 20ms;";
    let files = files();
    let Some(nginx) = Nginx::start(&files, &[HASTY, PATIENT]) else { return };
    let nginx = Arc::new(nginx);
    let ports = with_client(async move |client| {
        let mut ports = HashSet::new();
        for _ in 0..5 {
            let page = answer(client.get(nginx.url(0, "/page"))).await.unwrap();
            assert_eq!(page.text(), PAGE);
            ports.insert(page.header("x-port").to_owned());
            // Nobody looks at the connection, or at anything, while this thread asks nginx.
            poll_until("nginx has closed the connection", || (active_connections(&nginx) == 1).then_some(()));
        }
        ports
    });
    assert_eq!(ports.len(), 5);
}

/// A server that says so closes, and after how many requests is its own affair.
#[test]
fn a_connection_is_left_when_the_server_says_that_it_will_close() {
    let Some((nginx, _files)) = one_site("keepalive_requests 3;") else { return };
    let url = nginx.url(0, "/page");
    let ports = with_client(async move |client| {
        let mut ports = Vec::new();
        for _ in 0..9 {
            ports.push(answer(client.get(&url)).await.unwrap().header("x-port").to_owned());
        }
        ports
    });
    assert!(ports.chunks(3).all(|three| three.iter().all(|port| *port == three[0])), "{ports:?}");
    assert!(ports[0] != ports[3] && ports[3] != ports[6], "{ports:?}");
}

/// The connections that nginx has, the one that asks for this included.
fn active_connections(nginx: &Nginx) -> u32 {
    let answer = get(nginx.url(1, "/connections"));
    let count = answer.text().lines().find_map(|line| line.strip_prefix("Active connections:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("{answer:?}"))
}

/// hyper#1717: an answer that comes before the whole question was sent leaves a connection that is of no more use.
#[test]
fn an_answer_before_the_end_of_the_question_is_an_answer() {
    let Some((nginx, _files)) = one_site("client_max_body_size 1k;") else { return };
    let url = nginx.url(0, "/page");
    with_client(async move |client| {
        let bytes = Bytes::from(vec![0; 16 << 20]);
        let reader = || RequestBody::from_reader(Cursor::new(bytes.clone()));
        // Of a body in chunks nginx does not know that it is too large when it says that a file takes none.
        for (body, status) in [
            (RequestBody::from(bytes.clone()), StatusCode::PAYLOAD_TOO_LARGE),
            (reader().with_length(16 << 20), StatusCode::PAYLOAD_TOO_LARGE),
            (reader(), StatusCode::METHOD_NOT_ALLOWED),
        ] {
            let refused = answer(client.post(&url).body(body)).await.unwrap();
            assert_eq!(refused.status, status);
            let page = answer(client.get(&url)).await.unwrap();
            assert_eq!((page.status, page.text()), (StatusCode::OK, PAGE));
            assert_ne!(page.header("x-port"), refused.header("x-port"));
        }
    });
}

#[test]
fn fifty_requests_at_once_get_each_its_own_answer() {
    let Some((nginx, _files)) = one_site("location /echo { return 200 $request_uri; }") else { return };
    let urls: Vec<String> = (0..50).map(|number| nginx.url(0, &format!("/echo/{number}"))).collect();
    let ports = with_client(async move |client| {
        let mut ports = HashSet::new();
        for _ in 0..4 {
            for (url, echo) in urls.iter().zip(join_all(urls.iter().map(|url| answer(client.get(url)))).await)
            {
                let echo = echo.unwrap();
                assert!(url.ends_with(echo.text()), "{url}: {echo:?}");
                ports.insert(echo.header("x-port").to_owned());
            }
        }
        ports
    });
    assert!(ports.len() <= 50, "{} connections", ports.len());
}

/// RUSTSEC-2020-0093: what was left of one response never becomes a part of the next.
#[test]
fn a_request_that_is_given_up_at_any_moment_disturbs_no_other() {
    let Some((nginx, _files)) = one_site("") else { return };
    let [large, page] = ["/large", "/page"].map(|path| nginx.url(0, path));
    with_client(async move |client| {
        for polls in 0..12 {
            {
                let mut given_up = pin!(answer(client.get(&large)));
                for _ in 0..polls {
                    let _ = poll_once(&mut given_up).await;
                    executor::yield_now().await;
                }
            }
            assert_eq!(answer(client.get(&page)).await.unwrap().text(), PAGE, "after {polls} polls");

            let mut body = client.get(&large).send().await.unwrap().into_body();
            for _ in 0..polls {
                assert!(body.chunk().await.unwrap().is_some(), "there is more in {LARGE_BYTES} bytes");
            }
            drop(body);
            assert_eq!(answer(client.get(&page)).await.unwrap().text(), PAGE, "after {polls} chunks");
        }
    });
}

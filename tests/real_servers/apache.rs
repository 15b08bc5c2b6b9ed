//! Apache's httpd.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use http::{Method, StatusCode};
use http_lite::{Client, Connect, Destination, ReactorTimer};
use reactor::TcpStream;

use super::support::apache::{Apache, write_echo, write_made, write_raw};
use super::support::nginx::Nginx;
use super::support::watchdog::block_on;
use super::{PAGE, answer, assert_echoes, assert_serves_files, files, get, raw, try_get, with_client};

#[test]
fn files_arrive_byte_for_byte() {
    let files = files();
    let Some(apache) = Apache::start(&files, "") else { return };
    assert_serves_files(&files, |path| apache.url(0, path));
}

#[test]
fn a_page_that_is_made_on_the_way_arrives_whole() {
    let files = files();
    let page = fs::read(files.join("large")).unwrap();
    write_made(&files, "large", &page);
    let Some(apache) = Apache::start(&files, "") else { return };
    let made = get(apache.url(0, "/made-large"));
    assert_eq!((made.status.as_u16(), made.length), (200, None));
    assert_eq!(made.header("transfer-encoding"), "chunked");
    assert!(made.body == page);
}

#[test]
fn a_response_that_is_a_file_arrives_as_it_is() {
    let files = files();
    let head = "Status: 299 Nobody knows\r\nX-Empty:\r\nX-Tab: \ta\tb \r\nX-Twice: a\r\nX-Twice: b\r\n\r\n";
    fs::write(files.join("page.asis"), format!("{head}{PAGE}")).unwrap();
    fs::write(files.join("nothing.asis"), "Status: 204 Nothing\r\n\r\n").unwrap();
    let long = "a".repeat(8000);
    let many: String = (0..80).map(|number| format!("X-{number}: {number}\r\n")).collect();
    fs::write(files.join("large.asis"), format!("X-Long: {long}\r\n{many}\r\n{PAGE}")).unwrap();
    let Some(apache) = Apache::start(&files, "") else { return };

    let page = get(apache.url(0, "/page.asis"));
    assert_eq!((page.status.as_u16(), page.text()), (299, PAGE));
    assert_eq!((page.header("x-empty"), page.header("x-tab"), page.header("x-twice")), ("", "a\tb", "a, b"));
    let nothing = get(apache.url(0, "/nothing.asis"));
    assert_eq!((nothing.status.as_u16(), nothing.length, nothing.text()), (204, Some(0), ""));
    let large = get(apache.url(0, "/large.asis"));
    assert_eq!((large.header("x-long"), large.header("x-79"), large.text()), (&*long, "79", PAGE));
}

#[test]
fn odd_responses_that_the_rules_allow_are_taken() {
    let files = files();
    for (name, response) in raw::ALLOWED {
        write_raw(&files, name, response);
    }
    let Some(apache) = Apache::start(&files, "") else { return };
    for (name, _) in raw::ALLOWED {
        let answer = get(apache.url(0, &format!("/nph-{name}")));
        assert_eq!((answer.status.as_u16(), answer.text()), (200, PAGE), "{name}");
    }
}

#[test]
fn responses_that_the_rules_forbid_are_errors() {
    let files = files();
    for (name, response) in raw::FORBIDDEN {
        write_raw(&files, name, response);
    }
    let Some(apache) = Apache::start(&files, "") else { return };
    for (name, _) in raw::FORBIDDEN {
        let result = try_get(apache.url(0, &format!("/nph-{name}")), &[]);
        assert!(result.is_err(), "{name}: {result:?}");
    }
}

#[test]
fn what_is_sent_comes_back() {
    let files = files();
    write_echo(&files);
    let Some(apache) = Apache::start(&files, "") else { return };
    assert_echoes(apache.url(0, "/made-echo"));
}

/// CVE-2024-24791: a body that was not sent leaves a connection that is of no more use.
#[test]
fn a_body_is_sent_when_the_server_wants_it() {
    let files = files();
    write_echo(&files);
    let Some(apache) = Apache::start(&files, "LimitRequestBody 1000") else { return };
    let url = apache.url(0, "/made-echo");
    with_client(async move |client| {
        for round in 0..3 {
            let taken = answer(client.post(&url).body("a".repeat(1000)).expect_continue()).await.unwrap();
            assert_eq!((taken.status, taken.body.len()), (StatusCode::OK, 1000), "{round}");
            let refused = answer(client.post(&url).body("a".repeat(1001)).expect_continue()).await.unwrap();
            assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{round}");
            assert_eq!(answer(client.post(&url).body("b")).await.unwrap().text(), "b", "{round}");
        }
    });
}

/// Apache opens the tunnel in the words of HTTP/1.0, as many do.
#[test]
fn a_tunnel_leads_to_another_server() {
    let files = files();
    let Some(nginx) = Nginx::start(&files, &[""]) else { return };
    let allowed = format!("ProxyRequests On\nAllowCONNECT {}", nginx.port(0));
    let Some(apache) = Apache::start(&files, &allowed) else { return };
    let proxy = SocketAddr::from((Ipv4Addr::LOCALHOST, apache.port(0)));
    let (server, refused) = (nginx.url(0, ""), apache.url(0, ""));
    let response = block_on(async move || {
        let client = Client::builder().connector(Via(proxy)).build();
        let response = client.request(Method::CONNECT, &server).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut tunnel = response.into_body().upgrade().unwrap();
        tunnel.write_all(b"GET /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut response = String::new();
        tunnel.read_to_string(&mut response).await.unwrap();
        // To where it may not go there is no tunnel, but a page that says so.
        let refused = answer(client.request(Method::CONNECT, &refused)).await.unwrap();
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text().contains("Proxy Error"), "{refused:?}");
        response
    });
    assert!(response.starts_with("HTTP/1.1 200 OK\r\nServer: nginx"), "{response}");
    assert!(response.ends_with(PAGE), "{response}");
}

/// Connects to a proxy, wherever the URL leads.
struct Via(SocketAddr);

impl Connect for Via {
    type Stream = TcpStream;
    type Timer = ReactorTimer;

    async fn connect(&self, _: Destination<'_>) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }

    fn timer(&self) -> ReactorTimer {
        ReactorTimer::new()
    }
}

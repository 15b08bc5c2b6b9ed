//! `HAProxy`, in front of Apache.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use http::StatusCode;

use super::support::apache::{Apache, write_echo, write_raw};
use super::support::haproxy::HaProxy;
use super::support::server::{Server, Step};
use super::{PAGE, assert_echoes, assert_serves_files, files, get, raw, try_get, with_client};

#[test]
fn files_arrive_byte_for_byte() {
    let files = files();
    let Some(apache) = Apache::start(&files, "") else { return };
    let Some(proxy) = HaProxy::start(apache.port(0), "") else { return };
    assert_serves_files(&files, |path| proxy.url(0, path));
}

#[test]
fn hints_that_come_early_are_no_response() {
    let files = files();
    let Some(apache) = Apache::start(&files, "") else { return };
    let hints = r#"http-request early-hint Link "</style>; rel=preload""#;
    let Some(proxy) = HaProxy::start(apache.port(0), hints) else { return };
    let page = get(proxy.url(0, "/page"));
    assert_eq!((page.status.as_u16(), page.text(), page.header("link")), (200, PAGE, ""));
}

/// Those of the [forbidden](raw::FORBIDDEN) responses that `HAProxy` believes all the same.
const BELIEVED: [&str; 3] = ["line-feeds-alone", "a-folded-line", "another-version"];

/// A second opinion: where `HAProxy` does not believe a response, it makes an error of it, or cuts the connection.
#[test]
fn the_proxy_believes_what_is_allowed_and_refuses_nearly_all_that_is_forbidden() {
    let files = files();
    for (name, response) in raw::ALLOWED.iter().chain(raw::FORBIDDEN) {
        write_raw(&files, name, response);
    }
    let Some(apache) = Apache::start(&files, "") else { return };
    let Some(proxy) = HaProxy::start(apache.port(0), "") else { return };
    let arrives = |name: &str| match try_get(proxy.url(0, &format!("/nph-{name}")), &[]) {
        Ok(answer) if answer.status == 200 => {
            assert_eq!(answer.text(), PAGE, "{name}");
            true
        }
        _ => false,
    };
    assert!(raw::ALLOWED.iter().all(|(name, _)| arrives(name)));
    let believed: Vec<&str> =
        raw::FORBIDDEN.iter().map(|(name, _)| *name).filter(|name| arrives(name)).collect();
    assert_eq!(believed, BELIEVED);
}

#[test]
fn trailers_come_through() {
    let files = files();
    let trailers = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n";
    write_raw(&files, "trailers", trailers);
    let Some(apache) = Apache::start(&files, "") else { return };
    let Some(proxy) = HaProxy::start(apache.port(0), "") else { return };
    let answer = get(proxy.url(0, "/nph-trailers"));
    assert_eq!((answer.text(), answer.header("trailer")), (PAGE, "X-Sum"));
    let sums: Vec<_> = answer.trailers.get_all("x-sum").iter().collect();
    assert_eq!(sums, ["1", "2"]);
}

#[test]
fn what_is_sent_comes_back() {
    let files = files();
    write_echo(&files);
    let Some(apache) = Apache::start(&files, "") else { return };
    let Some(proxy) = HaProxy::start(apache.port(0), "") else { return };
    assert_echoes(proxy.url(0, "/made-echo"));
}

#[test]
fn a_switch_of_protocols_comes_through_with_what_follows() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\nhello";
    let steps = [Step::Read, Step::Send(switch.into()), Step::Read, Step::Send(b"goodbye".to_vec())];
    let server = Server::play(steps);
    let Some(proxy) = HaProxy::start(server.address().port(), "") else { return };
    let url = proxy.url(0, "/");
    let heard = with_client(async move |client| {
        let response = client.get(&url).upgrade("own").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        let mut stream = response.into_body().upgrade().unwrap();
        stream.write_all(b"not HTTP\r\n\r\n").await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    });
    assert_eq!(heard, "hellogoodbye");
    server.outcome().unwrap();
}

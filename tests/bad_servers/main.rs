//! Servers that break the rules, over real sockets: an error that says which rule, and nobody else
//! is disturbed.

#[path = "../support/mod.rs"]
mod support;

mod connections;

mod heads;

mod bodies;

mod urls;

use std::time::Duration;

use executor::join;
use http_lite::proto::ProtoError;
use http_lite::{Client, Error, ErrorKind, Timeouts};
use support::server::Server;
use support::watchdog::block_on;

/// The text at a URL. It may wait for ever: a test that waits in vain is ended by its watchdog, and
/// not by a limit that a machine under load may reach as well.
async fn text(url: &str) -> Result<String, Error> {
    text_within(url, None).await
}

async fn text_within(url: &str, idle: Option<Duration>) -> Result<String, Error> {
    let mut timeouts = Timeouts::none();
    (timeouts.head, timeouts.read) = (idle, idle);
    let response = Client::new().get(url).timeouts(timeouts).send().await?;
    response.into_body().text().await
}

/// Downloads from this URL and from a good server at once. The good page always arrives.
fn beside_a_good_one(url: String, idle: Option<Duration>) -> Result<String, Error> {
    block_on(async move || {
        let good = Server::answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        let (result, good) = join!(text_within(&url, idle), async { text(&good.url()).await });
        assert_eq!(good.unwrap(), "good");
        result
    })
}

/// The text of a response.
fn accepted(response: impl Into<Vec<u8>>) -> String {
    let server = Server::answer(response);
    beside_a_good_one(server.url(), None).unwrap()
}

/// This response is an error, and `culprit` is in its message.
fn assert_refused(response: impl Into<Vec<u8>>, expected: &ProtoError, culprit: &str) {
    let server = Server::answer(response);
    let error = beside_a_good_one(server.url(), None).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol(error) if error == expected), "{error:?}");
    assert!(error.to_string().contains(culprit), "{error}");
}

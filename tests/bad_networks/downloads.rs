//! Downloads through a network with faults.

use std::io::ErrorKind;
use std::time::Duration;

use http_lite::proto::ProtoError;
use http_lite::{Client, Error, ErrorKind as Kind, Timeout, Timeouts};

use super::support::fault_proxy::FaultProxy;
use super::support::fault_script::{Script, Step};
use super::support::server::Server;
use super::support::watchdog::block_on;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n";
const IDLE: Duration = Duration::from_millis(100);

fn page() -> String {
    "0123456789".repeat(5000)
}

/// Downloads the page of a good server over a network like that.
fn download(script: Script, idle: Option<Duration>) -> Result<String, Error> {
    let server = Server::answer(format!("{HEAD}{}", page()));
    let proxy = FaultProxy::new(server.address(), script);
    let url = proxy.url();
    block_on(async move || {
        let mut timeouts = Timeouts::none();
        (timeouts.head, timeouts.read) = (idle, idle);
        Client::new().get(&url).timeouts(timeouts).send().await?.into_body().text().await
    })
}

/// The error that these steps lead to, once the head and the first thousand bytes have arrived.
fn error_within_the_body(step: Step) -> Error {
    let script = Script::to_client([Step::Forward(HEAD.len() + 1000), step]);
    download(script, Some(IDLE)).unwrap_err()
}

#[test]
fn a_slow_and_halting_network_delivers_the_page() {
    for seed in 1..=8 {
        assert!(download(Script::slow(seed), None).unwrap() == page(), "seed {seed}");
    }
}

#[test]
fn a_page_that_is_cut_short_is_no_page() {
    let error = error_within_the_body(Step::Cut);
    assert!(matches!(error.kind(), Kind::Protocol(ProtoError::BodyTooShort { .. })), "{error:?}");
}

#[test]
fn a_reset_in_the_middle_of_a_page_is_told() {
    let error = error_within_the_body(Step::Reset);
    assert!(
        matches!(error.kind(), Kind::Io(source) if source.kind() == ErrorKind::ConnectionReset),
        "{error:?}"
    );
}

#[test]
fn a_page_that_stops_coming_is_given_up() {
    let error = error_within_the_body(Step::Stall);
    assert!(matches!(error.kind(), Kind::TimedOut { timeout: Timeout::Read, after: IDLE }), "{error:?}");
}

#[test]
fn a_page_in_front_of_which_a_network_puts_something_is_refused() {
    let error = download(Script::to_client([Step::Garbage(100)]), None).unwrap_err();
    assert!(matches!(error.kind(), Kind::Protocol(_)), "{error:?}");
}

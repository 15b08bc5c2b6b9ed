//! Time that passes, and none that passes in vain.

use std::time::Duration;

use http_lite::{Error, Phase, Timeouts};

use crate::answer;
use crate::support::httpbin::HttpBin;
use crate::with_client;

/// The error of a request to a path under these timeouts.
fn error(path: &str, set: fn(&mut Timeouts)) -> Option<Error> {
    let httpbin = HttpBin::start()?;
    let url = httpbin.url(0, path);
    let error = with_client(async move |client| {
        let mut timeouts = Timeouts::default();
        set(&mut timeouts);
        answer(client.get(&url).timeouts(timeouts)).await.unwrap_err()
    });
    assert!(error.is_timeout(), "{error:?}");
    Some(error)
}

#[test]
fn a_head_that_does_not_come_is_given_up() {
    let Some(error) = error("/delay/10", |timeouts| timeouts.head = Some(Duration::from_millis(100))) else {
        return;
    };
    assert_eq!((error.phase(), error.bytes_received()), (Phase::Head, 0));
}

/// Each byte starts the wait for the next one anew, and none starts the whole one.
#[test]
fn a_body_that_comes_drop_by_drop_may_take_its_time_but_not_more_than_that_of_all() {
    let Some(httpbin) = HttpBin::start() else { return };
    let url = httpbin.url(0, "/drip?numbytes=20&duration=2&delay=0");
    with_client(async move |client| {
        let mut patient = Timeouts::default();
        patient.read = Some(Duration::from_secs(1));
        let drops = answer(client.get(&url).timeouts(patient)).await.unwrap();
        assert_eq!(drops.text(), "*".repeat(20));
    });
}

#[test]
fn a_total_is_over_when_it_is_over() {
    let Some(error) = error("/drip?numbytes=40&duration=20&delay=0", |timeouts| {
        timeouts.total = Some(Duration::from_millis(700))
    }) else {
        return;
    };
    assert_eq!(error.phase(), Phase::Body);
}

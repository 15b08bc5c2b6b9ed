//! Time that passes, and none that passes in vain.

use std::time::Duration;

use http_lite::{ErrorKind, Timeout, Timeouts};

use crate::support::httpbin::HttpBin;
use crate::{answer, with_client};

/// The timeout that ends a request to a path. `None` without httpbin.
fn ended_by(path: &str, set: fn(&mut Timeouts)) -> Option<Timeout> {
    let httpbin = HttpBin::start()?;
    let url = httpbin.url(0, path);
    let error = with_client(async move |client| {
        let mut timeouts = Timeouts::none();
        set(&mut timeouts);
        answer(client.get(&url).timeouts(timeouts)).await.unwrap_err()
    });
    match error.kind() {
        ErrorKind::TimedOut { timeout, .. } => Some(*timeout),
        _ => panic!("{error:?}"),
    }
}

#[test]
fn a_head_that_does_not_come_is_given_up() {
    let hasty = |timeouts: &mut Timeouts| timeouts.head = Some(Duration::from_millis(100));
    let Some(timeout) = ended_by("/delay/10", hasty) else { return };
    assert_eq!(timeout, Timeout::Head);
}

#[test]
fn a_body_that_comes_drop_by_drop_may_take_its_time() {
    let Some(httpbin) = HttpBin::start() else { return };
    let url = httpbin.url(0, "/drip?numbytes=20&duration=2&delay=0");
    with_client(async move |client| {
        let mut timeouts = Timeouts::none();
        timeouts.read = Some(Duration::from_millis(1500));
        let drops = answer(client.get(&url).timeouts(timeouts)).await.unwrap();
        assert_eq!(drops.text(), "*".repeat(20));
    });
}

/// ureq#1194: no byte starts the whole time anew, nor does a redirect.
#[test]
fn a_body_that_comes_drop_by_drop_may_not_take_more_than_the_whole_time() {
    let hasty = |timeouts: &mut Timeouts| {
        timeouts.read = Some(Duration::from_secs(10));
        timeouts.total = Some(Duration::from_millis(700));
    };
    let path = "/redirect-to?url=%2Fdrip%3Fnumbytes%3D100%26duration%3D20%26delay%3D0";
    let Some(timeout) = ended_by(path, hasty) else { return };
    assert_eq!(timeout, Timeout::Total);
}

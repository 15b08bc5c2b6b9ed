//! `HAProxy`, in front of Apache.

use super::support::apache::{Apache, write_raw};
use super::support::haproxy::HaProxy;
use super::{PAGE, assert_serves_files, files, get, raw, try_get};

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

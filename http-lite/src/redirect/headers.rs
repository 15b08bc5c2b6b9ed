use http::header::{
    AUTHORIZATION, COOKIE, EXPECT, HOST, HeaderMap, HeaderName, LAST_MODIFIED, ORIGIN, PROXY_AUTHORIZATION,
    REFERER, TRAILER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};

use super::RedirectPolicy;

/// Takes out every header that is about the body (RFC 9110 section 15.4, CVE-2023-45803).
pub(super) fn drop_payload(headers: &mut HeaderMap) {
    remove(headers, |name, _| {
        matches!(*name, EXPECT | LAST_MODIFIED | TRAILER | TRANSFER_ENCODING)
            || name.as_str().starts_with("content-")
            || matches!(name.as_str(), "digest" | "repr-digest" | "want-content-digest")
    });
}

/// Takes out what was meant for the origin before, and no other: what proves who the user is, and what names the
/// place that was asked.
pub(super) fn drop_credentials(headers: &mut HeaderMap, policy: &RedirectPolicy) {
    remove(headers, |name, is_marked| {
        is_marked
            || matches!(*name, AUTHORIZATION | COOKIE | PROXY_AUTHORIZATION | WWW_AUTHENTICATE)
            || matches!(*name, HOST | ORIGIN | REFERER)
            || name.as_str() == "cookie2"
            || policy.is_sensitive(name)
    });
}

/// Takes out the headers of which this is true, with all their lines. It is told the name, and whether one of the
/// lines is marked as sensitive.
fn remove(headers: &mut HeaderMap, goes: impl Fn(&HeaderName, bool) -> bool) {
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|&name| {
            let is_marked = headers.get_all(name).iter().any(http::HeaderValue::is_sensitive);
            goes(name, is_marked)
        })
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
}

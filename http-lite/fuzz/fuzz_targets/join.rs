//! A base and a reference, in two lines: whatever a server writes into a `Location`.
//!
//! A URL that comes of it is in its one form, all visible ASCII, without a user name, and on the host of the base unless
//! the reference names another one. An error repeats nothing of what could be a password.

#![no_main]

use http_lite::Url;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (base, reference) = text.split_once('\n').unwrap_or(("http://a/b/c;d?e#f", text));
    let Ok(base) = Url::parse(base) else { return };
    in_its_form(&base);
    match base.join(reference) {
        Ok(joined) => {
            in_its_form(&joined);
            let names_a_host = reference.starts_with("//") || reference.contains("://");
            assert!(names_a_host || joined.origin() == base.origin(), "{base} + {reference:?} = {joined}");
            // It is absolute, so no base makes a difference; only the dots of this one may still be there.
            let absolute = base.join(&joined.to_string()).expect("a URL can be joined");
            let elsewhere = Url::parse("https://elsewhere:1/x/y?z").expect("a URL");
            assert_eq!(elsewhere.join(&absolute.to_string()).as_ref(), Ok(&absolute));
        }
        Err(error) => {
            let message = error.to_string();
            // A very long scheme leaves no room for more.
            let is_hidden = message.contains("***@") || message.contains("\"...");
            assert!(!reference.contains('@') || is_hidden, "{message}");
        }
    }
});

fn in_its_form(url: &Url) {
    let form = url.to_string();
    assert!(form.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)), "{form}");
    assert_eq!(Url::parse(&form).as_ref(), Ok(url));
    let authority = form.split('/').nth(2).unwrap_or_default();
    assert!(!authority.is_empty() && !authority.contains(['@', '%']), "{form}");
}

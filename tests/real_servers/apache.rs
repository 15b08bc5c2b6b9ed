//! Apache's httpd.

use std::fs;

use super::support::apache::{Apache, write_made, write_raw};
use super::{PAGE, assert_serves_files, files, get, raw, try_get};

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

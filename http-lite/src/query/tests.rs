use super::append;
use crate::url::{Url, UrlProblem};

fn appended(url: &str, name: &str, value: &str) -> String {
    append(&Url::parse(url).unwrap(), name, value).unwrap().to_string()
}

#[test]
fn a_pair_follows_the_query_that_is_there() {
    assert_eq!(appended("http://a", "x", "1"), "http://a/?x=1");
    assert_eq!(appended("http://a/b?", "x", "1"), "http://a/b?x=1");
    assert_eq!(appended("http://a/b?y=2", "x", "1"), "http://a/b?y=2&x=1");
    assert_eq!(appended("http://a/b?y=2#c", "x", ""), "http://a/b?y=2&x=#c");
}

/// CVE-2019-11236: nothing that a value holds ends the query or the line.
#[test]
fn a_pair_means_nothing_but_itself() {
    assert_eq!(
        appended("http://a/", "a&b=c", "#?/%41+ \r\n"),
        "http://a/?a%26b%3Dc=%23%3F%2F%2541%2B%20%0D%0A"
    );
    assert_eq!(appended("http://a/", "\u{e9}", "\u{1f600}\0"), "http://a/?%C3%A9=%F0%9F%98%80%00");
    assert_eq!(appended("http://a/", "aZ09-._~", "aZ09-._~"), "http://a/?aZ09-._~=aZ09-._~");
}

#[test]
fn a_url_does_not_grow_without_end() {
    let error = append(&Url::parse("http://a/").unwrap(), "x", &" ".repeat(30_000)).unwrap_err();
    assert_eq!(*error.problem(), UrlProblem::TooLong);
}

use super::{Host, Target};
use crate::Error;

fn parsed(url: &str) -> (Host, u16) {
    let target = Target::parse(url).unwrap();
    (target.host, target.port)
}

/// The message for a URL that cannot be used.
fn refusal(url: &str) -> String {
    Target::parse(url).unwrap_err().to_string()
}

fn name(name: &str) -> Host {
    Host::Name(name.to_owned())
}

#[test]
fn a_url_names_a_host_and_a_port() {
    assert_eq!(parsed("http://example.com"), (name("example.com"), 80));
    assert_eq!(parsed("HTTP://example.com/"), (name("example.com"), 80));
    assert_eq!(parsed("http://example.com:8080/a:b"), (name("example.com"), 8080));
    assert_eq!(parsed("http://example.com:/"), (name("example.com"), 80));
    assert_eq!(parsed("http://example.com:65535?x=1"), (name("example.com"), 65535));
    assert_eq!(parsed("http://10.0.0.1:81#x"), (Host::Ip("10.0.0.1".parse().unwrap()), 81));
}

/// ureq#1171.
#[test]
fn an_ipv6_address_stands_in_brackets() {
    assert_eq!(parsed("http://[::1]/"), (Host::Ip("::1".parse().unwrap()), 80));
    assert_eq!(parsed("http://[2001:db8::1]:81"), (Host::Ip("2001:db8::1".parse().unwrap()), 81));
    let unbracketed = "its port is not a number from 1 to 65535";
    assert!(refusal("http://a::1/").ends_with(unbracketed));
    assert!(refusal("http://[::1").ends_with("its IPv6 address has no closing bracket"));
    for url in ["http://[::1%25eth0]/", "http://[]/", "http://[127.0.0.1]/", "http://[::1::1]/"] {
        assert!(refusal(url).ends_with("what is in brackets is not an IPv6 address"), "{url}");
    }
    assert!(refusal("http://[::1]x/").ends_with(unbracketed));
}

/// Nobody but a resolver of C's library reads these as addresses, and it is not asked.
#[test]
fn an_ipv4_address_has_four_decimal_numbers() {
    for host in ["127.1", "2130706433", "0x7f.0.0.1", "127.0.0.01"] {
        assert_eq!(parsed(&format!("http://{host}/")), (name(host), 80));
    }
}

#[test]
fn a_port_is_a_number_in_its_range() {
    for port in ["0", "65536", "99999999999999999999", "+80", "-1", "80a", "8 0", "80:80"] {
        assert!(Target::parse(&format!("http://a:{port}/")).is_err(), "{port}");
    }
}

#[test]
fn other_schemes_are_refused_by_name() {
    assert_eq!(refusal("https://a/"), "the scheme \"https\" is not supported: only http is for now");
    assert_eq!(refusal("file:///etc"), "the scheme \"file\" is not supported: only http is for now");
    for url in ["", "example.com", "/path", "mailto:a", "http:/a", "localhost:80/x"] {
        assert!(refusal(url).ends_with("it does not begin with http://"), "{url}");
    }
}

/// CVE-2019-11236; RUSTSEC-2017-0002.
#[test]
fn nothing_can_be_smuggled_into_a_url() {
    for url in
        ["http://a/ b", "http://a/\r\nX: y", "http://a\n/", "http://a/\0", "\thttp://a/", "http://a/\u{2028}"]
    {
        assert!(refusal(url).ends_with("it contains a space or a control character"), "{url:?}");
    }
}

/// CVE-2016-8624; CVE-2022-27780.
#[test]
fn the_host_is_the_one_that_is_seen() {
    assert_eq!(parsed("http://good#@evil/"), (name("good"), 80));
    assert_eq!(parsed("http://good?@evil/"), (name("good"), 80));
    for url in
        [r"http://good\.evil/", "http://good%2f.evil/", "http://good%00/", "http://a,b/", "http://a;b/"]
    {
        assert!(refusal(url).ends_with("its host name has an impossible character"), "{url}");
    }
    for url in ["http://", "http:///path", "http://?x", "http://:80/"] {
        assert!(refusal(url).ends_with("it names no host"), "{url}");
    }
    assert!(refusal("http://b\u{fc}cher.example/").ends_with("write it in its xn-- form"));
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    assert_eq!(
        refusal("http://me:secret@host/path"),
        "the URL \"http://***@host/path\" cannot be used: a user name or password in a URL is not supported"
    );
    assert!(!refusal("http://me:secret@ho st/").contains("secret"));
}

#[test]
fn no_url_is_a_panic() {
    let characters = ["http://", "[", "]", ":", "@", "/", "?", "#", "%", "a", "1", "\u{e9}", " ", "."];
    for a in characters {
        for b in characters {
            for c in characters {
                for d in characters {
                    let url = [a, b, c, d].concat();
                    if let Err(error) = Target::parse(&url) {
                        assert!(
                            matches!(error, Error::BadUrl { .. } | Error::UnsupportedScheme { .. }),
                            "{url}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_path_may_hold_utf_8_and_may_not_be_endless() {
    assert_eq!(Target::parse("http://a/\u{e9}").unwrap().uri.path(), "/\u{e9}");
    assert!(refusal(&format!("http://a/{}", "x".repeat(70_000))).ends_with("or is too long"));
}

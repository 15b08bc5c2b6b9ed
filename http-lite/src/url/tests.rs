mod join;
mod random;

use std::net::IpAddr;

use super::{Host, Scheme, Url, UrlProblem};

fn parsed(url: &str) -> (Host, u16) {
    let origin = Url::parse(url).unwrap().origin().clone();
    (origin.host().clone(), origin.port())
}

/// Why a text cannot be used as a URL.
fn problem(url: &str) -> UrlProblem {
    Url::parse(url).expect_err(url).problem().clone()
}

fn name(name: &str) -> Host {
    Host::Name(name.to_owned())
}

fn ip(address: &str) -> Host {
    Host::Ip(address.parse::<IpAddr>().unwrap())
}

#[test]
fn a_url_names_a_host_and_a_port() {
    assert_eq!(parsed("http://example.com"), (name("example.com"), 80));
    assert_eq!(parsed("HTTP://Example.COM/"), (name("example.com"), 80));
    assert_eq!(parsed("http://example.com:8080/a:b"), (name("example.com"), 8080));
    assert_eq!(parsed("http://example.com:/"), (name("example.com"), 80));
    assert_eq!(parsed("http://example.com:65535?x=1"), (name("example.com"), 65535));
    assert_eq!(parsed("http://10.0.0.1:81#x"), (ip("10.0.0.1"), 81));
    assert_eq!(parsed("https://example.com"), (name("example.com"), 443));
    assert_eq!(Url::parse("httpS://a").unwrap().origin().scheme(), Scheme::Https);
}

/// The port is left out where it goes without saying (hyper#2441, ureq#1017), and an empty path is `/`, before a
/// query too (ureq#1115).
#[test]
fn a_url_has_one_form() {
    for (url, form) in [
        ("HTTP://Example.COM:80", "http://example.com/"),
        ("https://a:443/B", "https://a/B"),
        ("http://a:443/", "http://a:443/"),
        ("https://a:80/", "https://a:80/"),
        ("http://a:00081", "http://a:81/"),
        ("http://example.com?x=1", "http://example.com/?x=1"),
        ("http://a#b", "http://a/#b"),
        ("http://a/?#", "http://a/?#"),
        ("http://a/b/../c/./d", "http://a/b/../c/./d"),
        ("http://a//b//", "http://a//b//"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://a/?b=http://c@d:1/e?f", "http://a/?b=http://c@d:1/e?f"),
    ] {
        let parsed = Url::parse(url).unwrap();
        assert_eq!(parsed.to_string(), form);
        assert_eq!(Url::parse(form).unwrap(), parsed, "{form}");
    }
}

/// ureq#1171, CVE-2025-22870.
#[test]
fn an_ipv6_address_stands_in_brackets() {
    assert_eq!(parsed("http://[::1]/"), (ip("::1"), 80));
    assert_eq!(parsed("http://[2001:DB8::1]:81"), (ip("2001:db8::1"), 81));
    assert_eq!(ip("2001:db8::1").to_string(), "[2001:db8::1]");
    assert_eq!(problem("http://a::1/"), UrlProblem::BadPort);
    assert_eq!(problem("http://[::1]x/"), UrlProblem::BadPort);
    assert_eq!(problem("http://[::1"), UrlProblem::OpenBracket);
    assert_eq!(problem("http://[::1%25eth0]/"), UrlProblem::Zone);
    assert_eq!(problem("http://[fe80::1%eth0]/"), UrlProblem::Zone);
    for url in ["http://[]/", "http://[127.0.0.1]/", "http://[::1::1]/", "http://[v1.a]/", "http://[[::1]]/"]
    {
        assert_eq!(problem(url), UrlProblem::BadIpv6, "{url}");
    }
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
    for port in ["0", "65536", "99999999999999999999", "+80", "-1", "80a", "8 0", "80:80", "8%30"] {
        assert_eq!(problem(&format!("http://a:{port}/")), UrlProblem::BadPort, "{port}");
    }
}

#[test]
fn other_schemes_are_refused_by_name() {
    for (url, scheme) in [
        ("file:///etc", "file"),
        ("ftp://a/", "ftp"),
        ("javascript:alert(1)", "javascript"),
        ("mailto:a", "mailto"),
        ("httpx://a", "httpx"),
    ] {
        let problem = problem(url);
        assert!(matches!(problem, UrlProblem::OtherScheme { .. }), "{url}");
        assert!(problem.to_string().starts_with(&format!("the scheme \"{scheme}\" is not supported")));
    }
    for url in
        ["", "example.com", "/path", "//a/", "?x", "#x", "://a", "1http://a", " http://a", "127.0.0.1:80/x"]
    {
        let refusal = Url::parse(url).unwrap_err().to_string();
        let edge = url.starts_with(' ');
        assert!(edge || refusal.ends_with("it does not begin with http:// or https://"), "{url}");
    }
    assert_eq!(problem("http:/a"), UrlProblem::NoHost);
    assert_eq!(problem("http:a"), UrlProblem::NoHost);
}

/// CVE-2019-11236; CVE-2020-26116; CVE-2014-8150; RUSTSEC-2017-0002.
#[test]
fn nothing_can_be_smuggled_into_a_url() {
    for url in [
        "http://a/\r\nX: y",
        "http://a\n/",
        "http://a/\0",
        "\thttp://a/",
        "http://a/?\r",
        "http://a/#\x7f",
        "ht\ntp://a",
    ] {
        assert_eq!(problem(url), UrlProblem::ControlCharacter, "{url:?}");
    }
    assert_eq!(problem(" http://a/"), UrlProblem::SpaceAtTheEdge);
    assert_eq!(problem("http://a/ "), UrlProblem::SpaceAtTheEdge);
}

#[test]
fn what_cannot_stand_in_a_url_is_percent_encoded() {
    for (url, form) in [
        ("http://a/ b", "http://a/%20b"),
        ("http://a/\u{e9}?\u{2028}#\u{1f600}", "http://a/%C3%A9?%E2%80%A8#%F0%9F%98%80"),
        ("http://a/\u{85}", "http://a/%C2%85"),
        ("http://a/\"<>^`{|}[]", "http://a/%22%3C%3E%5E%60%7B%7C%7D%5B%5D"),
        ("http://a/-._~!$&'()*+,;=:@/", "http://a/-._~!$&'()*+,;=:@/"),
        ("http://a/#b#c", "http://a/#b%23c"),
        ("http://a/%2f%2F", "http://a/%2f%2F"),
        ("http://a/%?100%&%4&%zz&%%41", "http://a/%25?100%25&%254&%25zz&%25%41"),
    ] {
        let parsed = Url::parse(url).unwrap();
        assert_eq!(parsed.to_string(), form);
        assert_eq!(Url::parse(form).unwrap(), parsed, "{form}");
    }
}

/// CVE-2016-8624; CVE-2022-27780.
#[test]
fn the_host_is_the_one_that_is_seen() {
    assert_eq!(parsed("http://good#@evil/"), (name("good"), 80));
    assert_eq!(parsed("http://good?@evil/"), (name("good"), 80));
    assert_eq!(parsed("http://good/@evil/"), (name("good"), 80));
    for url in
        [r"http://good\.evil/", r"http://good\@evil/", r"http:\\good/", r"http://good/\evil", r"http://a?\"]
    {
        assert_eq!(problem(url), UrlProblem::Backslash, "{url}");
    }
    for url in [
        "http://good%2f.evil/",
        "http://good%00/",
        "http://a,b/",
        "http://a;b/",
        "http://a b/",
        "http://%61/",
    ] {
        assert_eq!(problem(url), UrlProblem::BadHost, "{url}");
    }
    for url in ["http://", "http:///path", "http://?x", "http://:80/", "http:////a"] {
        assert_eq!(problem(url), UrlProblem::NoHost, "{url}");
    }
}

/// RUSTSEC-2024-0421; CVE-2016-8625.
#[test]
fn a_host_in_unicode_is_refused_with_advice() {
    for url in ["http://b\u{fc}cher.example/", "http://a\u{3002}b/", "http://\u{2460}/", "http://\u{ad}/"] {
        assert_eq!(problem(url), UrlProblem::HostNotAscii, "{url}");
    }
    assert!(UrlProblem::HostNotAscii.to_string().ends_with("write it in its xn-- form"));
    assert_eq!(parsed("http://xn--bcher-kva.example/"), (name("xn--bcher-kva.example"), 80));
}

/// CVE-2022-30115: a dot at the end makes another name.
#[test]
fn a_dot_at_the_end_of_a_host_stays_and_makes_a_difference() {
    let (with, without) = (Url::parse("http://A.b./").unwrap(), Url::parse("http://a.b/").unwrap());
    assert_eq!(with.to_string(), "http://a.b./");
    assert_ne!(with.origin(), without.origin());
    for url in ["http://./", "http://../", "http://a../", "http://.a/", "http://a..b/"] {
        assert_eq!(problem(url), UrlProblem::BadName, "{url}");
    }
    let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    assert_eq!(parsed(&format!("http://{longest}./")).1, 80);
    assert_eq!(problem(&format!("http://{longest}d/")), UrlProblem::BadName);
}

/// CVE-2024-11053.
#[test]
fn a_password_is_refused_and_not_repeated() {
    assert_eq!(
        Url::parse("http://me:secret@host/path").unwrap_err().to_string(),
        "the URL \"http://***@host/path\" cannot be used: a user name or password in a URL is not supported: take it \
         out, and set an Authorization header"
    );
    for url in [
        "http://me:secret@ho st/",
        "http://me:sec/secret@host/",
        "http://me:sec#secret@host/",
        "http://me:secret@b@host/",
        "//me:secret@host/",
        "me:secret@host",
        "secret:me@host",
        "http:me:secret@host",
        "http://me:secret@host\n",
        "x://secret@host",
        "http://a/ http://me:secret@host/\0",
    ] {
        let error = Url::parse(url).unwrap_err();
        let debug = format!("{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(!debug.contains("secret"), "{debug}");
    }
}

#[test]
fn no_url_is_a_panic() {
    let pieces = ["http://", "[", "]", ":", "@", "/", "?", "#", "%", "a", "1", "\u{e9}", " ", ".", "\\"];
    let base = Url::parse("http://a/b").unwrap();
    for a in pieces {
        for b in pieces {
            for c in pieces {
                for d in pieces {
                    let text = [a, b, c, d].concat();
                    for url in [Url::parse(&text), base.join(&text)].into_iter().flatten() {
                        assert_eq!(Url::parse(&url.to_string()).as_ref(), Ok(&url), "{text}");
                        assert!(url.to_string().bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_url_may_not_be_endless() {
    let start = "http://a/";
    let longest = "x".repeat(65_534 - start.len());
    assert_eq!(Url::parse(&format!("{start}{longest}")).unwrap().uri().path().len(), 65_526);
    assert_eq!(problem(&format!("{start}{longest}x")), UrlProblem::TooLong);
    assert_eq!(problem(&format!("{start}{}", " ".repeat(30_000) + "x")), UrlProblem::TooLong);
}

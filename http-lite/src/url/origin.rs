use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::UrlProblem;
use crate::proto::Excerpt;

/// The longest host name in bytes, the dot at its end not counted (RFC 1035 section 2.3.4).
const MAX_NAME_BYTES: usize = 253;

/// Who is asked: scheme, host and port. Credentials that were given for one origin are not sent to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: Host,
    port: u16,
}

impl Origin {
    /// Reads what stands between `//` and the path (RFC 3986 section 3.2).
    pub(super) fn parse(scheme: Scheme, authority: &str) -> Result<Self, UrlProblem> {
        if authority.bytes().any(|byte| byte == b'@') {
            return Err(UrlProblem::Userinfo);
        }
        if !authority.is_ascii() {
            return Err(UrlProblem::HostNotAscii);
        }
        let (host, after) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (address, after) = bracketed.split_once(']').ok_or(UrlProblem::OpenBracket)?;
                (in_brackets(address)?, after)
            }
            None => {
                let end = authority.bytes().position(|byte| byte == b':').unwrap_or(authority.len());
                let (host, after) = authority.split_at(end);
                (outside_brackets(host)?, after)
            }
        };
        Ok(Self { scheme, host, port: port(after, scheme)? })
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port: the one of the URL, or else that of the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Appends it as it is displayed. Every request has a URL that is read, and all of the standard library's machinery
    /// for formatting took as long as the rest of that.
    pub(super) fn push_to(&self, text: &mut String) {
        text.push_str(self.scheme.as_str());
        text.push_str("://");
        self.host.push_to(text);
        if self.port != self.scheme.default_port() {
            text.push(':');
            text.push_str(itoa::Buffer::new().format(self.port));
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

/// How the host is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// Over a plain connection.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    pub(super) fn parse(scheme: &str) -> Result<Self, UrlProblem> {
        if scheme.eq_ignore_ascii_case("http") {
            Ok(Self::Http)
        } else if scheme.eq_ignore_ascii_case("https") {
            Ok(Self::Https)
        } else {
            Err(UrlProblem::OtherScheme { scheme: Excerpt::from(scheme) })
        }
    }

    /// The port that is meant where a URL names none: 80 or 443.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who to connect to. It is shown as it stands in a URL: an IPv6 address has brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An address, which nobody has to be asked for.
    Ip(IpAddr),
    /// A name in lower case. A dot at its end was there, and says that no other name is meant.
    Name(String),
}

impl Host {
    fn push_to(&self, text: &mut String) {
        match self {
            Self::Ip(IpAddr::V4(address)) => {
                for (index, number) in address.octets().into_iter().enumerate() {
                    if index > 0 {
                        text.push('.');
                    }
                    text.push_str(itoa::Buffer::new().format(number));
                }
            }
            Self::Ip(IpAddr::V6(_)) => text.push_str(&self.to_string()),
            Self::Name(name) => text.push_str(name),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V4(address)) => address.fmt(f),
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

fn in_brackets(address: &str) -> Result<Host, UrlProblem> {
    if address.contains('%') {
        return Err(UrlProblem::Zone);
    }
    let address: Ipv6Addr = address.parse().map_err(|_| UrlProblem::BadIpv6)?;
    Ok(Host::Ip(address.into()))
}

fn outside_brackets(host: &str) -> Result<Host, UrlProblem> {
    if host.is_empty() {
        return Err(UrlProblem::NoHost);
    }
    if let Ok(address) = host.parse() {
        return Ok(Host::Ip(IpAddr::V4(address)));
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        return Err(UrlProblem::BadHost);
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.as_bytes().split(|&byte| byte == b'.').any(<[u8]>::is_empty) || name.len() > MAX_NAME_BYTES {
        return Err(UrlProblem::BadName);
    }
    Ok(Host::Name(host.to_ascii_lowercase()))
}

/// Reads what follows a host: nothing, or a colon and digits, or a colon alone (RFC 3986 section 3.2.3).
fn port(after_host: &str, scheme: Scheme) -> Result<u16, UrlProblem> {
    if matches!(after_host, "" | ":") {
        return Ok(scheme.default_port());
    }
    let digits = after_host.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).filter(|&port| port != 0).ok_or(UrlProblem::BadPort)
}

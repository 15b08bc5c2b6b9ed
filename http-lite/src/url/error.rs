use std::fmt;

use super::parts::split_scheme;
use crate::proto::Excerpt;

/// A text that cannot be used as a URL, and why.
///
/// What stands before an `@` is not shown: messages end up in logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    url: Excerpt,
    problem: UrlProblem,
}

impl UrlError {
    pub(super) fn new(text: &str, problem: UrlProblem) -> Self {
        Self { url: shown(text), problem }
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &UrlProblem {
        &self.problem
    }
}

impl std::error::Error for UrlError {}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URL {} cannot be used: {}", self.url, self.problem)
    }
}

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlProblem {
    /// It is only a piece of a URL.
    NoScheme,
    /// It is of a kind that is not asked over HTTP: `file`, say, or `javascript`.
    OtherScheme {
        /// The scheme.
        scheme: Excerpt,
    },
    /// It has a user name or a password, which would end up in logs and in other people's hands.
    Userinfo,
    /// There is nothing where the host should be.
    NoHost,
    /// The host is a name in Unicode.
    HostNotAscii,
    /// The host has a character that no host name has, a percent sign included.
    BadHost,
    /// The host's name has an empty label, or more than 253 bytes.
    BadName,
    /// A bracket opens and does not close.
    OpenBracket,
    /// What stands in brackets is not an IPv6 address.
    BadIpv6,
    /// The IPv6 address is followed by the name of a network interface.
    Zone,
    /// The port is not a number from 1 to 65535.
    BadPort,
    /// There is a line end, a tabulator, a NUL or the like.
    ControlCharacter,
    /// There is a backslash, which some programs read as a slash and others do not (CVE-2022-27780).
    Backslash,
    /// A space stands before or behind the URL.
    SpaceAtTheEdge,
    /// It is longer than 65534 bytes.
    TooLong,
    /// A reference begins with a colon, or has one in its first part that is not behind a scheme (RFC 3986 section 4.2).
    Colon,
}

impl fmt::Display for UrlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoScheme => "it does not begin with http:// or https://",
            Self::OtherScheme { scheme } => {
                return write!(f, "the scheme {scheme} is not supported: only http and https are");
            }
            Self::Userinfo => {
                "a user name or password in a URL is not supported: take it out, and set an Authorization header"
            }
            Self::NoHost => "it names no host",
            Self::HostNotAscii => "its host name is not ASCII: write it in its xn-- form",
            Self::BadHost => "its host name has an impossible character",
            Self::BadName => "its host name has an empty part, or more than 253 bytes",
            Self::OpenBracket => "its IPv6 address has no closing bracket",
            Self::BadIpv6 => "what is in brackets is not an IPv6 address",
            Self::Zone => "an IPv6 address with a zone is not supported",
            Self::BadPort => "its port is not a number from 1 to 65535",
            Self::ControlCharacter => "it contains a control character: write it percent-encoded",
            Self::Backslash => "it contains a backslash: write / or %5C",
            Self::SpaceAtTheEdge => "it begins or ends with a space",
            Self::TooLong => "it is too long",
            Self::Colon => "a colon stands in its first part, but no scheme before it: write ./ at the beginning",
        })
    }
}

/// The text for an error message, without all that stands before its last `@`.
///
/// A password may hold a slash or a question mark that should have been encoded, so the whole text counts, not only
/// what would be the authority.
fn shown(text: &str) -> Excerpt {
    let Some((before, after)) = text.rsplit_once('@') else {
        return Excerpt::from(text);
    };
    match split_scheme(before) {
        (Some(scheme), rest) if rest.starts_with("//") => Excerpt::from(&*format!("{scheme}://***@{after}")),
        _ => Excerpt::from(&*format!("***@{after}")),
    }
}

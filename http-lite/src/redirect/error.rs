use std::fmt;

use http::StatusCode;

use crate::url::UrlError;

/// Why a redirect cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectError {
    /// There were as many redirects as [`Limits::redirects`](crate::Limits::redirects) allows, and then another one.
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// There are two `Location` headers that differ.
    SeveralLocations,
    /// It leads to what is not a URL, or not one that could be asked.
    BadLocation(UrlError),
    /// The body would have to be sent again, and its source has it only once.
    BodyConsumed {
        /// The status that asks for it.
        status: StatusCode,
    },
}

impl std::error::Error for RedirectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::BadLocation(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { limit } => write!(
                f,
                "there are more than {limit} redirects in a row: if that is no loop, allow more of them \
                 (Limits::redirects)"
            ),
            Self::SeveralLocations => {
                f.write_str("the redirect leads to several places: its Location headers differ")
            }
            Self::BadLocation(error) => write!(f, "the redirect cannot be followed: {error}"),
            Self::BodyConsumed { status } => write!(
                f,
                "the redirect ({}) asks for the body again, which can be read only once: send it as bytes, or send \
                 the request to where the redirect leads",
                status.as_u16()
            ),
        }
    }
}

use std::net::SocketAddr;
use std::time::Duration;
use std::{fmt, io, str};

use crate::proto::{Excerpt, ProtoError, RequestError};
use crate::url::{Scheme, UrlError};
use crate::wait::Wait;

/// Why there is no response, or no more of it.
///
/// Each message names what was wrong: the URL, the address, the header, the numbers. An I/O error's own words are
/// part of the message, for a program that prints only one line; it is the [`source`](std::error::Error::source)
/// as well.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The URL cannot be requested.
    BadUrl(UrlError),
    /// The URL's scheme is `https`; TLS comes later.
    UnsupportedScheme {
        /// The scheme.
        scheme: Scheme,
    },
    /// The host is a name for which somebody would have to be asked. The operating system's way of asking blocks
    /// the one thread there is, and there is no other way here yet.
    UnknownHost {
        /// The name.
        name: Excerpt,
    },
    /// A header given to the request has a name or a value that no header can have.
    BadHeader {
        /// Its name.
        name: Excerpt,
    },
    /// The request cannot be sent as it is.
    BadRequest(RequestError),
    /// The peer made no progress for as long as [`Limits::idle`](crate::Limits::idle) allows.
    TimedOut {
        /// What was being waited for.
        wait: Wait,
        /// For how long.
        after: Duration,
    },
    /// No connection comes about: nobody listens there, or there is no way.
    Connect {
        /// The address that was tried.
        address: SocketAddr,
        /// What the operating system reports.
        source: io::Error,
    },
    /// The operating system reports an error on a connection: it was reset, say.
    Io {
        /// What was being waited for.
        wait: Wait,
        /// What it reports.
        source: io::Error,
    },
    /// The server broke the protocol, or stopped in the middle of it.
    Protocol(ProtoError),
    /// The body does not fit the limit for collecting it.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is not UTF-8.
    NotUtf8 {
        /// Where it is not.
        source: str::Utf8Error,
    },
    /// The body failed before, and the rest of it is lost.
    BodyAlreadyFailed,
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { source, .. } | Self::Io { source, .. } => Some(source),
            Self::NotUtf8 { source } => Some(source),
            // The wrapped errors lend their message to this one, and have no source themselves.
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadUrl(error) => error.fmt(f),
            Self::UnsupportedScheme { scheme } => {
                write!(f, "the scheme \"{scheme}\" is not supported: only http is for now")
            }
            Self::UnknownHost { name } => write!(
                f,
                "the name {name} cannot be looked up without blocking yet: use an IP address or localhost, and a \
                 Host header if the server needs the name"
            ),
            Self::BadHeader { name } => write!(f, "the header {name} has an impossible name or value"),
            Self::BadRequest(error) => error.fmt(f),
            Self::TimedOut { wait, after } => write!(f, "{wait} made no progress for {after:?}"),
            Self::Connect { address, source } => write!(f, "connecting to {address} failed: {source}"),
            Self::Io { wait, source } => write!(f, "{wait} failed: {source}"),
            Self::Protocol(error) => error.fmt(f),
            Self::BodyTooLarge { limit } => write!(
                f,
                "the body exceeds the limit of {limit} bytes: raise it with Body::limit, or read chunk by chunk"
            ),
            Self::NotUtf8 { source } => {
                write!(f, "the body is not UTF-8 after its first {} bytes", source.valid_up_to())
            }
            Self::BodyAlreadyFailed => f.write_str("the body failed before, and the rest of it is lost"),
        }
    }
}

impl From<UrlError> for Error {
    fn from(error: UrlError) -> Self {
        Self::BadUrl(error)
    }
}

impl From<ProtoError> for Error {
    fn from(error: ProtoError) -> Self {
        Self::Protocol(error)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::BadRequest(error)
    }
}

#[cfg(test)]
mod tests;

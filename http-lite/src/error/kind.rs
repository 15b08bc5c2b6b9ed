use std::time::Duration;
use std::{fmt, io, str};

use super::BoxError;
use crate::Timeout;
use crate::proto::{Excerpt, ProtoError, RequestBodyError, RequestError};
use crate::redirect::RedirectError;
use crate::url::{Origin, Scheme, UrlError};

/// What was wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The URL cannot be requested.
    BadUrl(UrlError),
    /// The client's connector has nothing for this scheme: TLS comes later.
    UnsupportedScheme {
        /// The scheme.
        scheme: Scheme,
    },
    /// A header given to the request has a name or a value that no header can have.
    BadHeader {
        /// Its name.
        name: Excerpt,
    },
    /// The request cannot be sent as it is.
    BadRequest(RequestError),
    /// The request's body is not what its head announced.
    BadRequestBody(RequestBodyError),
    /// The source of the request's body failed.
    BodySource(BoxError),
    /// No connection comes about: nobody listens there, there is no way, or the name is unknown.
    Connect {
        /// Who was to be asked.
        origin: Box<Origin>,
        /// What the connector reports.
        source: io::Error,
    },
    /// The operating system reports an error on a connection: it was reset, say. The
    /// [phase](super::Error::phase) tells what was being done.
    Io(io::Error),
    /// The server made no progress for as long as one of the [`Timeouts`](crate::Timeouts) allows.
    TimedOut {
        /// Which one.
        timeout: Timeout,
        /// How long it is.
        after: Duration,
    },
    /// The server broke the protocol, or stopped in the middle of it.
    Protocol(ProtoError),
    /// A redirect cannot be followed.
    Redirect(RedirectError),
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

impl ErrorKind {
    pub(super) fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { source, .. } | Self::Io(source) => Some(source),
            Self::BodySource(source) => Some(&**source),
            Self::NotUtf8 { source } => Some(source),
            Self::BadUrl(error) => Some(error),
            Self::BadRequest(error) => Some(error),
            Self::BadRequestBody(error) => Some(error),
            Self::Protocol(error) => Some(error),
            Self::Redirect(error) => Some(error),
            Self::UnsupportedScheme { .. }
            | Self::BadHeader { .. }
            | Self::TimedOut { .. }
            | Self::BodyTooLarge { .. }
            | Self::BodyAlreadyFailed => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadUrl(error) => error.fmt(f),
            Self::UnsupportedScheme { scheme } => {
                write!(
                    f,
                    "the scheme \"{scheme}\" is not supported: use http, or a connector that supports it \
                     (ClientBuilder::connector)"
                )
            }
            Self::BadHeader { name } => write!(
                f,
                "the header {name} has an impossible name or value: no spaces or colons in a name, no line breaks or \
                 other control characters in a value"
            ),
            Self::BadRequest(error) => error.fmt(f),
            Self::BadRequestBody(error) => error.fmt(f),
            Self::BodySource(source) => write!(f, "the source of the request's body failed: {source}"),
            Self::Connect { origin, source } => {
                write!(f, "connecting to {origin} failed: {source}")?;
                if source.kind() == io::ErrorKind::ConnectionRefused {
                    f.write_str(": is the server running, and is this its port?")?;
                }
                Ok(())
            }
            Self::Io(source) => source.fmt(f),
            Self::TimedOut { timeout, after } => write!(f, "the {timeout} timeout of {after:?} has passed"),
            Self::Protocol(error) => error.fmt(f),
            Self::Redirect(error) => error.fmt(f),
            Self::BodyTooLarge { limit } => write!(
                f,
                "the body exceeds the limit of {limit} bytes: raise it with Body::limit, or read chunk by chunk"
            ),
            Self::NotUtf8 { source } => {
                write!(
                    f,
                    "the body is not UTF-8 after its first {} bytes: collect it with Body::bytes",
                    source.valid_up_to()
                )
            }
            Self::BodyAlreadyFailed => f.write_str("the body failed before, and the rest of it is lost"),
        }
    }
}

/// How far a request was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// It was not sent: something is wrong with it.
    Prepare,
    /// A connection was being made.
    Connect,
    /// It was being sent.
    Send,
    /// It was sent, and the head of the response was still to come.
    Head,
    /// The body of the response was being read.
    Body,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prepare => "preparing the request",
            Self::Connect => "connecting",
            Self::Send => "sending the request",
            Self::Head => "waiting for the response",
            Self::Body => "reading the response",
        })
    }
}

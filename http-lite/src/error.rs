use std::{fmt, io};

use crate::Timeout;
use crate::proto::{ProtoError, RequestBodyError, RequestError};
use crate::redirect::RedirectError;
use crate::url::UrlError;

mod kind;

pub use kind::{ErrorKind, Phase};

/// Any error of somebody else's code: that of the source of a request's body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no response, or no more of it.
///
/// Each message names what was wrong: the URL, the address, the header, the numbers; and what to do, where that is
/// not plain: if the server broke the protocol, that is for whoever runs the server. The words of an error below it are part of the message, for a program that prints only one line; it is
/// the [`source`](std::error::Error::source) as well.
///
/// # Examples
///
/// ```no_run
/// # async fn example() {
/// let Err(error) = http_lite::get("http://127.0.0.1:8080/").await else { return };
/// if error.is_timeout() || error.is_connect() {
///     println!("try again later: {error}");
/// } else if error.may_have_been_processed() {
///     println!("the server may have done it all the same: {error}");
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

/// Behind one pointer, so that a result is not as large as its rarest case.
struct Inner {
    kind: ErrorKind,
    phase: Phase,
    received: u64,
    processed: bool,
}

impl Error {
    /// An error of which nothing has gone out.
    pub(crate) fn new(kind: ErrorKind, phase: Phase) -> Self {
        Self(Box::new(Inner { kind, phase, received: 0, processed: false }))
    }

    /// Tells how far the exchange was.
    pub(crate) fn after(mut self, received: u64, processed: bool) -> Self {
        self.0.received = received;
        self.0.processed = processed;
        self
    }

    /// Tells whether the server may have done something before this: a request comes to be sent again by it.
    pub(crate) fn after_another(mut self, processed: bool) -> Self {
        self.0.processed |= processed;
        self
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// How far the request was.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// How many bytes of the response had arrived, its head included; but of one that was collected, and is too large or
    /// not UTF-8, the bytes of its body.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.0.received
    }

    /// Whether the server may have done what it was asked for, or some of it. If not, the request can be sent again
    /// whatever its method. It is `true` as soon as a whole head has gone out, and remains so after a redirect and when
    /// the request is sent once more.
    #[must_use]
    pub fn may_have_been_processed(&self) -> bool {
        self.0.processed
    }

    /// Whether one of the [`Timeouts`](crate::Timeouts) has passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::TimedOut { .. })
    }

    /// Whether no connection came about, also if that took too long.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        let timed_out = matches!(self.0.kind, ErrorKind::TimedOut { timeout: Timeout::Connect, .. });
        timed_out || matches!(self.0.kind, ErrorKind::Connect { .. })
    }

    /// Whether the request itself was the problem: nothing was sent.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.0.phase == Phase::Prepare && !self.0.processed
    }

    /// Whether a redirect could not be followed.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Redirect(_))
    }

    /// Whether the server broke the protocol, or stopped in the middle of it.
    #[must_use]
    pub fn is_protocol(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Protocol(_))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.kind.source()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ErrorKind::Io(source) => write!(f, "{} failed: {source}", self.0.phase),
            ErrorKind::TimedOut { timeout, after } => write!(
                f,
                "{} took longer than the {timeout} timeout of {after:?}: raise it in Timeouts, or try again later",
                self.0.phase
            ),
            kind => kind.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("phase", &self.0.phase)
            .field("bytes_received", &self.0.received)
            .field("may_have_been_processed", &self.0.processed)
            .finish()
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::TimedOut { .. } => io::ErrorKind::TimedOut,
            ErrorKind::Connect { source, .. } | ErrorKind::Io(source) => source.kind(),
            ErrorKind::Protocol(_) | ErrorKind::NotUtf8 { .. } => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

impl From<UrlError> for Error {
    fn from(error: UrlError) -> Self {
        Self::new(ErrorKind::BadUrl(error), Phase::Prepare)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::new(ErrorKind::BadRequest(error), Phase::Prepare)
    }
}

impl From<RequestBodyError> for Error {
    fn from(error: RequestBodyError) -> Self {
        Self::new(ErrorKind::BadRequestBody(error), Phase::Send)
    }
}

impl From<RedirectError> for Error {
    fn from(error: RedirectError) -> Self {
        Self::new(ErrorKind::Redirect(error), Phase::Head)
    }
}

impl From<ProtoError> for Error {
    fn from(error: ProtoError) -> Self {
        Self::new(ErrorKind::Protocol(error), Phase::Head)
    }
}

#[cfg(test)]
mod tests;

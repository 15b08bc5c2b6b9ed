use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_io::AsyncRead;
use http::HeaderMap;

use crate::BoxError;
use crate::proto::RequestFraming;
use crate::redirect::SentBody;

mod reader;
#[cfg(feature = "stream")]
mod stream;
#[cfg(feature = "http-body")]
mod http_body;

/// The body of a request.
///
/// What is in memory can be sent again, when a redirect asks for that or a connection turns out to be dead. What comes
/// from a reader or a stream is sent once.
///
/// # Examples
///
/// ```
/// use http_lite::RequestBody;
///
/// let body = RequestBody::from("in memory");
/// assert_eq!(body.length(), Some(9));
///
/// // What is read here could be a file of known length.
/// let reader = futures_lite::io::Cursor::new("from somewhere else");
/// let body = RequestBody::from_reader(reader).with_length(19);
/// assert_eq!(body.length(), Some(19));
///
/// // Without a length it goes out in chunks, and there can be trailers behind them.
/// let mut trailers = http::HeaderMap::new();
/// trailers.insert("digest", "sha-256=...".parse()?);
/// let body = RequestBody::from("in chunks").with_trailers(trailers);
/// assert_eq!(body.length(), None);
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[derive(Default)]
pub struct RequestBody {
    source: Source,
    /// How long it is, if that is to be announced.
    length: Option<u64>,
    /// Boxed because few bodies have any.
    trailers: Option<Box<HeaderMap>>,
}

/// Where the bytes come from.
#[derive(Default)]
enum Source {
    /// There are none.
    #[default]
    Empty,
    Memory(Bytes),
    /// They are made, as they are asked for, and only once.
    Made(Pin<Box<dyn Produce>>),
    /// They were in memory, or made, and are gone.
    Used,
}

/// Makes the pieces of a body.
trait Produce {
    /// The next piece; `None` at the end. It is not polled again after that, or after an error.
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;

    /// The trailers, once the end was reported.
    fn trailers(self: Pin<&mut Self>) -> Option<HeaderMap> {
        None
    }
}

impl RequestBody {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Everything that can be read from a reader, in chunks of at most 16 KiB; or, if its length is
    /// [given](Self::with_length), as it is.
    #[must_use]
    pub fn from_reader(reader: impl AsyncRead + 'static) -> Self {
        Self::made(reader::Reading::new(reader), None)
    }

    /// Announces the length in bytes instead of sending the body in chunks. If the body turns out to be longer or
    /// shorter, that is an error, and the connection is closed.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Sends these after the body, which goes out in chunks for it, whatever is known of its length (RFC 9110
    /// section 6.5). Nothing that a server has to know beforehand can be among them: that is an error when they are
    /// sent.
    #[must_use]
    pub fn with_trailers(mut self, trailers: HeaderMap) -> Self {
        self.trailers = Some(Box::new(trailers));
        self
    }

    /// The length in bytes that will be announced; `None` if the body goes out in chunks.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match self.framing() {
            RequestFraming::Empty => Some(0),
            RequestFraming::Length(length) => Some(length),
            RequestFraming::Chunked => None,
        }
    }

    fn made(source: impl Produce + 'static, length: Option<u64>) -> Self {
        Self { source: Source::Made(Box::pin(source)), length, trailers: None }
    }

    pub(crate) fn framing(&self) -> RequestFraming {
        match (&self.source, self.length) {
            _ if self.trailers.is_some() => RequestFraming::Chunked,
            (Source::Empty, None) => RequestFraming::Empty,
            (_, Some(length)) => RequestFraming::Length(length),
            (_, None) => RequestFraming::Chunked,
        }
    }

    /// What of it can be sent from now on.
    pub(crate) fn what_is_left(&self) -> SentBody {
        match self.source {
            Source::Empty => SentBody::Empty,
            Source::Memory(_) | Source::Made(_) => SentBody::Replayable,
            Source::Used => SentBody::Consumed,
        }
    }

    /// Whether its bytes are in memory, so that they can go out together with the head.
    pub(crate) fn is_at_hand(&self) -> bool {
        !matches!(self.source, Source::Made(_))
    }

    /// Hands it out to be sent, and keeps what can be sent again.
    pub(crate) fn lend(&mut self) -> Self {
        let source = match &self.source {
            Source::Empty => Source::Empty,
            Source::Memory(bytes) => Source::Memory(bytes.clone()),
            Source::Made(_) | Source::Used => std::mem::replace(&mut self.source, Source::Used),
        };
        Self { source, length: self.length, trailers: self.trailers.clone() }
    }

    /// All of it, if it is in memory.
    pub(crate) fn take_memory(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.source, Source::Used) {
            Source::Memory(bytes) => Some(bytes),
            source => {
                self.source = source;
                None
            }
        }
    }

    /// The next piece; `None` at the end.
    pub(crate) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        match &mut self.source {
            Source::Made(source) => source.as_mut().poll_data(cx),
            _ => Poll::Ready(self.take_memory().map(Ok)),
        }
    }

    /// The trailers, once the end was reported.
    pub(crate) fn take_trailers(&mut self) -> HeaderMap {
        let made = match &mut self.source {
            Source::Made(source) => source.as_mut().trailers(),
            _ => None,
        };
        made.or_else(|| self.trailers.take().map(|trailers| *trailers)).unwrap_or_default()
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            return Self::empty();
        }
        let length = Some(bytes.len() as u64);
        Self { source: Source::Memory(bytes), length, trailers: None }
    }
}

impl From<()> for RequestBody {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

/// From what becomes [`Bytes`] without a copy.
macro_rules! from {
    ($($Source:ty),*) => {
        $(impl From<$Source> for RequestBody {
            fn from(source: $Source) -> Self {
                Bytes::from(source).into()
            }
        })*
    };
}

from!(String, Vec<u8>, Box<[u8]>, &'static str, &'static [u8]);

impl<const LENGTH: usize> From<&'static [u8; LENGTH]> for RequestBody {
    fn from(source: &'static [u8; LENGTH]) -> Self {
        Bytes::from_static(source).into()
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Empty => "empty",
            Source::Memory(_) => "memory",
            Source::Made(_) => "made",
            Source::Used => "used",
        };
        f.debug_struct("RequestBody").field("source", &source).field("framing", &self.framing()).finish()
    }
}

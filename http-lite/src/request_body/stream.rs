use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::{Produce, RequestBody};
use crate::BoxError;

impl RequestBody {
    /// The pieces of a stream, each a chunk; or, if their length in all is [given](Self::with_length), as they are.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_lite::RequestBody;
    ///
    /// let pieces = [Ok::<_, std::io::Error>(Bytes::from("one")), Ok(Bytes::from("two"))];
    /// let body = RequestBody::from_stream(futures_lite::stream::iter(pieces));
    /// assert_eq!(body.length(), None);
    /// ```
    #[must_use]
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + 'static,
        E: Into<BoxError>,
    {
        Self::made(Streaming { stream: Box::pin(stream) }, None)
    }
}

/// The pieces of a stream.
struct Streaming<S> {
    stream: Pin<Box<S>>,
}

impl<S, E> Produce for Streaming<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError>,
{
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let next = self.get_mut().stream.as_mut().poll_next(cx);
        next.map(|next| next.map(|piece| piece.map_err(Into::into)))
    }
}

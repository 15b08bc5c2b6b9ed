use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::Body;

use super::{Produce, RequestBody};
use crate::BoxError;

impl RequestBody {
    /// A body as the rest of the ecosystem has it. If it knows its length exactly, that is announced; then it must
    /// have no trailers.
    #[must_use]
    pub fn from_http_body<B>(body: B) -> Self
    where
        B: Body + 'static,
        B::Error: Into<BoxError>,
    {
        let length = body.size_hint().exact();
        if body.is_end_stream() && length == Some(0) {
            return Self::empty();
        }
        Self::made(Framed { body: Box::pin(body), trailers: None }, length)
    }
}

/// The frames of a body.
struct Framed<B> {
    body: Pin<Box<B>>,
    /// The frame of trailers, which is the last one.
    trailers: Option<HeaderMap>,
}

impl<B> Produce for Framed<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let this = self.get_mut();
        loop {
            let frame = match ready!(this.body.as_mut().poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                Some(Ok(frame)) => frame,
            };
            match frame.into_data() {
                Ok(mut data) => return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining())))),
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        this.trailers = Some(trailers);
                        return Poll::Ready(None);
                    }
                }
            }
        }
    }

    fn trailers(self: Pin<&mut Self>) -> Option<HeaderMap> {
        self.get_mut().trailers.take()
    }
}

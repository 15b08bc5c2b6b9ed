use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{Body, State};
use crate::Error;

/// The pieces of the body, and its trailers as the last frame. After an error there is none.
impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if matches!(self.state, State::Failed) {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.poll_chunk(cx)) {
            Err(error) => Some(Err(error)),
            Ok(Some(bytes)) => Some(Ok(Frame::data(bytes))),
            Ok(None) if self.trailers.is_empty() => None,
            // They are handed out once.
            Ok(None) => Some(Ok(Frame::trailers(std::mem::take(&mut self.trailers)))),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.unread.is_empty()
            && self.trailers.is_empty()
            && matches!(self.state, State::Ended | State::Upgraded(_))
    }

    fn size_hint(&self) -> SizeHint {
        let unread = self.unread.len() as u64;
        let to_come = match (&self.state, self.content_length()) {
            (State::Ended | State::Upgraded(_), _) => Some(0),
            (_, length) => length.map(|length| length.saturating_sub(self.given)),
        };
        to_come.map_or_else(SizeHint::default, |to_come| SizeHint::with_exact(to_come.saturating_add(unread)))
    }
}

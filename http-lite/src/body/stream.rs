use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::{Body, State};
use crate::Error;

/// The pieces of the body. After an error there is none.
impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if matches!(self.state, State::Failed) {
            return Poll::Ready(None);
        }
        self.poll_chunk(cx).map(Result::transpose)
    }
}

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use futures_io::AsyncRead;

use super::Body;

/// The bytes of the body, copied. Errors are an [`io::Error`] with an [`Error`](crate::Error) inside.
impl AsyncRead for Body {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if space.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let Some(mut chunk) = ready!(self.poll_chunk(cx))? else {
            return Poll::Ready(Ok(0));
        };
        let count = space.len().min(chunk.len());
        if let Some(space) = space.get_mut(..count) {
            chunk.copy_to_slice(space);
        }
        self.unread = chunk;
        Poll::Ready(Ok(count))
    }
}

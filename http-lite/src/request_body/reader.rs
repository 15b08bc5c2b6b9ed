use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_io::AsyncRead;

use super::Produce;
use crate::BoxError;

/// The most that is read at once: what a chunk costs beside its data is nothing then, and it fits any cache.
const READ_SIZE: usize = 16 * 1024;

/// The bytes of a reader, piece by piece.
pub(super) struct Reading<R> {
    reader: Pin<Box<R>>,
    /// Zeroes to read into. What is sent is cut off, and its memory used again.
    space: BytesMut,
}

impl<R> Reading<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: Box::pin(reader), space: BytesMut::new() }
    }
}

impl<R: AsyncRead> Produce for Reading<R> {
    fn poll_data(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let this = self.get_mut();
        this.space.resize(READ_SIZE, 0);
        Poll::Ready(match ready!(this.reader.as_mut().poll_read(cx, &mut this.space)) {
            Ok(0) => None,
            Ok(count) => {
                let count = count.min(this.space.len());
                Some(Ok(this.space.split_to(count).freeze()))
            }
            // Nothing has come, and may come at once; how often that is tried is not for this to say.
            Err(error) if error.kind() == ErrorKind::Interrupted => Some(Ok(Bytes::new())),
            Err(error) => Some(Err(error.into())),
        })
    }
}

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures_io::{AsyncRead, AsyncWrite};

use crate::connect::Transport;

/// A connection that speaks HTTP no more: after a `101 Switching Protocols`, or after a `CONNECT` that succeeded.
///
/// It first reads what the server has sent right behind the head.
///
/// # Examples
///
/// ```no_run
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let request = http_lite::Client::new().get("http://127.0.0.1:8080/chat").upgrade("my-protocol");
/// let response = request.send().await?;
/// let mut stream = response.into_body().upgrade().ok_or("the server does not speak my protocol")?;
/// stream.write_all(b"hello").await?;
/// let mut answer = [0; 5];
/// stream.read_exact(&mut answer).await?;
/// # Ok(())
/// # }
/// ```
pub struct Upgraded {
    stream: Box<dyn Transport>,
    /// What had been read beyond the head.
    rest: Bytes,
}

impl Upgraded {
    pub(crate) fn new(stream: Box<dyn Transport>, rest: Bytes) -> Self {
        Self { stream, rest }
    }
}

impl AsyncRead for Upgraded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            return Pin::new(&mut *this.stream).poll_read(cx, space);
        }
        let count = space.len().min(this.rest.len());
        let Some(space) = space.get_mut(..count) else {
            return Poll::Ready(Ok(0));
        };
        this.rest.copy_to_slice(space);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.get_mut().stream).poll_write_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().stream).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().stream).poll_close(cx)
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgraded").field("rest", &self.rest.len()).finish_non_exhaustive()
    }
}

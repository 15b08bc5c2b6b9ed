//! The halves of a stream.

use std::error::Error;
use std::fmt;
use std::net::Shutdown;
use std::rc::Rc;

use crate::Stream;

/// The reading half of a stream that was [lent](crate::TcpStream::split).
#[derive(Debug)]
pub struct ReadHalf<'a, T> {
    pub(crate) stream: &'a T,
}

/// The writing half of a stream that was [lent](crate::TcpStream::split).
#[derive(Debug)]
pub struct WriteHalf<'a, T> {
    pub(crate) stream: &'a T,
}

/// The reading half of a stream that was [given away](crate::TcpStream::into_split).
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use reactor::{TcpListener, TcpStream};
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
///     let (client, server) = executor::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
///     let (mut reader, mut writer) = client?.into_split();
///     let writing = executor::spawn(async move { writer.write_all(b"hello").await });
///
///     let mut server = server?.0;
///     let (mut question, mut answer) = (String::new(), String::new());
///     server.read_to_string(&mut question).await?; // It ends because the writer was dropped.
///     server.write_all(b"goodbye").await?;
///     drop(server);
///     reader.read_to_string(&mut answer).await?;
///     assert_eq!((&*question, &*answer), ("hello", "goodbye"));
///     writing.await.unwrap()
/// })?
/// # }
/// ```
#[derive(Debug)]
pub struct OwnedReadHalf<T> {
    pub(crate) stream: Rc<T>,
}

/// The writing half of a stream that was [given away](crate::TcpStream::into_split). Dropping it ends
/// the stream in that direction: the other end reads all that was written, and then the end.
#[derive(Debug)]
pub struct OwnedWriteHalf<T: Stream> {
    pub(crate) stream: Rc<T>,
    /// Whether dropping it is to end the stream.
    ends: bool,
}

pub(crate) fn lend<T>(stream: &T) -> (ReadHalf<'_, T>, WriteHalf<'_, T>) {
    (ReadHalf { stream }, WriteHalf { stream })
}

pub(crate) fn share<T: Stream>(stream: T) -> (OwnedReadHalf<T>, OwnedWriteHalf<T>) {
    let stream = Rc::new(stream);
    (OwnedReadHalf { stream: Rc::clone(&stream) }, OwnedWriteHalf { stream, ends: true })
}

impl<T: Stream> OwnedReadHalf<T> {
    /// Makes one stream of its two halves again.
    ///
    /// # Errors
    ///
    /// If they are not of the same stream. The error holds both.
    pub fn reunite(self, mut writer: OwnedWriteHalf<T>) -> Result<T, ReuniteError<T>> {
        if !Rc::ptr_eq(&self.stream, &writer.stream) {
            return Err(ReuniteError { reader: self, writer });
        }
        writer.ends = false;
        drop(writer);
        Ok(last_owner(self.stream))
    }
}

fn last_owner<T>(stream: Rc<T>) -> T {
    Rc::into_inner(stream).expect("a stream has no more than these two halves")
}

impl<T: Stream> OwnedWriteHalf<T> {
    /// Lets go of this half without ending the stream, which goes on until the other half is dropped.
    pub fn forget(mut self) {
        self.ends = false;
    }
}

impl<T> AsRef<T> for ReadHalf<'_, T> {
    fn as_ref(&self) -> &T {
        self.stream
    }
}

impl<T> AsRef<T> for WriteHalf<'_, T> {
    fn as_ref(&self) -> &T {
        self.stream
    }
}

impl<T> AsRef<T> for OwnedReadHalf<T> {
    fn as_ref(&self) -> &T {
        &self.stream
    }
}

impl<T: Stream> AsRef<T> for OwnedWriteHalf<T> {
    fn as_ref(&self) -> &T {
        &self.stream
    }
}

impl<T: Stream> Drop for OwnedWriteHalf<T> {
    fn drop(&mut self) {
        if self.ends {
            // It fails only if the connection is over, which is what this is after.
            let _ = self.stream.shutdown(Shutdown::Write);
        }
    }
}

/// Two halves that were to be [reunited](OwnedReadHalf::reunite) and are of different streams.
#[derive(Debug)]
pub struct ReuniteError<T: Stream> {
    /// The reading half, of one stream.
    pub reader: OwnedReadHalf<T>,
    /// The writing half, of another one.
    pub writer: OwnedWriteHalf<T>,
}

impl<T: Stream> fmt::Display for ReuniteError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these halves are of two different streams")
    }
}

impl<T: Stream + fmt::Debug> Error for ReuniteError<T> {}

use std::io::ErrorKind as IoErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::{Exchange, Outgoing};
use crate::proto::Event;
use crate::{Error, ErrorKind, Phase};

impl Exchange {
    /// Writes what the peer takes of the request.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>) -> Result<Outgoing, Error> {
        if self.sending.is_sent() {
            return Ok(Outgoing::Done);
        }
        let outgoing = self.sending.poll(&mut *self.stream, cx, &mut self.turn);
        let outgoing = outgoing.map_err(|error| self.situate(error))?;
        if self.sending.take_progress() {
            self.watch.progress_out();
        }
        Ok(outgoing)
    }

    /// The next event of the response, whatever becomes of the request. The reader gets the bytes in the very poll
    /// that read them, so dropping the future that polls loses none.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        let mut tried = false;
        loop {
            match self.reader.next_event() {
                Ok(Event::NeedData) => {}
                Ok(event) => return Poll::Ready(Ok(event)),
                Err(error) => return Poll::Ready(Err(self.broken(ErrorKind::Protocol(error)))),
            }
            // After a read, and not before it: one large write may have used up the turn.
            if tried && self.turn.is_over() {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            tried = true;
            match ready!(Pin::new(&mut *self.stream).poll_read(cx, self.reader.space())) {
                Ok(0) => self.reader.end_of_stream(),
                Ok(count) => {
                    self.reader.fill(count);
                    self.turn.count(count);
                    if self.head_came {
                        self.watch.progress_in();
                    }
                }
                Err(error) if error.kind() == IoErrorKind::Interrupted => self.turn.count(0),
                Err(error) => return Poll::Ready(Err(self.broken(ErrorKind::Io(error)))),
            }
        }
    }

    /// The response cannot be had. If the request could not be sent before, that is the reason: a server that does not
    /// want it may answer, and only then close.
    fn broken(&mut self, kind: ErrorKind) -> Error {
        match self.sending.take_failure() {
            Some(failure) if !self.head_came => self.situate(Error::new(ErrorKind::Io(failure), Phase::Send)),
            _ => self.receive_error(kind),
        }
    }
}

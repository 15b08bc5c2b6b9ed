use std::io::{self, ErrorKind as IoErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};

use super::turn::Turn;
use crate::connect::Transport;
use crate::proto::{BodyEncoder, Framed, RequestBodyError, RequestFraming};
use crate::request_body::RequestBody;
use crate::{Error, ErrorKind, Phase, Timeout};

/// A request that is being sent.
#[derive(Debug)]
pub(crate) struct Sending {
    stage: Stage,
    /// The head, and how much of it is out.
    head: Vec<u8>,
    head_sent: usize,
    /// The piece of the body that is on its way.
    piece: Option<Framed>,
    /// What ends the body.
    tail: Bytes,
    encoder: BodyEncoder,
    body: RequestBody,
    /// Whether nothing of the body was asked for yet.
    untouched: bool,
    /// Whether something was written since [`take_progress`](Self::take_progress).
    progress: bool,
    /// Why no more can be written.
    failure: Option<io::Error>,
}

/// What comes when everything that is on its way is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The server's word that it wants the body.
    Continue,
    /// A piece of the body.
    Body,
    /// Nothing but a flush.
    Flush,
    /// Nothing: the whole request is out.
    Sent,
    /// Nothing, though something is missing: the server does not take it, or does not want it.
    Stopped,
}

/// What the rest of a request is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outgoing {
    /// Nothing; there may be a rest that will never be sent.
    Done,
    /// The server, which takes no more bytes.
    Server,
    /// The server's word that it wants the body.
    Word,
    /// The source of the body.
    Source,
}

impl Outgoing {
    /// How long that may take.
    pub(super) fn timeout(self) -> Option<Timeout> {
        match self {
            Self::Server => Some(Timeout::Write),
            Self::Word => Some(Timeout::ExpectContinue),
            Self::Done | Self::Source => None,
        }
    }
}

impl Sending {
    /// A request of which nothing is sent. If the server is not to be asked first, a body in memory goes out together
    /// with the head.
    ///
    /// # Errors
    ///
    /// If the body in memory is not what the head announces.
    pub(crate) fn new(head: Vec<u8>, mut body: RequestBody, asks: bool) -> Result<Self, RequestBodyError> {
        let mut sending = Self { head, encoder: BodyEncoder::new(body.framing()), ..Self::nothing() };
        if !asks && body.is_at_hand() {
            sending.piece = body.take_memory().map(|data| sending.encoder.data(data)).transpose()?;
            sending.tail = sending.encoder.end(&body.take_trailers())?;
            sending.stage = Stage::Flush;
        } else {
            sending.body = body;
            sending.untouched = true;
            sending.stage = if asks { Stage::Continue } else { Stage::Body };
        }
        Ok(sending)
    }

    /// No request.
    pub(super) fn nothing() -> Self {
        Self {
            stage: Stage::Sent,
            head: Vec::new(),
            head_sent: 0,
            piece: None,
            tail: Bytes::new(),
            encoder: BodyEncoder::new(RequestFraming::Empty),
            body: RequestBody::empty(),
            untouched: false,
            progress: false,
            failure: None,
        }
    }

    /// Sends what can be sent now. That nothing more can be written is no error here: there may be an answer to what
    /// was written before.
    ///
    /// # Errors
    ///
    /// If the body's source fails, or the body is not what the head announced.
    pub(super) fn poll(
        &mut self,
        stream: &mut dyn Transport,
        cx: &mut Context<'_>,
        turn: &mut Turn,
    ) -> Result<Outgoing, Error> {
        loop {
            if let Some(outgoing) = self.step(stream, cx, turn)? {
                return Ok(outgoing);
            }
            // After a step, and not before it: the request goes on with each piece of the response.
            if turn.is_half_over() && !self.is_done() {
                return Ok(self.pause(stream, cx));
            }
        }
    }

    /// One write, one flush, or one piece of the body; what has to be waited for, if there is nothing to be done now.
    fn step(
        &mut self,
        stream: &mut dyn Transport,
        cx: &mut Context<'_>,
        turn: &mut Turn,
    ) -> Result<Option<Outgoing>, Error> {
        if self.has_more() {
            match self.poll_write(stream, cx) {
                Poll::Ready(Ok(count)) => {
                    turn.count(count);
                    self.advance(count);
                }
                Poll::Ready(Err(error)) if error.kind() == IoErrorKind::Interrupted => turn.count(0),
                Poll::Ready(Err(error)) => self.stop(error),
                Poll::Pending => return Ok(Some(Outgoing::Server)),
            }
            return Ok(None);
        }
        match self.stage {
            Stage::Continue => return Ok(Some(self.flush_and_wait(stream, cx, Outgoing::Word))),
            Stage::Body => {
                if !self.poll_body(cx, turn)? {
                    return Ok(Some(self.flush_and_wait(stream, cx, Outgoing::Source)));
                }
            }
            Stage::Flush => match Pin::new(&mut *stream).poll_flush(cx) {
                Poll::Ready(Ok(())) => self.stage = Stage::Sent,
                Poll::Ready(Err(error)) if error.kind() == IoErrorKind::Interrupted => turn.count(0),
                Poll::Ready(Err(error)) => self.stop(error),
                Poll::Pending => return Ok(Some(Outgoing::Server)),
            },
            Stage::Sent | Stage::Stopped => {
                // It may hold much, or something that somebody waits to see dropped.
                if self.stage == Stage::Sent {
                    self.body = RequestBody::empty();
                }
                return Ok(Some(Outgoing::Done));
            }
        }
        Ok(None)
    }

    /// Whether nothing more is sent.
    fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Sent | Stage::Stopped)
    }

    /// Whether the whole request is out.
    pub(super) fn is_sent(&self) -> bool {
        self.stage == Stage::Sent
    }

    /// Whether the server has all of the head, and so may do what it says.
    pub(crate) fn head_is_out(&self) -> bool {
        self.head_sent >= self.head.len()
    }

    /// Whether the server cannot have all of the request, because a part of the body is still here.
    pub(crate) fn body_is_missing(&self) -> bool {
        self.untouched && matches!(self.stage, Stage::Continue | Stage::Body | Stage::Stopped)
    }

    /// The server wants the body, or does not say so in time.
    pub(super) fn go_ahead(&mut self) {
        if self.stage == Stage::Continue {
            self.stage = Stage::Body;
        }
    }

    /// The server has answered. If it was asked whether it wants the body, that means no (RFC 9110 section 10.1.1).
    pub(super) fn answered(&mut self) {
        if self.stage == Stage::Continue {
            self.stage = Stage::Stopped;
        }
    }

    /// Whether the server has answered without having asked for the body, so that it stays here.
    pub(crate) fn is_refused(&self) -> bool {
        self.untouched && self.stage == Stage::Stopped
    }

    /// Takes the body out, if nobody has asked it for anything. The request cannot go on then.
    pub(super) fn take_untouched_body(&mut self) -> Option<RequestBody> {
        if !self.untouched {
            return None;
        }
        self.stage = Stage::Stopped;
        Some(std::mem::take(&mut self.body))
    }

    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    pub(super) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progress)
    }

    fn stop(&mut self, error: io::Error) {
        self.stage = Stage::Stopped;
        self.failure = Some(error);
        self.piece = None;
        self.tail = Bytes::new();
    }

    /// Asks for the next piece of the body; false if there is none yet.
    fn poll_body(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> Result<bool, Error> {
        self.untouched = false;
        match self.body.poll_data(cx) {
            Poll::Pending => return Ok(false),
            Poll::Ready(Some(Ok(data))) if data.is_empty() => turn.count(0),
            Poll::Ready(Some(Ok(data))) => self.piece = Some(self.encoder.data(data)?),
            Poll::Ready(Some(Err(source))) => {
                return Err(Error::new(ErrorKind::BodySource(source), Phase::Send));
            }
            Poll::Ready(None) => {
                self.tail = self.encoder.end(&self.body.take_trailers())?;
                self.stage = Stage::Flush;
            }
        }
        Ok(true)
    }

    /// Neither the stream nor the source ever waits, and that must not keep the thread from others, nor from the
    /// response and the timeouts: tells what would be waited for, and goes on in the next turn.
    fn pause(&mut self, stream: &mut dyn Transport, cx: &mut Context<'_>) -> Outgoing {
        cx.waker().wake_by_ref();
        match self.stage {
            Stage::Continue if !self.has_more() => self.flush_and_wait(stream, cx, Outgoing::Word),
            Stage::Body if !self.has_more() => self.flush_and_wait(stream, cx, Outgoing::Source),
            _ => Outgoing::Server,
        }
    }

    /// Nothing is to be written for a while, so what was written must not linger in a buffer.
    fn flush_and_wait(
        &mut self,
        stream: &mut dyn Transport,
        cx: &mut Context<'_>,
        wait: Outgoing,
    ) -> Outgoing {
        match Pin::new(&mut *stream).poll_flush(cx) {
            Poll::Ready(Ok(())) | Poll::Pending => wait,
            // To be tried again, but not here: it may be so for ever, until the server's time is over.
            Poll::Ready(Err(error)) if error.kind() == IoErrorKind::Interrupted => {
                cx.waker().wake_by_ref();
                Outgoing::Server
            }
            Poll::Ready(Err(error)) => {
                self.stop(error);
                Outgoing::Done
            }
        }
    }

    fn unsent_head(&self) -> &[u8] {
        self.head.get(self.head_sent..).unwrap_or_default()
    }

    fn has_more(&self) -> bool {
        self.stage != Stage::Stopped
            && (!self.head_is_out()
                || self.piece.as_ref().is_some_and(Buf::has_remaining)
                || !self.tail.is_empty())
    }

    /// Writes once, everything that is on its way.
    fn poll_write(&mut self, stream: &mut dyn Transport, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(self.unsent_head()); 5];
        let mut filled = usize::from(!self.head_is_out());
        if let (Some(piece), Some(room)) = (&self.piece, slices.get_mut(filled..)) {
            filled = filled.saturating_add(piece.chunks_vectored(room));
        }
        if let (false, Some(slice)) = (self.tail.is_empty(), slices.get_mut(filled)) {
            *slice = IoSlice::new(&self.tail);
            filled = filled.saturating_add(1);
        }
        let stream = Pin::new(stream);
        let poll = match slices.get(..filled).unwrap_or_default() {
            [one] => stream.poll_write(cx, one),
            several => stream.poll_write_vectored(cx, several),
        };
        match poll {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(IoErrorKind::WriteZero.into())),
            poll => poll,
        }
    }

    /// So many bytes of what was on its way are out.
    fn advance(&mut self, count: usize) {
        self.progress = true;
        let of_head = count.min(self.unsent_head().len());
        self.head_sent = self.head_sent.saturating_add(of_head);
        let mut left = count.saturating_sub(of_head);
        if let Some(piece) = &mut self.piece {
            let of_piece = left.min(piece.remaining());
            piece.advance(of_piece);
            left = left.saturating_sub(of_piece);
            if !piece.has_remaining() {
                // The source may want its memory back.
                self.piece = None;
            }
        }
        self.tail.advance(left.min(self.tail.len()));
    }
}

use std::io;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use http::{Request, Response, StatusCode};

use crate::connect::{Probe, Transport};
use crate::pool::{Bucket, Pool};
use crate::proto::{Event, Framing, ProtoError, ResponseReader, Verdict};
use crate::request_body::RequestBody;
use crate::upgraded::Upgraded;
use crate::{Error, ErrorKind, Limits, Phase, Timeout};

mod receive;
mod send;
mod turn;
mod watch;

use send::Outgoing;
pub(crate) use send::Sending;
use turn::Turn;
pub(crate) use watch::Watch;

/// A connection and the request it carries, both directions at once.
///
/// It is one state machine, driven by whoever wants the response: `send()` to the head, the body from there on. It
/// writes what it can of the request, reads what there is of the response, and waits for both and for its timer. Every
/// poll does all three, so that no wake of one direction is lost in the other; but for the one that ends a turn, which
/// wakes itself.
///
/// The same box serves the requests of a connection one after the other, and lies in the pool in between.
pub(crate) struct Exchange {
    stream: Box<dyn Transport>,
    reader: ResponseReader,
    /// What remains of the request.
    sending: Sending,
    /// How much more may be written and read before it waits.
    turn: Turn,
    /// How long to wait.
    watch: Watch,
    /// Whether the head of the response has come.
    head_came: bool,
    /// What the reader was made for.
    limits: Rc<Limits>,
    /// Where it goes when it is done; none while it is there.
    home: Option<Home>,
    /// When the connection was made.
    opened: Instant,
}

/// Where a connection is kept while no request uses it.
pub(crate) struct Home {
    /// Gone if the client is: then nobody will want the connection.
    pub(crate) pool: Weak<Pool>,
    pub(crate) bucket: Rc<Bucket>,
}

/// How a request that failed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection had been dead before, as far as can be seen: nothing came back.
    Stale,
    /// It is about this request.
    Real,
}

impl Exchange {
    /// A new connection, for a first request.
    pub(crate) fn new(
        stream: Box<dyn Transport>,
        request: &Request<()>,
        watch: Watch,
        limits: &Rc<Limits>,
        home: Home,
    ) -> Box<Self> {
        let opened = watch.now();
        Box::new(Self {
            stream,
            reader: ResponseReader::new(request, limits),
            sending: Sending::nothing(),
            turn: Turn::new(),
            watch,
            head_came: false,
            limits: Rc::clone(limits),
            home: Some(home),
            opened,
        })
    }

    /// A connection of the pool is to carry this request; false if it cannot after all.
    #[must_use]
    pub(crate) fn begin(&mut self, request: &Request<()>, limits: &Rc<Limits>, home: Home) -> bool {
        if self.reader.next_response(request).is_err() {
            return false;
        }
        if !Rc::ptr_eq(&self.limits, limits) && self.limits != *limits {
            // Nothing has come that is not read, so nothing is lost.
            self.reader = ResponseReader::new(request, limits);
            self.limits = Rc::clone(limits);
        }
        self.head_came = false;
        self.turn = Turn::new();
        self.home = Some(home);
        true
    }

    /// Has it sent the request that it was made or begun for.
    pub(crate) fn send(&mut self, sending: Sending) {
        self.sending = sending;
    }

    /// What the next waits of this connection are bounded by.
    pub(crate) fn watch_mut(&mut self) -> &mut Watch {
        &mut self.watch
    }

    /// When the connection was made.
    pub(crate) fn opened(&self) -> Instant {
        self.opened
    }

    /// Whether nothing has come since the last response.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.stream.probe() == Probe::Quiet
    }

    /// The final head of the response. Informational ones are skipped: they are only good for saying that the body
    /// may follow.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(Response<()>, Framing), Error>> {
        loop {
            if let Event::Head(head, framing) = ready!(self.poll_event(cx))? {
                self.head_came = true;
                self.watch.progress_in();
                self.sending.answered();
                return Poll::Ready(Ok((head, framing)));
            }
        }
    }

    /// The next event that says something, but not [`Event::Informational`].
    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        loop {
            let turn_is_over = self.turn.is_over();
            let outgoing = self.poll_send(cx)?;
            if turn_is_over {
                ready!(self.poll_end_of_turn(cx, outgoing))?;
                continue;
            }
            match self.poll_receive(cx) {
                Poll::Ready(Ok(Event::Informational(head))) => {
                    if head.status() == StatusCode::CONTINUE {
                        self.sending.go_ahead();
                    }
                    continue;
                }
                Poll::Ready(event) => return Poll::Ready(event),
                Poll::Pending => {}
            }
            let incoming = match outgoing {
                _ if self.head_came => (outgoing != Outgoing::Source).then_some(Timeout::Read),
                Outgoing::Done => Some(Timeout::Head),
                _ => None,
            };
            ready!(self.poll_watch(cx, outgoing, incoming))?;
        }
    }

    /// Lets others have a turn, though there is more to be done, before whoever reads the response gets more of it.
    fn poll_end_of_turn(&mut self, cx: &mut Context<'_>, outgoing: Outgoing) -> Poll<Result<(), Error>> {
        cx.waker().wake_by_ref();
        // More of a body is not waited for: it may be here.
        let awaits_head = outgoing == Outgoing::Done && !self.head_came;
        self.poll_watch(cx, outgoing, awaits_head.then_some(Timeout::Head))
    }

    /// Waits for both directions; ready with an error when one has taken too long, or else if there is more to send now.
    fn poll_watch(
        &mut self,
        cx: &mut Context<'_>,
        outgoing: Outgoing,
        incoming: Option<Timeout>,
    ) -> Poll<Result<(), Error>> {
        self.turn = Turn::new();
        match ready!(self.watch.poll(cx, outgoing.timeout(), incoming)) {
            Timeout::ExpectContinue => {
                self.sending.go_ahead();
                Poll::Ready(Ok(()))
            }
            timeout => Poll::Ready(Err(self.timed_out(timeout, outgoing))),
        }
    }

    /// Whether an error means that the connection had been dead before the request.
    pub(crate) fn failure(&self, error: &Error) -> Failure {
        let dead = match error.kind() {
            ErrorKind::Io(error) => is_dead(error),
            ErrorKind::Protocol(error) => *error == ProtoError::ClosedBeforeHead,
            _ => false,
        };
        if dead && self.reader.bytes_received() == 0 { Failure::Stale } else { Failure::Real }
    }

    /// The request, to see how far it is.
    pub(crate) fn sending(&self) -> &Sending {
        &self.sending
    }

    /// Takes the request's body back, if nothing of it has been asked for.
    pub(crate) fn take_untouched_body(&mut self) -> Option<RequestBody> {
        self.sending.take_untouched_body()
    }

    /// Ends the exchange after [`Event::End`]: the connection goes to the pool if it can be used again, and is closed
    /// if not. So it is if something follows the response: the response is whole, but what the rest is the answer to,
    /// nobody can know.
    pub(crate) fn finish(mut self: Box<Self>, verdict: Verdict) {
        if verdict == Verdict::KeepAlive
            && self.sending.is_sent()
            && matches!(self.reader.next_event(), Ok(Event::Idle))
            && let Some(home) = self.home.take()
            && let Some(pool) = home.pool.upgrade()
        {
            self.watch.rest();
            let now = self.watch.now();
            pool.checkin(&home.bucket, self, now);
        }
    }

    /// Reads what has arrived of a body that nobody wants, up to a limit. If it is the rest, the connection can be
    /// used again. Nothing is waited for, neither bytes nor timers.
    pub(crate) fn drain(mut self: Box<Self>) {
        let mut cx = Context::from_waker(Waker::noop());
        let mut left = self.limits.drain_bytes;
        while self.sending.is_sent() {
            // The limit is another one here.
            self.turn = Turn::new();
            match self.poll_receive(&mut cx) {
                Poll::Ready(Ok(Event::Body(bytes))) if bytes.len() <= left => left -= bytes.len(),
                Poll::Ready(Ok(Event::End { verdict, .. })) => return self.finish(verdict),
                _ => return,
            }
        }
    }

    /// The connection itself, after a head that ends HTTP; `None` if the request is still being sent.
    pub(crate) fn into_upgraded(mut self: Box<Self>) -> Option<Upgraded> {
        let rest = self.reader.take_rest();
        self.sending.is_sent().then(|| Upgraded::new(self.stream, rest))
    }

    /// Tells how far this was when an error occurred.
    pub(crate) fn situate(&self, error: Error) -> Error {
        error.after(self.reader.bytes_received(), self.sending.head_is_out())
    }

    fn receive_error(&self, kind: ErrorKind) -> Error {
        let phase = if self.head_came { Phase::Body } else { Phase::Head };
        self.situate(Error::new(kind, phase))
    }

    fn timed_out(&self, timeout: Timeout, outgoing: Outgoing) -> Error {
        let after = self.watch.duration(timeout);
        let phase = match outgoing {
            _ if self.head_came => Phase::Body,
            Outgoing::Done => Phase::Head,
            _ => Phase::Send,
        };
        self.situate(Error::new(ErrorKind::TimedOut { timeout, after }, phase))
    }
}

/// Whether this is what one gets on a connection that the other end has closed or forgotten.
fn is_dead(error: &io::Error) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof, WriteZero,
    };
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof | WriteZero
    )
}

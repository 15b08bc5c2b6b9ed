use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::connect::Timer;
use crate::{Timeout, Timeouts};

/// How long the steps of an exchange may take: all timeouts by one timer.
///
/// A deadline begins to run with the first poll that has to wait; an exchange that never waits never looks at the clock.
/// The timer is moved only if it would come too late: when a wait gets a later deadline than the one before, the timer
/// is left where it is, comes too early, and is set again then.
pub(crate) struct Watch {
    timer: Box<dyn Timer>,
    timeouts: Timeouts,
    /// When everything must be over.
    total: Option<Instant>,
    /// What the request waits for, and until when.
    outgoing: Option<(Timeout, Option<Instant>)>,
    /// What the response waits for, and until when.
    incoming: Option<(Timeout, Option<Instant>)>,
    /// When the timer fires.
    alarm: Option<Instant>,
    /// What time it is, as long as nothing was waited for since somebody looked.
    looked: Option<Instant>,
}

impl Watch {
    pub(crate) fn new(timer: Box<dyn Timer>) -> Self {
        let timeouts = Timeouts::default();
        Self { timer, timeouts, total: None, outgoing: None, incoming: None, alarm: None, looked: None }
    }

    /// Begins to watch over a request, which must be over at `total`. Whoever has just looked at the clock can save
    /// another look.
    pub(crate) fn begin(&mut self, timeouts: Timeouts, total: Option<Instant>, looked: Option<Instant>) {
        self.timeouts = timeouts;
        self.total = total;
        self.looked = looked;
        self.outgoing = None;
        self.incoming = None;
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Instant {
        self.timer.now()
    }

    /// How long a timeout is.
    pub(crate) fn duration(&self, timeout: Timeout) -> Duration {
        self.timeouts.get(timeout).unwrap_or(Duration::MAX)
    }

    /// Some bytes have gone out: the next wait is another one.
    pub(crate) fn progress_out(&mut self) {
        self.outgoing = None;
    }

    /// Something has come for which there is a timeout: the next wait is another one.
    pub(crate) fn progress_in(&mut self) {
        self.looked = None;
        self.incoming = None;
    }

    /// Nothing is waited for any more, and no task is to be woken.
    pub(crate) fn rest(&mut self) {
        if self.alarm.take().is_some() {
            self.timer.clear();
        }
    }

    /// Waits until one of these takes too long, and tells which.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        outgoing: Option<Timeout>,
        incoming: Option<Timeout>,
    ) -> Poll<Timeout> {
        self.outgoing = self.wait(self.outgoing, outgoing);
        self.incoming = self.wait(self.incoming, incoming);
        self.looked = None;
        let Some(earliest) = self.earliest() else {
            return Poll::Pending;
        };
        if self.alarm.is_none_or(|alarm| alarm > earliest) {
            self.set(earliest);
        }
        loop {
            ready!(self.timer.poll_elapsed(cx));
            self.alarm = None;
            let now = self.timer.now();
            let deadlines = [(Timeout::Total, self.total)];
            let deadlines = deadlines.into_iter().chain(self.outgoing).chain(self.incoming);
            if let Some((timeout, _)) = deadlines.into_iter().find(|(_, at)| at.is_some_and(|at| at <= now)) {
                // It is reported once: whoever goes on, waits anew.
                self.progress_out();
                return Poll::Ready(timeout);
            }
            self.set(earliest);
        }
    }

    /// A wait that goes on, or a new one.
    fn wait(
        &self,
        running: Option<(Timeout, Option<Instant>)>,
        wanted: Option<Timeout>,
    ) -> Option<(Timeout, Option<Instant>)> {
        let wanted = wanted?;
        running.filter(|(timeout, _)| *timeout == wanted).or_else(|| {
            // What is too far away for the clock is never.
            let now = || self.looked.unwrap_or_else(|| self.timer.now());
            let deadline = self.timeouts.get(wanted).and_then(|duration| now().checked_add(duration));
            Some((wanted, deadline))
        })
    }

    fn earliest(&self) -> Option<Instant> {
        let waits = [self.outgoing, self.incoming].into_iter().flatten().filter_map(|(_, deadline)| deadline);
        waits.chain(self.total).min()
    }

    fn set(&mut self, deadline: Instant) {
        self.alarm = Some(deadline);
        self.timer.set(deadline);
    }
}

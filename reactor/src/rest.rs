//! A listener's pause after a failure.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use crate::{Handle, sleep_until};

/// How long a listener lets be after it has failed for want of something that others may give back, such as a
/// descriptor: they can only do so if they get to run.
const REST: Duration = Duration::from_millis(50);

/// Keeps a loop that goes on accepting, come what may, from having the thread for itself.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    /// Until when accepting would most likely fail again.
    until: Cell<Option<Instant>>,
}

impl Rest {
    /// Begins it if accepting has failed for a reason that the next connection meets as well.
    ///
    /// By a virtual clock there is none: descriptors come back in real time, and that clock may stand still for ever.
    pub(crate) fn after<T>(&self, accepted: &io::Result<T>, handle: &Handle) {
        if handle.time().is_real() && accepted.as_ref().is_err_and(|error| !is_about_one_connection(error)) {
            self.until.set(handle.now().checked_add(REST));
        }
    }

    /// Waits until it is over. No event tells when accepting would succeed: the connections that wait have had theirs.
    pub(crate) async fn is_over(&self, handle: &Handle) -> io::Result<()> {
        let Some(until) = self.until.get().filter(|until| *until > handle.now()) else {
            return Ok(());
        };
        let mut sleep = pin!(sleep_until(until));
        poll_fn(|cx| {
            // The timer belongs to the listener's reactor, whichever is entered here.
            handle.check_turned()?;
            let _entered = handle.enter();
            sleep.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;

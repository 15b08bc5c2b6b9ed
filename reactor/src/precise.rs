//! Waiting for less than a millisecond.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use rustix::time::{timerfd_create, timerfd_settime};

use crate::wheel::Nanos;

/// What mio's own timeouts are rounded up to.
const COARSE: Duration = Duration::from_millis(1);

/// A timer of the kernel's that ends a wait for events to the microsecond, where mio rounds up to a millisecond.
///
/// It is a system call for each wait that it ends, and so it is left out where the rounding does no harm.
#[derive(Debug)]
pub(crate) struct PreciseTimer {
    timer: OwnedFd,
    /// The deadline it was set for last.
    deadline: Option<Nanos>,
}

impl PreciseTimer {
    /// A timer that makes a wait on `registry` end, with `token`.
    ///
    /// # Errors
    ///
    /// If the system refuses the descriptor.
    pub(crate) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let timer =
            timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        registry.register(&mut SourceFd(&timer.as_raw_fd()), token, Interest::READABLE)?;
        Ok(PreciseTimer { timer, deadline: None })
    }

    /// Has the next wait, which would take until `deadline`, `left` from now, end then. One that was set for an earlier
    /// wait may end this one early, which does no harm.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub(crate) fn set(&mut self, deadline: Nanos, left: Duration) -> io::Result<()> {
        let is_whole = left.subsec_nanos().is_multiple_of(COARSE.subsec_nanos());
        if is_whole || self.deadline == Some(deadline) {
            return Ok(());
        }
        let Ok(seconds) = i64::try_from(left.as_secs()) else {
            return Ok(());
        };
        let value = Timespec { tv_sec: seconds, tv_nsec: left.subsec_nanos().into() };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        // What it says is not read: every expiry is an edge of its own, and setting it anew clears what it said before.
        timerfd_settime(self.timer.as_fd(), TimerfdTimerFlags::empty(), &once)?;
        self.deadline = Some(deadline);
        Ok(())
    }
}

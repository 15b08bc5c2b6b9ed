//! The contract between a future and its waker, tried out.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::WakerProbe;

/// The contract that a pending future has with whoever polls it. `make` makes such a future and the
/// event that it waits for: a closure that, when it returns, has made the future ready.
///
/// # Examples
///
/// ```
/// use std::cell::Cell;
/// use std::future::poll_fn;
/// use std::rc::Rc;
/// use std::task::{Poll, Waker};
/// use wakecheck::{Violation, waker_contract};
///
/// // Keeps the first waker that it sees, and no other: works until the future changes its task.
/// let loyal = || {
///     let waiting = Rc::new(Cell::new(None::<Waker>));
///     let happened = Rc::new(Cell::new(false));
///     let (waiter, seen) = (Rc::clone(&waiting), Rc::clone(&happened));
///     let mut registered = false;
///     let future = poll_fn(move |cx| {
///         if !registered {
///             waiter.set(Some(cx.waker().clone()));
///             registered = true;
///         }
///         if seen.get() { Poll::Ready(()) } else { Poll::Pending }
///     });
///     let event = move || {
///         happened.set(true);
///         if let Some(waker) = waiting.take() {
///             waker.wake();
///         }
///     };
///     (future, event)
/// };
/// assert_eq!(waker_contract(loyal).check(), Err(Violation::StaleWaker));
/// ```
pub fn waker_contract<M, F, E>(make: M) -> WakerContract<M>
where
    M: FnOnce() -> (F, E),
    F: Future,
    E: FnOnce(),
{
    WakerContract { make }
}

/// A future and its event, to be [checked](WakerContract::check).
#[must_use = "nothing is checked before `check`"]
pub struct WakerContract<M> {
    make: M,
}

impl<M, F, E> WakerContract<M>
where
    M: FnOnce() -> (F, E),
    F: Future,
    E: FnOnce(),
{
    /// Polls the future with one waker and then with another, has the event happen, and looks who was
    /// woken, and what is left of the wakers in the end.
    ///
    /// # Errors
    ///
    /// The first rule that the future breaks.
    pub fn check(self) -> Result<(), Violation> {
        let (future, event) = (self.make)();
        let (first, first_probe) = WakerProbe::new();
        let (second, second_probe) = WakerProbe::new();
        check_wakes(future, event, (first, &first_probe), (second, &second_probe))?;
        match first_probe.live() + second_probe.live() {
            0 => Ok(()),
            live => Err(Violation::WakerLeaked { live }),
        }
    }
}

/// The part of the check during which the future and the wakers live.
fn check_wakes(
    future: impl Future,
    event: impl FnOnce(),
    (first, first_probe): (Waker, &WakerProbe),
    (second, second_probe): (Waker, &WakerProbe),
) -> Result<(), Violation> {
    let mut future = pin!(future);
    let mut poll = |waker: &Waker| future.as_mut().poll(&mut Context::from_waker(waker)).map(drop);

    if poll(&first).is_ready() {
        return Err(Violation::ReadyBeforeEvent);
    }
    if !is_owed_a_wake(first_probe) {
        return Err(Violation::LostWakeup);
    }
    if poll(&second).is_ready() {
        // One that wakes itself, as `yield_now` does, has kept its promise; there is no event to wait for.
        return if first_probe.is_woken() { Ok(()) } else { Err(Violation::ReadyBeforeEvent) };
    }
    if !is_owed_a_wake(second_probe) {
        return Err(Violation::StaleWaker);
    }
    event();
    if !second_probe.is_woken() {
        return Err(Violation::NotWokenByEvent);
    }
    match poll(&second) {
        Poll::Ready(()) => Ok(()),
        Poll::Pending => Err(Violation::PendingAfterEvent),
    }
}

/// Whether somebody keeps a clone of the waker, or has woken it already.
fn is_owed_a_wake(probe: &WakerProbe) -> bool {
    // One is the check's own.
    probe.live() > 1 || probe.is_woken()
}

/// A rule of the contract that a future has broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Violation {
    /// It was pending, and neither kept nor woke the waker that it was polled with: its task waits for
    /// ever.
    LostWakeup,
    /// It was polled again with another waker, and kept the former: it wakes the wrong task once it is
    /// moved to another one.
    StaleWaker,
    /// The event happened, and the waker of the last poll was not woken, though it had been kept.
    NotWokenByEvent,
    /// It was woken by the event and pending all the same: the wake came too early, or the event does
    /// not make it ready.
    PendingAfterEvent,
    /// It was ready before the event, and nothing had woken it: there is nothing to check, or it only
    /// works where it is polled again and again.
    ReadyBeforeEvent,
    /// The future is gone, the event is over, and there still are clones of its wakers.
    WakerLeaked {
        /// How many.
        live: usize,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::LostWakeup => f.write_str("pending, but the waker was neither kept nor woken"),
            Violation::StaleWaker => f.write_str("polled with a second waker, but kept the first"),
            Violation::NotWokenByEvent => f.write_str("the event did not wake the waker of the last poll"),
            Violation::PendingAfterEvent => f.write_str("woken by the event, but still pending"),
            Violation::ReadyBeforeEvent => f.write_str("ready before the event, without a wake"),
            Violation::WakerLeaked { live } => write!(f, "{live} wakers outlive the future and its event"),
        }
    }
}

impl Error for Violation {}

impl<M> fmt::Debug for WakerContract<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakerContract").finish_non_exhaustive()
    }
}

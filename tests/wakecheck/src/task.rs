//! One future, polled by hand as a task would poll it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::WakerProbe;

/// How often [`Harness::poll_until_stalled`] polls before it calls the future a busy loop.
const MOST_POLLS: usize = 10_000;
/// The same for [`run`]: a body that comes byte by byte takes many.
const MOST_POLLS_OF_RUN: usize = 10_000_000;

/// Takes a future into the hands of the test.
///
/// # Examples
///
/// ```
/// use wakecheck::{assert_ready_eq, task};
///
/// let mut task = task::spawn(async { 6 * 7 });
/// assert_ready_eq!(task.poll(), 42);
/// ```
pub fn spawn<F: Future>(future: F) -> Harness<F> {
    let (waker, probe) = WakerProbe::new();
    Harness { future: Box::pin(future), waker, probe, due: Due::First }
}

/// Runs a future to its end, as an executor would that has nothing else to do.
///
/// # Panics
///
/// If it is pending and nothing has woken it: with nobody else there, nothing ever will. Also if it
/// wakes itself without end.
///
/// # Examples
///
/// ```
/// use wakecheck::task;
///
/// assert_eq!(task::run(async { 6 * 7 }), 42);
/// ```
///
/// ```should_panic
/// wakecheck::task::run(std::future::pending::<()>()); // panics: who was to wake it?
/// ```
#[track_caller]
pub fn run<F: Future>(future: F) -> F::Output {
    match run_until_stalled(future) {
        Poll::Ready(output) => output,
        Poll::Pending => {
            panic!("nothing will ever wake this future: it is pending, and nothing has woken it")
        }
    }
}

/// As [`run`], but leaves it to the caller to say why a future is stalled.
#[track_caller]
pub(crate) fn run_until_stalled<F: Future>(future: F) -> Poll<F::Output> {
    spawn(future).poll_at_most(MOST_POLLS_OF_RUN)
}

/// A future that is polled as a task would poll it: once at first, and then when it was woken.
#[must_use = "futures do nothing unless they are polled"]
pub struct Harness<F> {
    future: Pin<Box<F>>,
    /// Under which the next poll is made.
    waker: Waker,
    /// Sees what becomes of that.
    probe: WakerProbe,
    /// Why a poll would be right.
    due: Due,
}

/// What has to happen before the next poll.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Nothing: the present waker was not seen by the future yet.
    First,
    /// A wake.
    WhenWoken,
    /// There must be none any more.
    Never,
}

impl<F: Future> Harness<F> {
    /// Polls the future, as an executor would.
    ///
    /// # Panics
    ///
    /// If no executor would: if this is neither the first poll, nor the first after
    /// [`swap_waker`](Harness::swap_waker), and no wake came since the last. Also if the future was
    /// ready before.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// let mut task = wakecheck::task::spawn(std::future::pending::<()>());
    /// let _ = task.poll();
    /// let _ = task.poll(); // panics: who was to wake it?
    /// ```
    #[track_caller]
    pub fn poll(&mut self) -> Poll<F::Output> {
        assert!(
            self.due != Due::WhenWoken || self.probe.is_woken(),
            "polled without a wake: the future is pending and nothing has woken it since, so a task would wait for ever (`poll_spurious` polls all the same)"
        );
        self.poll_spurious()
    }

    /// Polls the future whether it was woken or not. A future has to put up with that.
    ///
    /// # Panics
    ///
    /// If the future was ready before.
    #[track_caller]
    pub fn poll_spurious(&mut self) -> Poll<F::Output> {
        assert!(self.due != Due::Never, "polled after it was ready");
        let _ = self.probe.take_woken();
        let poll = self.future.as_mut().poll(&mut Context::from_waker(&self.waker));
        self.due = if poll.is_ready() { Due::Never } else { Due::WhenWoken };
        poll
    }

    /// Polls the future until it is ready, or pending and not woken.
    ///
    /// # Panics
    ///
    /// If [`poll`](Harness::poll) would, or if the future wakes itself without end.
    #[track_caller]
    pub fn poll_until_stalled(&mut self) -> Poll<F::Output> {
        self.poll_at_most(MOST_POLLS)
    }

    #[track_caller]
    fn poll_at_most(&mut self, most: usize) -> Poll<F::Output> {
        for _ in 0..most {
            let poll = self.poll();
            if poll.is_ready() || !self.is_woken() {
                return poll;
            }
        }
        panic!("a busy loop: the future was polled {most} times and is woken still");
    }

    /// Has the future polled under another waker from now on, as when it is moved to another task. The
    /// next [`poll`](Harness::poll) needs no wake, and wakes of the former waker no longer count.
    pub fn swap_waker(&mut self) {
        (self.waker, self.probe) = WakerProbe::new();
        if self.due == Due::WhenWoken {
            self.due = Due::First;
        }
    }

    /// Whether the future was woken since the last poll.
    #[must_use]
    pub fn is_woken(&self) -> bool {
        self.probe.is_woken()
    }

    /// The probe of the present waker, which counts the harness's own waker as one that is alive.
    #[must_use]
    pub fn probe(&self) -> &WakerProbe {
        &self.probe
    }
}

impl<F> fmt::Debug for Harness<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness").field("probe", &self.probe).finish_non_exhaustive()
    }
}

/// Asserts that a poll was pending.
///
/// # Examples
///
/// ```
/// use wakecheck::{assert_pending, task};
///
/// let mut task = task::spawn(std::future::pending::<()>());
/// assert_pending!(task.poll());
/// ```
#[macro_export]
macro_rules! assert_pending {
    ($poll:expr $(,)?) => {
        match $poll {
            ::std::task::Poll::Pending => {}
            ::std::task::Poll::Ready(output) => {
                ::std::panic!("ready, expected pending; the output is {:?}", output)
            }
        }
    };
}

/// Asserts that a poll was ready, and gives the output.
///
/// # Examples
///
/// ```
/// use wakecheck::{assert_ready, task};
///
/// let mut task = task::spawn(async { "output" });
/// assert_eq!(assert_ready!(task.poll()), "output");
/// ```
#[macro_export]
macro_rules! assert_ready {
    ($poll:expr $(,)?) => {
        match $poll {
            ::std::task::Poll::Ready(output) => output,
            ::std::task::Poll::Pending => ::std::panic!("pending, expected ready"),
        }
    };
}

/// Asserts that a poll was ready with that output.
///
/// # Examples
///
/// ```
/// use wakecheck::{assert_ready_eq, task};
///
/// let mut task = task::spawn(async { "output" });
/// assert_ready_eq!(task.poll(), "output");
/// ```
#[macro_export]
macro_rules! assert_ready_eq {
    ($poll:expr, $expected:expr $(,)?) => {
        ::std::assert_eq!($crate::assert_ready!($poll), $expected)
    };
}

/// Asserts that a [`Harness`] or a [`WakerProbe`] was woken.
///
/// # Examples
///
/// ```
/// use wakecheck::{WakerProbe, assert_woken};
///
/// let (waker, probe) = WakerProbe::new();
/// waker.wake();
/// assert_woken!(probe);
/// ```
#[macro_export]
macro_rules! assert_woken {
    ($woken:expr $(,)?) => {
        ::std::assert!($woken.is_woken(), "not woken, expected a wake")
    };
}

/// Asserts that a [`Harness`] or a [`WakerProbe`] was not woken.
///
/// # Examples
///
/// ```
/// use wakecheck::{WakerProbe, assert_not_woken};
///
/// let (_waker, probe) = WakerProbe::new();
/// assert_not_woken!(probe);
/// ```
#[macro_export]
macro_rules! assert_not_woken {
    ($woken:expr $(,)?) => {
        ::std::assert!(!$woken.is_woken(), "woken, expected no wake")
    };
}

//! A future that keeps its output until it is asked for.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A branch of a [`join!`](crate::join!): a future, then its output, then nothing.
    #[project = MaybeDoneProjection]
    #[project_replace = MaybeDoneReplaced]
    #[doc(hidden)]
    pub enum MaybeDone<F>
    where
        F: Future,
    {
        Running { #[pin] future: F },
        Done { output: F::Output },
        Gone,
    }
}

impl<F: Future> MaybeDone<F> {
    #[doc(hidden)]
    pub fn new(future: F) -> Self {
        MaybeDone::Running { future }
    }

    /// Polls the future unless it is ready already, and says whether it is.
    #[doc(hidden)]
    pub fn poll_done(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        match self.as_mut().project() {
            MaybeDoneProjection::Running { future } => match future.poll(cx) {
                Poll::Ready(output) => self.set(MaybeDone::Done { output }),
                Poll::Pending => return false,
            },
            MaybeDoneProjection::Done { .. } => {}
            MaybeDoneProjection::Gone => panic!("a join was polled again after it had returned its outputs"),
        }
        true
    }

    /// Whether the future is ready.
    #[doc(hidden)]
    pub fn is_done(&self) -> bool {
        !matches!(self, MaybeDone::Running { .. })
    }

    /// Moves the output out.
    #[doc(hidden)]
    pub fn take_output(self: Pin<&mut Self>) -> F::Output {
        match self.project_replace(MaybeDone::Gone) {
            MaybeDoneReplaced::Done { output } => output,
            _ => panic!("a join was polled again after it had returned its outputs"),
        }
    }
}

impl<F, T, E> MaybeDone<F>
where
    F: Future<Output = Result<T, E>>,
{
    /// Moves the error out, if the future has failed.
    #[doc(hidden)]
    #[must_use]
    pub fn take_error(mut self: Pin<&mut Self>) -> Option<E> {
        match self.as_mut().project() {
            MaybeDoneProjection::Done { output: Err(_) } => self.take_output().err(),
            _ => None,
        }
    }

    /// Moves the value out, if the future has succeeded.
    #[doc(hidden)]
    #[must_use]
    pub fn take_value(self: Pin<&mut Self>) -> T {
        match self.take_output() {
            Ok(value) => value,
            Err(_) => unreachable!("an error was taken out before"),
        }
    }
}

impl<F: Future> fmt::Debug for MaybeDone<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MaybeDone::Running { .. } => "Running",
            MaybeDone::Done { .. } => "Done",
            MaybeDone::Gone => "Gone",
        })
    }
}

//! A stream that does what a test tells it to, and a loop that drives a future over it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_io::{AsyncRead, AsyncWrite};

/// What one call of `poll_read` or `poll_write` does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Reads these bytes; as many as fit now, the rest with the next call.
    Read(&'static [u8]),
    /// Writes at most so many bytes.
    Write(usize),
    /// Is not ready, and wakes at once.
    Pending,
    /// Is never ready.
    Never,
    /// Fails.
    Fail(io::ErrorKind),
}

/// A stream that plays its steps; after the last one it reads end of stream and takes every write.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    /// Everything written. The test keeps a second handle, which is the only one once the stream is dropped.
    pub(crate) written: Rc<RefCell<Vec<u8>>>,
}

impl Script {
    pub(crate) fn new(steps: &[Step]) -> Self {
        Self { steps: steps.iter().copied().collect(), written: Rc::default() }
    }
}

impl AsyncRead for Script {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.steps.pop_front() {
            None => Poll::Ready(Ok(0)),
            Some(Step::Read(bytes)) => {
                let (now, later) = bytes.split_at(bytes.len().min(space.len()));
                space[..now.len()].copy_from_slice(now);
                if !later.is_empty() {
                    self.steps.push_front(Step::Read(later));
                }
                Poll::Ready(Ok(now.len()))
            }
            Some(step) => step.not_ready(cx),
        }
    }
}

impl AsyncWrite for Script {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let most = match self.steps.pop_front() {
            None => usize::MAX,
            Some(Step::Write(most)) => most,
            Some(step) => return step.not_ready(cx),
        };
        let taken = &bytes[..bytes.len().min(most)];
        self.written.borrow_mut().extend_from_slice(taken);
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Step {
    fn not_ready(self, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        match self {
            Self::Pending => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Never => Poll::Pending,
            Self::Fail(kind) => Poll::Ready(Err(kind.into())),
            step => panic!("the script says {step:?} now"),
        }
    }
}

/// Runs a future to its end. One that is pending without having been woken would hang, and panics here.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        match poll_once(future.as_mut()) {
            (Poll::Ready(output), _) => return output,
            (Poll::Pending, woken) => assert!(woken, "nobody will ever wake this future"),
        }
    }
}

/// Polls a future once, and tells whether it was woken meanwhile.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> (Poll<F::Output>, bool) {
    struct Woken(AtomicBool);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let poll = future.poll(&mut Context::from_waker(&Waker::from(Arc::clone(&woken))));
    (poll, woken.0.load(Ordering::Relaxed))
}

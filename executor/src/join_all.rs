//! Any number of futures at once, in one task.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_task::{ArcWake, waker_ref};

/// Awaits all futures at once, in the task it stands in, and gives their outputs in the order of
/// the futures.
///
/// Each future is polled under a waker of its own, so that at a wake only those are polled that
/// were woken, however many there are. Spawning them does the same with one queue less; this is for
/// futures that borrow, or that must not outlive the task.
///
/// # Cancel safety
///
/// Dropping it drops all the futures; outputs that were ready by then are lost.
///
/// # Examples
///
/// ```
/// let squares = executor::join_all((1..=3).map(|n| async move { n * n }));
/// assert_eq!(executor::block_on(squares), [1, 4, 9]);
/// ```
pub fn join_all<I>(futures: I) -> JoinAll<<I::Item as IntoFuture>::IntoFuture>
where
    I: IntoIterator,
    I::Item: IntoFuture,
{
    let woken = Arc::new(Woken::default());
    let children: Vec<_> = { futures.into_iter().enumerate() }
        .map(|(index, future)| Child::new(index, future.into_future(), &woken))
        .collect();
    woken.indices().extend(0..children.len());
    JoinAll {
        pending: children.len(),
        children,
        woken,
    }
}

/// The future of [`join_all`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct JoinAll<F: Future> {
    children: Vec<Child<F>>,
    /// How many children are not ready yet.
    pending: usize,
    /// Which of them to poll next.
    woken: Arc<Woken>,
}

/// One of the futures, and what becomes of it.
struct Child<F: Future> {
    state: State<F>,
    waker: Arc<ChildWaker>,
}

/// The box lets a child stay in place while the `JoinAll` that holds it is moved.
enum State<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
    Taken,
}

/// The children that were woken since the last poll, and who is to be told of it.
#[derive(Default)]
struct Woken {
    indices: Mutex<VecDeque<usize>>,
    parent: Mutex<Option<Waker>>,
}

/// What stands behind the waker of a child.
struct ChildWaker {
    index: usize,
    /// The index is among the woken ones.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl<F: Future> Child<F> {
    fn new(index: usize, future: F, woken: &Arc<Woken>) -> Self {
        let waker = ChildWaker {
            index,
            queued: AtomicBool::new(true),
            woken: Arc::clone(woken),
        };
        Child {
            state: State::Running(Box::pin(future)),
            waker: Arc::new(waker),
        }
    }

    /// Polls the child, and says whether that made it ready.
    fn poll(&mut self) -> bool {
        let State::Running(future) = &mut self.state else {
            return false;
        };
        // An exchange, not a store: it must see what was written before the wake.
        self.waker.queued.swap(false, Ordering::AcqRel);
        let poll = future
            .as_mut()
            .poll(&mut Context::from_waker(&waker_ref(&self.waker)));
        match poll {
            Poll::Ready(output) => self.state = State::Done(output),
            Poll::Pending => return false,
        }
        true
    }

    fn take_output(&mut self) -> F::Output {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Done(output) => output,
            State::Running(_) | State::Taken => {
                panic!("a join_all was polled again after it had returned its outputs")
            }
        }
    }
}

impl<F: Future> Future for JoinAll<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.woken.set_parent(cx.waker());
        // One batch: a child that wakes itself has its next turn when the task has.
        let batch = this.woken.indices().len();
        for _ in 0..batch {
            let next = this.woken.indices().pop_front();
            let Some(child) = next.and_then(|index| this.children.get_mut(index)) else {
                break;
            };
            this.pending -= usize::from(child.poll());
        }
        if this.pending > 0 {
            return Poll::Pending;
        }
        Poll::Ready(this.children.iter_mut().map(Child::take_output).collect())
    }
}

/// The children are boxed and their outputs are never pinned.
impl<F: Future> Unpin for JoinAll<F> {}

impl Woken {
    fn indices(&self) -> MutexGuard<'_, VecDeque<usize>> {
        // Numbers are never left half written.
        self.indices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers whom to tell. Wakers are foreign code: they are cloned and dropped outside of the
    /// lock.
    fn set_parent(&self, waker: &Waker) {
        let parent = || self.parent.lock().unwrap_or_else(PoisonError::into_inner);
        if !parent().as_ref().is_some_and(|parent| parent.will_wake(waker)) {
            let waker = waker.clone();
            let previous = parent().replace(waker);
            drop(previous);
        }
    }

    fn wake_parent(&self) {
        // Taken out, so that a parent that is woken many times before its poll is woken here once.
        let parent = self.parent.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(parent) = parent {
            parent.wake();
        }
    }
}

impl ArcWake for ChildWaker {
    fn wake_by_ref(child: &Arc<Self>) {
        if !child.queued.swap(true, Ordering::AcqRel) {
            child.woken.indices().push_back(child.index);
            child.woken.wake_parent();
        }
    }
}

impl<F: Future> fmt::Debug for JoinAll<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinAll")
            .field("children", &self.children.len())
            .field("pending", &self.pending)
            .finish()
    }
}

//! Tasks that come and go together.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_task::waker_ref;

use crate::woken::{ChildWaker, Woken};
use crate::{AbortHandle, JoinError, JoinHandle, Spawner, spawn};

/// A set of tasks, whose results are taken in the order in which they come. Dropping it aborts all
/// that are left.
///
/// At a wake only those handles are looked at whose tasks are done, however many there are.
///
/// # Examples
///
/// ```
/// use executor::JoinSet;
///
/// let mut total = executor::block_on(async {
///     let mut tasks = JoinSet::new();
///     for number in 1..=4 {
///         tasks.spawn(async move { number * 10 });
///     }
///     let mut total = 0;
///     while let Some(result) = tasks.join_next().await {
///         total += result.unwrap();
///     }
///     total
/// });
/// assert_eq!(total, 100);
/// ```
pub struct JoinSet<T: 'static> {
    members: BTreeMap<u64, Member<T>>,
    /// The number of the next member.
    next: u64,
    /// Whose tasks may be done.
    woken: Arc<Woken>,
}

struct Member<T: 'static> {
    handle: JoinHandle<T>,
    waker: Arc<ChildWaker>,
}

impl<T: 'static> JoinSet<T> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        JoinSet { members: BTreeMap::new(), next: 0, woken: Arc::default() }
    }

    /// Adds a task to the executor that is running on this thread, and to the set.
    ///
    /// # Panics
    ///
    /// If no executor is running on this thread.
    #[track_caller]
    pub fn spawn(&mut self, future: impl Future<Output = T> + 'static) -> AbortHandle {
        self.insert(spawn(future))
    }

    /// Adds a task to the executor of `spawner`, and to the set.
    #[track_caller]
    pub fn spawn_on(&mut self, future: impl Future<Output = T> + 'static, spawner: &Spawner) -> AbortHandle {
        self.insert(spawner.spawn(future))
    }

    fn insert(&mut self, handle: JoinHandle<T>) -> AbortHandle {
        let abort_handle = handle.abort_handle();
        let waker = ChildWaker::new(self.next, &self.woken);
        self.members.insert(self.next, Member { handle, waker });
        self.next += 1;
        // Whoever waits already does not know of this one: nobody has polled its handle.
        self.woken.wake_parent();
        abort_handle
    }

    /// How many tasks are in the set: those whose result was not taken yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether no task is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Waits for the next result, and takes it and its task out of the set. `None` if the set is empty.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        poll_fn(|cx| self.poll_join_next(cx)).await
    }

    /// [`join_next`](JoinSet::join_next) for those who poll by hand.
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        if self.members.is_empty() {
            return Poll::Ready(None);
        }
        self.woken.set_parent(cx.waker());
        while let Some(number) = self.woken.pop() {
            // A task that has just been taken out may have been woken once more before.
            let Some(Member { handle, waker }) = self.members.get_mut(&number) else { continue };
            waker.begin_poll();
            if let Poll::Ready(result) = Pin::new(handle).poll(&mut Context::from_waker(&waker_ref(waker))) {
                self.members.remove(&number);
                return Poll::Ready(Some(result));
            }
        }
        Poll::Pending
    }

    /// Aborts all tasks. They stay in the set, and their results say so, unless they were done before.
    pub fn abort_all(&self) {
        self.members.values().for_each(|member| member.handle.abort());
    }

    /// Aborts all tasks, and waits until their futures were dropped.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing but the wait.
    pub async fn shut_down(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Empties the set and lets its tasks go on.
    pub fn detach_all(&mut self) {
        self.members.clear();
        // The numbers that are woken go with it: nobody would take them out of an empty set.
        let woken = mem::take(&mut self.woken);
        // The set is empty, which is what whoever waits is to hear.
        woken.wake_parent();
    }
}

impl<T: 'static> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.abort_all();
    }
}

impl<T: 'static> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: 'static> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish_non_exhaustive()
    }
}

//! Which executor runs on this thread, and what was woken here since its round began.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;

use crate::core::Core;
use crate::mailbox::Mailbox;
use crate::sync::thread_local;
use crate::task::TaskId;
use crate::waker::TaskWaker;

/// How many wakes a thread notes before they move into the queue of the executor that runs on it.
const WOKEN: usize = 128;

thread_local! {
    /// It has no destructor, so it can always be reached, even out of those of other thread-locals, and that costs
    /// next to nothing.
    static LOCAL: Local = const { Local::new() };
}

/// The executor that runs on a thread, and the end of its run queue to which wakes are appended. That is the thread's,
/// not the executor's: a waker, which may be on any thread, could not hold what only one thread may touch.
struct Local {
    /// The innermost executor that is running here, in short: all that a wake asks for.
    owner: Cell<OwnerId>,
    /// The same itself. Not dropped with the thread, which would be a destructor, and need not be: who enters
    /// also leaves, and takes it out again.
    core: RefCell<ManuallyDrop<Option<Rc<Core>>>>,
    /// How many tasks of that executor were woken and are noted here.
    len: Cell<usize>,
    /// Those tasks, in the order of their wakes.
    woken: [Cell<TaskId>; WOKEN],
}

impl Local {
    const fn new() -> Self {
        Local {
            owner: Cell::new(OwnerId::NOBODY),
            core: RefCell::new(ManuallyDrop::new(None)),
            len: Cell::new(0),
            woken: [const { Cell::new(TaskId::NONE) }; WOKEN],
        }
    }

    /// Notes a task of the executor that is running here.
    #[inline]
    fn append(&self, id: TaskId) {
        let len = self.len.get();
        let Some(place) = self.woken.get(len) else {
            return self.append_after_moving(id);
        };
        place.set(id);
        self.len.set(len + 1);
    }

    #[cold]
    fn append_after_moving(&self, id: TaskId) {
        let core = get().expect("the executor that runs here is the current one");
        core.queue.absorb(|woken| self.move_into(woken));
        self.append(id);
    }

    #[inline]
    fn move_into(&self, woken: &mut Vec<TaskId>) {
        match (self.len.get(), &self.woken) {
            (0, _) => {}
            // Tasks that wait for each other, one at a time: many a round is no more than this.
            (1, [first, ..]) => {
                self.len.set(0);
                woken.push(first.get());
            }
            _ => self.move_all_into(woken),
        }
    }

    #[inline(never)]
    fn move_all_into(&self, woken: &mut Vec<TaskId>) {
        let places = self.woken.iter().take(self.len.replace(0));
        woken.extend(places.map(Cell::get));
    }
}

/// Tells executors apart: the address of the mailbox, which lives as long as anything that belongs
/// to the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OwnerId(usize);

impl OwnerId {
    const NOBODY: OwnerId = OwnerId(0);

    #[inline]
    pub(crate) fn of(mailbox: &Arc<Mailbox>) -> Self {
        OwnerId(Arc::as_ptr(mailbox).addr())
    }

    /// The same executor, if somebody watches it: an address that no mailbox has, so that one
    /// comparison tells the common case, in which nobody does.
    #[inline]
    fn watched(self) -> Self {
        OwnerId(self.0 | 1)
    }

    /// Whether `self`, which is what runs here, is that executor, watched or not.
    #[inline]
    fn is(self, executor: OwnerId) -> bool {
        self == executor || self == executor.watched()
    }
}

/// The executor that is running on this thread.
#[inline]
pub(crate) fn get() -> Option<Rc<Core>> {
    LOCAL.with(|local| Option::clone(&local.core.borrow()))
}

/// Queues the task of `waker`, if its executor is the one that is running on this thread. This is the
/// short way that a wake takes when no other thread is involved: no lock, no atomic exchange, no look
/// at the executor itself.
#[inline]
pub(crate) fn wake(waker: &TaskWaker) -> bool {
    LOCAL.with(|local| {
        let owner = local.owner.get();
        if owner != waker.owner() {
            return owner == waker.owner().watched() && wake_watched(waker);
        }
        if waker.enqueue() {
            local.append(waker.id());
        }
        true
    })
}

#[cold]
fn wake_watched(waker: &TaskWaker) -> bool {
    // Out of the thread-local first: the observer is foreign code, which may want it.
    let core = get();
    if let Some(core) = &core {
        core.wake_own_watched(waker);
    }
    core.is_some()
}

/// Appends a task of `executor` to what was woken here; `false` if that executor is not the one that runs here.
#[inline]
pub(crate) fn append(executor: OwnerId, id: TaskId) -> bool {
    LOCAL.with(|local| {
        let runs_here = local.owner.get().is(executor);
        if runs_here {
            local.append(id);
        }
        runs_here
    })
}

/// How many tasks of `executor` were woken here.
#[inline]
pub(crate) fn woken(executor: OwnerId) -> usize {
    LOCAL.with(|local| if local.owner.get().is(executor) { local.len.get() } else { 0 })
}

/// Moves the tasks of `executor` that were woken here to the end of `woken`.
#[inline]
pub(crate) fn move_woken(executor: OwnerId, woken: &mut Vec<TaskId>) {
    LOCAL.with(|local| {
        if local.owner.get().is(executor) {
            local.move_into(woken);
        }
    });
}

/// Makes `core` the running executor of this thread until the guard is dropped, and then the one
/// before it again.
pub(crate) fn enter(core: Rc<Core>) -> Entered {
    Entered { previous: replace(Some(core)) }
}

/// Restores the executor that was running before.
#[must_use]
#[derive(Debug)]
pub(crate) struct Entered {
    previous: Option<Rc<Core>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(replace(self.previous.take()));
    }
}

/// Exchanges the running executor.
fn replace(core: Option<Rc<Core>>) -> Option<Rc<Core>> {
    let owner = match &core {
        None => OwnerId::NOBODY,
        Some(core) if core.is_watched() => core.queue.owner().watched(),
        Some(core) => core.queue.owner(),
    };
    LOCAL.with(|local| {
        let replaced = ManuallyDrop::into_inner(local.core.replace(ManuallyDrop::new(core)));
        // What was woken here belongs to the executor that is no longer the running one.
        if let Some(replaced) = &replaced
            && local.len.get() > 0
        {
            replaced.queue.absorb(|woken| local.move_into(woken));
        }
        local.owner.set(owner);
        replaced
    })
}

//! Telling the observer, when there is one.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::core::Core;
use crate::run_queue::Pushed;
use crate::{Event, Observer, TaskId, WakeSource};

/// The observer of an executor, when there is one.
pub(crate) struct Watch(RefCell<Box<dyn Observer>>);

impl Watch {
    pub(crate) fn new(observer: Box<dyn Observer>) -> Self {
        Watch(RefCell::new(observer))
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        // It is borrowed if this is the observer's own doing.
        if let Ok(mut observer) = self.0.try_borrow_mut() {
            observer.event(event);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Core {
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// Tells the observer, if there is one.
    #[inline]
    pub(crate) fn tell<'a>(&self, event: impl FnOnce() -> Event<'a>) {
        if let Some(watch) = &self.watch {
            self.tell_watch(watch, &event());
        }
    }

    /// A panic of the observer must not tear a task out of the middle of its poll: it is raised at the
    /// end of the round.
    #[cold]
    fn tell_watch(&self, watch: &Watch, event: &Event<'_>) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| watch.tell(event))) {
            self.keep_panic(panic);
        }
    }

    pub(crate) fn tell_woken(&self, task: TaskId, by: WakeSource, pushed: Pushed) {
        let by = if by == WakeSource::Task(task) { WakeSource::Itself } else { by };
        self.tell(|| Event::Woken { task, by, coalesced: pushed == Pushed::Coalesced });
    }

    /// Tells of a wake, if there was one, and if the task is not done.
    pub(crate) fn tell_pushed(&self, task: TaskId, by: WakeSource, pushed: Option<Pushed>) {
        if let Some(pushed) = pushed
            && self.is_watched()
            && !self.is_finished(task)
        {
            self.tell_woken(task, by, pushed);
        }
    }

    /// Has wakes from now on count as those of that source.
    #[inline]
    pub(crate) fn act_as(&self, source: WakeSource) -> Option<Acting<'_>> {
        self.is_watched().then(|| Acting { core: self, before: self.waking.replace(source) })
    }
}

/// As long as this lives, wakes count as those of one source.
pub(crate) struct Acting<'a> {
    core: &'a Core,
    before: WakeSource,
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        self.core.waking.set(self.before);
    }
}

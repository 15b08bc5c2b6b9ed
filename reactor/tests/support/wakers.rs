//! Wakers that count, and wakers that do as they are told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use cooked_waker::IntoWaker;

/// A waker that counts its wakes.
pub(crate) struct Count {
    wakes: Arc<Wakes>,
    waker: Waker,
}

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Count {
    pub(crate) fn new() -> Self {
        let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
        Count { waker: Waker::from(Arc::clone(&wakes)), wakes }
    }

    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context::from_waker(&self.waker)
    }

    /// How often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }

    /// How many clones of the waker others keep.
    pub(crate) fn kept(&self) -> usize {
        // One is the field `wakes`, one the field `waker`.
        Arc::strong_count(&self.wakes) - 2
    }
}

/// What is done to a [`hooked`] waker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    Clone,
    Wake,
    Drop,
}

type Hook = Box<dyn FnMut(Deed)>;

thread_local! {
    /// The hooks of this thread. A waker must be `Send`, and what the tests do in theirs is not.
    static HOOKS: RefCell<HashMap<u64, Hook>> = RefCell::default();
}

/// A waker that runs `hook` whenever it, or a clone of it, is cloned, woken or dropped on this
/// thread. What happens to it inside its own hook goes unnoticed.
///
/// No clone of it recognises another: `will_wake` is false.
pub(crate) fn hooked(hook: impl FnMut(Deed) + 'static) -> Waker {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    HOOKS.with_borrow_mut(|hooks| hooks.insert(number, Box::new(hook)));
    Box::new(Hooked(number)).into_waker()
}

/// A waker that runs `hook` when it, or a clone of it, is woken on this thread.
pub(crate) fn on_wake(mut hook: impl FnMut() + 'static) -> Waker {
    hooked(move |deed| {
        if deed == Deed::Wake {
            hook();
        }
    })
}

struct Hooked(u64);

impl Hooked {
    fn run(&self, deed: Deed) {
        // Out of the table while it runs, so that it may make and use further wakers. The table may
        // be gone: hooks can own reactors, and reactors wakers.
        let hook = HOOKS.try_with(|hooks| hooks.borrow_mut().remove(&self.0));
        if let Ok(Some(mut hook)) = hook {
            hook(deed);
            HOOKS.with_borrow_mut(|hooks| hooks.insert(self.0, hook));
        }
    }
}

impl Clone for Hooked {
    fn clone(&self) -> Self {
        self.run(Deed::Clone);
        Hooked(self.0)
    }
}

impl cooked_waker::WakeRef for Hooked {
    fn wake_by_ref(&self) {
        self.run(Deed::Wake);
    }
}

impl cooked_waker::Wake for Hooked {}

impl Drop for Hooked {
    fn drop(&mut self) {
        self.run(Deed::Drop);
    }
}

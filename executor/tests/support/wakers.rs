//! A waker that does as it is told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use cooked_waker::IntoWaker;

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

/// A waker that runs `hook` when it, or a clone of it, is cloned, woken or dropped on this thread.
/// What happens to it inside its own hook, or after a panic in it, goes unnoticed.
///
/// No clone of it recognises another: `will_wake` is false.
pub(crate) fn hooked(hook: impl FnMut(Deed) + 'static) -> Waker {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    HOOKS.with_borrow_mut(|hooks| hooks.insert(number, Box::new(hook)));
    Box::new(Hooked(number)).into_waker()
}

struct Hooked(u64);

impl Hooked {
    fn run(&self, deed: Deed) {
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

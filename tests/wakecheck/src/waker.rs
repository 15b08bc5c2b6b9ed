//! A waker that does nothing but count.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// Sees what becomes of a [`Waker`]: how often it is woken, and how many clones of it there are.
///
/// # Examples
///
/// ```
/// use wakecheck::WakerProbe;
///
/// let (waker, probe) = WakerProbe::new();
/// let clone = waker.clone();
/// assert_eq!((probe.live(), probe.wakes()), (2, 0));
/// clone.wake();
/// assert_eq!((probe.live(), probe.wakes()), (1, 1));
/// ```
pub struct WakerProbe {
    shared: Arc<Shared>,
}

/// What stands behind the waker.
struct Shared {
    wakes: AtomicUsize,
    /// Whether there was a wake since somebody took note of one.
    woken: AtomicBool,
}

impl WakerProbe {
    /// A waker, and the probe that belongs to it and all its clones.
    #[must_use]
    pub fn new() -> (Waker, WakerProbe) {
        let shared = Arc::new(Shared { wakes: AtomicUsize::new(0), woken: AtomicBool::new(false) });
        (Waker::from(Arc::clone(&shared)), WakerProbe { shared })
    }

    /// How often the waker or a clone of it was woken.
    #[must_use]
    pub fn wakes(&self) -> usize {
        self.shared.wakes.load(Ordering::Acquire)
    }

    /// How many wakers there are: the first one and its clones, those not counted that were dropped or
    /// woken by value.
    #[must_use]
    pub fn live(&self) -> usize {
        // The probe itself holds one.
        Arc::strong_count(&self.shared) - 1
    }

    /// Whether there was a wake since the last [`take_woken`](WakerProbe::take_woken).
    #[must_use]
    pub fn is_woken(&self) -> bool {
        self.shared.woken.load(Ordering::Acquire)
    }

    /// Whether there was a wake since this was last asked.
    #[must_use = "what is taken is forgotten"]
    pub fn take_woken(&self) -> bool {
        self.shared.woken.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::AcqRel);
        self.woken.store(true, Ordering::Release);
    }
}

impl fmt::Debug for WakerProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakerProbe").field("wakes", &self.wakes()).field("live", &self.live()).finish()
    }
}

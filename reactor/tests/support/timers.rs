//! Timers that are set for certain, however seldom the thread gets to run.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use reactor::{Sleep, sleep};

/// Longer than any test takes.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

pub(crate) fn poll_sleep(sleep: &mut Sleep, waker: &Waker) -> Poll<()> {
    Pin::new(sleep).poll(&mut Context::from_waker(waker))
}

/// Makes what has to be made before a short time has passed, with a longer time if it was not.
pub(crate) fn in_time<T>(make: impl Fn(Duration) -> Option<T>) -> T {
    let mut duration = Duration::from_millis(1);
    loop {
        if let Some(made) = make(duration) {
            return made;
        }
        duration *= 2;
    }
}

/// A short sleep that has set its timer, for `waker`.
pub(crate) fn armed(waker: &Waker) -> Sleep {
    armed_for([waker]).pop().expect("one for one")
}

/// Short sleeps of the same length that have set their timers, one for each waker. They begin in
/// that order, and are first polled in the reverse of it.
pub(crate) fn armed_for<'a>(wakers: impl IntoIterator<Item = &'a Waker, IntoIter: Clone>) -> Vec<Sleep> {
    let wakers = wakers.into_iter();
    in_time(|duration| {
        let mut sleeps: Vec<_> = wakers.clone().map(|waker| (sleep(duration), waker)).collect();
        let mut backwards = sleeps.iter_mut().rev();
        let in_time = backwards.all(|(sleep, waker)| poll_sleep(sleep, waker).is_pending());
        in_time.then(|| sleeps.into_iter().map(|(sleep, _)| sleep).collect())
    })
}

/// A sleep that has set its timer, and that no test waits for.
pub(crate) fn armed_long(waker: &Waker) -> Sleep {
    let mut sleep = sleep(LONG);
    assert!(poll_sleep(&mut sleep, waker).is_pending());
    sleep
}

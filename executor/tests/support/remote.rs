//! Another thread, met in step.

use std::sync::mpsc::{self, Receiver, Sender};
use std::task::Waker;
use std::thread;

/// A thread that wakes what it is sent, and says so.
pub(crate) struct Remote {
    wakers: Sender<Waker>,
    woken: Receiver<()>,
}

impl Remote {
    pub(crate) fn new() -> Self {
        let (wakers, to_wake) = mpsc::channel::<Waker>();
        let (done, woken) = mpsc::channel();
        // It ends when this end of the channel is dropped.
        thread::spawn(move || {
            for waker in to_wake {
                waker.wake();
                done.send(()).unwrap();
            }
        });
        Remote { wakers, woken }
    }

    /// Has it wake, and waits until it has.
    pub(crate) fn wake(&self, waker: &Waker) {
        self.wakers.send(waker.clone()).unwrap();
        self.woken.recv().unwrap();
    }
}

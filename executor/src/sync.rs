//! What lies between threads: atomics, locks, the channel, and the thread-local that tells them apart.
//!
//! Whatever two threads of this crate can touch comes from here, except for reference counts. So the models
//! in `tests/loom/` can put [loom](https://docs.rs/loom)'s types in its place and have the real code meet
//! itself in every order, and see every value that the memory orderings allow. In every other build
//! these are other names for the types of the standard library and of crossbeam.

#[cfg(not(loom))]
pub(crate) use self::real::*;

#[cfg(loom)]
pub(crate) use self::modelled::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence};
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use std::thread_local;

    pub(crate) use crossbeam_channel::{Receiver, Sender, unbounded};
}

#[cfg(loom)]
mod modelled {
    use std::cell::Cell;
    use std::collections::VecDeque;
    use std::sync::{Arc, LockResult, PoisonError};
    use std::time::Duration;

    use loom::sync::atomic::AtomicUsize;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence};
    pub(crate) use loom::sync::{Mutex, MutexGuard};

    /// Loom's macro, which is from before `const` initialisers.
    macro_rules! modelled_thread_local {
        ($($(#[$attribute:meta])* static $name:ident: $type:ty = const $value:block;)+) => {
            loom::thread_local! { $($(#[$attribute])* static $name: $type = $value;)+ }
        };
    }
    pub(crate) use modelled_thread_local as thread_local;

    /// Loom's condition variable with the methods of the standard library's that it lacks.
    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Condvar(loom::sync::Condvar::new())
        }

        pub(crate) fn wait_while<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            mut condition: impl FnMut(&mut T) -> bool,
        ) -> LockResult<MutexGuard<'a, T>> {
            while condition(&mut guard) {
                guard = self.0.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            Ok(guard)
        }

        /// Loom has no clock: here the time is always up at once.
        pub(crate) fn wait_timeout_while<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            _: Duration,
            _: impl FnMut(&mut T) -> bool,
        ) -> LockResult<(MutexGuard<'a, T>, ())> {
            Ok((guard, ()))
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }

    /// A channel that promises no more than crossbeam's does: a message brings along what its sender did
    /// before, but finding the channel empty says nothing about anybody, and may be old news. With a
    /// lock around the queue it would be neither, and the models would be blind to missing orderings.
    pub(crate) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
        let channel = Arc::new(Channel { tail: AtomicUsize::new(0), messages: std::sync::Mutex::default() });
        (Sender(Arc::clone(&channel)), Receiver { channel, taken: Cell::new(0) })
    }

    struct Channel<T> {
        /// Twice the number of messages ever sent, plus one when the receiver is gone.
        tail: AtomicUsize,
        /// Loom does not know of this lock: `tail` alone orders the threads.
        messages: std::sync::Mutex<VecDeque<T>>,
    }

    pub(crate) struct Sender<T>(Arc<Channel<T>>);

    pub(crate) struct Receiver<T> {
        channel: Arc<Channel<T>>,
        /// How many messages were taken out.
        taken: Cell<usize>,
    }

    /// The channel is empty.
    #[derive(Debug)]
    pub(crate) struct Empty;

    impl<T> Sender<T> {
        /// Gives the message back if the receiver is gone.
        pub(crate) fn send(&self, message: T) -> Result<(), T> {
            if self.0.tail.fetch_add(2, Ordering::AcqRel) % 2 == 1 {
                return Err(message);
            }
            // No other modelled thread runs between the count and this.
            self.0.messages.lock().unwrap_or_else(PoisonError::into_inner).push_back(message);
            Ok(())
        }
    }

    impl<T> Receiver<T> {
        pub(crate) fn len(&self) -> usize {
            self.channel.tail.load(Ordering::Acquire) / 2 - self.taken.get()
        }

        pub(crate) fn try_recv(&self) -> Result<T, Empty> {
            if self.len() == 0 {
                return Err(Empty);
            }
            self.taken.set(self.taken.get() + 1);
            self.channel.messages.lock().unwrap_or_else(PoisonError::into_inner).pop_front().ok_or(Empty)
        }
    }

    impl<T> Drop for Receiver<T> {
        fn drop(&mut self) {
            self.channel.tail.fetch_or(1, Ordering::AcqRel);
            // Dropped after the lock has ended: a message can hold a closure.
            let left =
                std::mem::take(&mut *self.channel.messages.lock().unwrap_or_else(PoisonError::into_inner));
            drop(left);
        }
    }
}

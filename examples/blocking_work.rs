//! What to do with work that cannot wait without blocking: files, `getaddrinfo`, a database of C, a
//! long computation. It goes to a thread of its own, and the task awaits what comes of it.
//!
//! ```text
//! cargo run --release --example blocking_work
//! ```
//!
//! There is no pool behind this project's back: the thread is one that you see being started. Whoever has
//! much of such work takes the crate `blocking`, whose pool grows and shrinks; its
//! `unblock(|| ..).await` is awaited on this executor like any other future.

use std::any::Any;
use std::cell::Cell;
use std::env;
use std::fs;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use executor::spawn;

/// How slow the disk is.
const DISK: Duration = Duration::from_millis(50);

fn main() -> io::Result<()> {
    reactor::block_on(async {
        // A task that has something to do every millisecond, as a server would.
        let ticks = Rc::new(Cell::new(0));
        let counter = Rc::clone(&ticks);
        let ticker = spawn(async move {
            loop {
                reactor::sleep(Duration::from_millis(1)).await;
                counter.set(counter.get() + 1);
            }
        });

        // Wrong: while the task blocks, so does its thread, and nothing else happens on it.
        let before = ticks.get();
        let direct = read_from_a_slow_disk()?;
        println!(
            "blocking: the file has {} bytes, and the other task ran {} times",
            direct,
            ticks.get() - before
        );
        assert_eq!(ticks.get(), before, "there is one thread, and it was busy waiting");

        // Right: a thread blocks, and the task waits.
        let before = ticks.get();
        let awaited = on_a_thread(read_from_a_slow_disk).await.expect("the work does not panic")?;
        println!(
            "awaiting: the file has {} bytes, and the other task ran {} times",
            awaited,
            ticks.get() - before
        );
        assert!(ticks.get() > before, "the other task ran meanwhile");
        assert_eq!(awaited, direct);

        // A panic over there is a result here.
        let panicked = on_a_thread(|| -> () { resume_unwind(Box::new("the disk is gone")) }).await;
        let reason = panicked.expect_err("the work has panicked");
        assert_eq!(reason.downcast_ref(), Some(&"the disk is gone"));
        ticker.abort();
        Ok(())
    })?
}

/// The size of a file, from a disk that takes its time.
fn read_from_a_slow_disk() -> io::Result<usize> {
    thread::sleep(DISK);
    Ok(fs::read(env::current_exe()?)?.len())
}

// ANCHOR: recipe
/// Runs `work` on a thread of its own. Awaiting gives what it returns, or the panic that ended it.
///
/// # Cancel safety
///
/// Dropping the future does not end the work, for nothing can: its result is dropped when it comes.
fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Result<T, Box<dyn Any + Send>>> {
    let (sender, receiver) = mpsc::channel();
    let waiting = Arc::new(Mutex::new(None::<Waker>));
    let waiter = Arc::clone(&waiting);
    thread::spawn(move || {
        // Nobody listens any more if the future was dropped.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
        // After the result is there: whoever is woken must find it.
        let waker = waiting.lock().expect("no panic happens while this is locked").take();
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    poll_fn(move |cx| {
        // Before the look at the channel: a result that comes in between wakes this task.
        *waiter.lock().expect("no panic happens while this is locked") = Some(cx.waker().clone());
        match receiver.try_recv() {
            Ok(result) => Poll::Ready(result),
            Err(TryRecvError::Empty) => Poll::Pending,
            Err(TryRecvError::Disconnected) => panic!("polled after it was ready"),
        }
    })
}
// ANCHOR_END: recipe

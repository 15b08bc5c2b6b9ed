//! Waking from another thread.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Instant;

use super::Took;
use super::latch::Latch;
use crate::runtime::Runtime;

/// Another thread wakes tasks in turn, without ever waiting for them, and in the end tells them to go. How
/// often they are polled meanwhile is the runtime's affair.
pub fn flood<R: Runtime>(runtime: &'static R, tasks: usize, wakes: usize) -> Took {
    runtime.block_on(async move {
        let (parked, gone) = (Latch::new(tasks), Latch::new(tasks));
        let wakers = Rc::new(RefCell::new(Vec::with_capacity(tasks)));
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..tasks {
            let (parked, gone) = (parked.clone(), gone.clone());
            let task = wait_until(over.clone(), wakers.clone(), parked);
            runtime.spawn_detached(async move {
                task.await;
                gone.arrive();
            });
        }
        parked.wait().await;
        let wakers = wakers.take();
        let waking = thread::spawn(move || {
            let start = Instant::now();
            wakers.iter().cycle().take(wakes).for_each(Waker::wake_by_ref);
            over.store(true, Ordering::Release);
            wakers.into_iter().for_each(Waker::wake);
            start
        });
        gone.wait().await;
        let end = Instant::now();
        let start = waking.join().expect("a waker does not panic");
        Took { time: end - start, operations: wakes + tasks }
    })
}

/// Waits until it is `over`, no matter how often it is woken before. At its first poll it leaves its waker.
async fn wait_until(over: Arc<AtomicBool>, wakers: Rc<RefCell<Vec<Waker>>>, parked: Rc<Latch>) {
    let mut left_waker = false;
    poll_fn(|cx| {
        if !left_waker {
            left_waker = true;
            wakers.borrow_mut().push(cx.waker().clone());
            parked.arrive();
        }
        if over.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

//! What is measured, for any executor.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn, ready};
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::thread;

use executor::{Executor, yield_now};

/// A workload, and how many operations one run of it is.
#[derive(Clone, Copy)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) operations: usize,
    pub(crate) run: fn(&Executor),
}

/// Every workload.
pub(crate) const WORKLOADS: [Workload; 9] = [
    Workload { name: "spawn, 100 at a time", operations: 10_000, run: spawn_hot },
    Workload { name: "spawn, 10,000 alive at once", operations: 10_000, run: spawn_many },
    Workload { name: "spawn one and await it", operations: 10_000, run: spawn_join },
    Workload { name: "yield, one task", operations: 10_000, run: |executor| yields(executor, 1, 10_000) },
    Workload { name: "yield, 1000 tasks", operations: 10_000, run: |executor| yields(executor, 1_000, 10) },
    Workload {
        name: "ping-pong, round trip",
        operations: 10_000,
        run: |executor| ping_pong(executor, 10_000),
    },
    Workload {
        name: "wake 1000 parked tasks, each",
        operations: 10_000,
        run: |executor| wake(executor, 1_000, 10),
    },
    Workload {
        name: "another thread wakes, each",
        operations: 20_000,
        run: |executor| wake_from_afar(executor, 20_000),
    },
    Workload { name: "block_on(ready)", operations: 1_000, run: block_on },
];

fn spawn_hot(executor: &Executor) {
    for _ in 0..100 {
        for number in 0..100 {
            executor.spawn(async move { black_box(number) }).detach();
        }
        let progress = executor.run_until_stalled();
        debug_assert_eq!(progress.completed, 100);
    }
}

fn spawn_many(executor: &Executor) {
    for _ in 0..10_000 {
        executor.spawn(yield_now()).detach();
    }
    let progress = executor.run_until_stalled();
    debug_assert_eq!(progress.completed, 10_000);
}

fn spawn_join(executor: &Executor) {
    executor.block_on(async {
        for number in 0..10_000 {
            black_box(executor::spawn(ready(number)).await.expect("it does not panic"));
        }
    });
}

fn yields(executor: &Executor, tasks: usize, times: usize) {
    for _ in 0..tasks {
        let task = async move {
            for _ in 0..times {
                yield_now().await;
            }
        };
        executor.spawn(task).detach();
    }
    let progress = executor.run_until_stalled();
    debug_assert_eq!(progress.completed, tasks);
}

/// Two tasks that wake each other, as a channel between them would.
fn ping_pong(executor: &Executor, times: usize) {
    let turn = Rc::new(Cell::new(0));
    let waiting: Rc<[Cell<Option<Waker>>; 2]> = Rc::default();
    for player in 0..2 {
        let (turn, waiting) = (Rc::clone(&turn), Rc::clone(&waiting));
        let task = async move {
            for _ in 0..times {
                wait_until(|| turn.get() == player, |waker| waiting[player].set(Some(waker))).await;
                turn.set(1 - player);
                if let Some(other) = waiting[1 - player].take() {
                    other.wake();
                }
            }
        };
        executor.spawn(task).detach();
    }
    let progress = executor.run_until_stalled();
    debug_assert_eq!(progress.completed, 2);
}

fn wake(executor: &Executor, tasks: usize, times: usize) {
    let calls = Rc::new(Cell::new(0));
    let wakers = Rc::new(RefCell::new(Vec::with_capacity(tasks)));
    for _ in 0..tasks {
        let (calls, wakers) = (Rc::clone(&calls), Rc::clone(&wakers));
        let task = async move {
            for call in 1..=times {
                wait_until(|| calls.get() == call, |waker| wakers.borrow_mut().push(waker)).await;
            }
        };
        executor.spawn(task).detach();
    }
    for call in 1..=times {
        let progress = executor.run_until_stalled();
        debug_assert_eq!(progress.live, tasks);
        calls.set(call);
        wakers.take().into_iter().for_each(Waker::wake);
    }
    let progress = executor.run_until_stalled();
    debug_assert_eq!(progress.live, 0);
}

/// Another thread wakes one task and never waits for it.
fn wake_from_afar(executor: &Executor, times: usize) {
    let over = Arc::new(AtomicBool::new(false));
    let mut waking = None;
    executor.block_on(poll_fn(|cx| {
        waking.get_or_insert_with(|| {
            let (waker, over) = (cx.waker().clone(), Arc::clone(&over));
            thread::spawn(move || {
                (0..times).for_each(|_| waker.wake_by_ref());
                over.store(true, Ordering::Release);
                waker.wake();
            })
        });
        if over.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }));
    waking.expect("it was polled").join().expect("it does not panic");
}

fn block_on(executor: &Executor) {
    for number in 0..1_000 {
        black_box(executor.block_on(ready(number)));
    }
}

/// Pending until the condition holds; at each poll before, the waker is kept.
fn wait_until(holds: impl Fn() -> bool, keep: impl Fn(Waker)) -> impl Future<Output = ()> {
    poll_fn(move |cx| {
        if holds() {
            return Poll::Ready(());
        }
        keep(cx.waker().clone());
        Poll::Pending
    })
}

//! Four threads at work on one executor, for a while.

mod support;

use std::env;
use std::fs;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use async_channel::Sender;
use executor::{AbortHandle, Executor, SendSpawner};

use crate::support::{OnDrop, PATIENCE, watchdog_after};

const THREADS: u64 = 4;
/// How many tasks a thread keeps at work.
const TASKS: usize = 64;

/// A task as its thread sees it.
#[derive(Default)]
struct Worker {
    /// How often the thread has asked it to do something.
    asked: AtomicU64,
    /// How much of that it has seen.
    seen: AtomicU64,
    /// Nothing will be asked any more.
    closed: AtomicBool,
    /// Whether its future was dropped.
    dropped: AtomicBool,
    waker: Mutex<Option<Waker>>,
    abort_handle: Mutex<Option<AbortHandle>>,
}

impl Worker {
    /// What the task does: it sees what was asked, until nothing more will be.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.waker.lock().unwrap().replace(cx.waker().clone());
        let closed = self.closed.load(Ordering::SeqCst);
        self.seen.store(self.asked.load(Ordering::SeqCst), Ordering::SeqCst);
        if closed { Poll::Ready(()) } else { Poll::Pending }
    }

    fn ask(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.wake();
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// The clone is woken after the lock was let go of, so it may be an old one by then.
    fn wake(&self) {
        let waker = self.waker.lock().unwrap().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn is_dropped(&self) -> bool {
        self.dropped.load(Ordering::SeqCst)
    }
}

/// What the threads did, and the tasks.
#[derive(Default)]
struct Totals {
    spawned: AtomicUsize,
    dropped: AtomicUsize,
    aborted: AtomicUsize,
    wakes: AtomicU64,
}

/// Adds a task from this thread.
fn spawn_worker(spawner: &SendSpawner, totals: &Arc<Totals>, alive: Sender<()>) -> Arc<Worker> {
    let worker = Arc::new(Worker::default());
    let guard = OnDrop({
        let (worker, totals) = (Arc::clone(&worker), Arc::clone(totals));
        move || {
            worker.dropped.store(true, Ordering::SeqCst);
            totals.dropped.fetch_add(1, Ordering::SeqCst);
        }
    });
    totals.spawned.fetch_add(1, Ordering::SeqCst);
    let task = Arc::clone(&worker);
    let make = move || async move {
        let shared = Arc::clone(&task);
        let handle = executor::spawn(async move {
            let (_guard, _alive) = (guard, alive);
            poll_fn(|cx| task.poll(cx)).await;
        });
        shared.abort_handle.lock().unwrap().replace(handle.abort_handle());
        handle.detach();
    };
    spawner.spawn(make).expect("the executor runs as long as the threads do");
    worker
}

/// A thread: it asks, closes and aborts at random until `end`, and closes everything then.
fn work(number: u64, end: Instant, spawner: &SendSpawner, totals: &Arc<Totals>, alive: &Sender<()>) {
    let mut random = number + 1;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).expect("it is less than a usize")
    };
    let mut workers: Vec<Arc<Worker>> = Vec::new();
    while Instant::now() < end {
        if workers.len() < TASKS {
            workers.push(spawn_worker(spawner, totals, alive.clone()));
        }
        let index = next(workers.len());
        let worker = &workers[index];
        match next(64) {
            0 => worker.close(),
            1 => {
                let abort_handle = worker.abort_handle.lock().unwrap().take();
                if let Some(abort_handle) = abort_handle {
                    abort_handle.abort();
                    totals.aborted.fetch_add(1, Ordering::SeqCst);
                }
            }
            _ => {
                worker.ask();
                totals.wakes.fetch_add(1, Ordering::SeqCst);
            }
        }
        if worker.is_dropped() {
            workers.swap_remove(index);
        }
    }
    let open = workers.into_iter().filter(|worker| !worker.is_dropped());
    let open: Vec<_> = open.inspect(|worker| worker.close()).collect();
    for worker in open {
        wait_until_seen(&worker);
    }
}

/// No wake was lost: the task sees all, or was aborted. The watchdog ends what takes for ever.
fn wait_until_seen(worker: &Worker) {
    while !worker.is_dropped() {
        thread::yield_now();
    }
    let aborted = worker.abort_handle.lock().unwrap().is_none();
    let (asked, seen) = (worker.asked.load(Ordering::SeqCst), worker.seen.load(Ordering::SeqCst));
    assert!(aborted || asked == seen, "asked {asked} times, saw {seen}");
}

/// The memory that the process has now, in KiB; `None` where there is no `/proc`.
fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Samples the memory until `end`.
fn sample_memory(end: Instant) -> Vec<u64> {
    let mut samples = Vec::new();
    while Instant::now() < end {
        samples.extend(resident_kib());
        thread::sleep(Duration::from_millis(10));
    }
    samples
}

#[test]
fn four_threads_that_wake_abort_and_spawn_lose_no_wake_and_leave_nothing_behind() {
    let seconds = env::var("ONETHREAD_SOAK_SECONDS").map_or(2, |seconds| seconds.parse().unwrap());
    let duration = Duration::from_secs(seconds);
    let _watchdog = watchdog_after(duration + PATIENCE);
    let executor = Executor::new();
    let totals = Arc::new(Totals::default());
    let end = Instant::now() + duration;
    let (alive, until_none) = async_channel::bounded::<()>(1);
    let threads = (0..THREADS).map(|number| {
        let (spawner, totals, alive) = (executor.send_spawner(), Arc::clone(&totals), alive.clone());
        thread::spawn(move || work(number, end, &spawner, &totals, &alive))
    });
    let threads: Vec<_> = threads.collect();
    let memory = thread::spawn(move || sample_memory(end));
    drop(alive);
    // Every thread and every task holds a sender.
    assert!(executor.block_on(until_none.recv()).is_err());
    threads.into_iter().for_each(|thread| thread.join().unwrap());

    let progress = executor.run_until_stalled();
    assert_eq!((progress.live, progress.ready), (0, 0));
    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    assert_eq!(count(&totals.spawned), count(&totals.dropped));
    assert!(count(&totals.aborted) > 0 && totals.wakes.load(Ordering::SeqCst) > 1000, "it was busy");
    let samples = memory.join().unwrap();
    let (first, second) = samples.split_at(samples.len() / 2);
    if let (Some(first), Some(second)) = (first.iter().max(), second.iter().max()) {
        assert!(*second <= first * 3 / 2 + 8 * 1024, "memory grew from {first} KiB to {second} KiB");
    }
}

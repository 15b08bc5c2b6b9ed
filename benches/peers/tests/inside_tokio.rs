//! Our executor as a guest of tokio: a tokio task steps it whenever `Builder::on_wake` says that there is
//! something to do.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use executor::Executor;
use tokio::sync::{Notify, oneshot};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{sleep, timeout};

/// An executor that a tokio task steps.
#[derive(Clone)]
struct Guest {
    executor: Rc<Executor>,
    ticks: Rc<Cell<usize>>,
}

impl Guest {
    /// Must be called inside a `LocalSet`.
    fn start() -> Guest {
        let woken = Arc::new(Notify::new());
        let notify = Arc::clone(&woken);
        let executor = Executor::builder().on_wake(move || notify.notify_one()).build();
        let guest = Guest { executor: Rc::new(executor), ticks: Rc::default() };
        spawn_local(guest.clone().run(woken));
        guest
    }

    async fn run(self, woken: Arc<Notify>) {
        loop {
            self.ticks.set(self.ticks.get() + 1);
            if self.executor.tick().ready > 0 {
                yield_now().await;
            } else {
                woken.notified().await;
            }
        }
    }
}

/// Runs a test in a `LocalSet`; a wake that is lost fails it instead of letting it hang.
fn in_tokio<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limited = async { timeout(Duration::from_secs(30), test).await.expect("a wake was lost") };
    LocalSet::new().block_on(&runtime, limited)
}

#[test]
fn a_tokio_task_awaits_the_handle_of_ours() {
    in_tokio(async {
        let guest = Guest::start();
        let ours = guest.executor.spawn(async {
            executor::yield_now().await;
            Rc::new("not Send")
        });
        let theirs = spawn_local(async move { *ours.await.unwrap() });
        assert_eq!(theirs.await.unwrap(), "not Send");
    });
}

#[test]
fn a_task_of_ours_awaits_the_handle_of_a_tokio_task() {
    in_tokio(async {
        let guest = Guest::start();
        let theirs = spawn_local(async {
            yield_now().await;
            6
        });
        let ours = guest.executor.spawn(async move { theirs.await.unwrap() * 7 });
        assert_eq!(ours.await.unwrap(), 42);
    });
}

#[test]
fn neither_side_starves_the_other() {
    in_tokio(async {
        let guest = Guest::start();
        // Each is always ready, and ends only when both have had a hundred turns.
        let turns = Rc::new([Cell::new(0), Cell::new(0)]);
        let goes_on = |turns: &[Cell<usize>; 2], own: usize| {
            turns[own].set(turns[own].get() + 1);
            turns.iter().any(|count| count.get() < 100)
        };
        let both = Rc::clone(&turns);
        let ours = guest.executor.spawn(async move {
            while goes_on(&both, 0) {
                executor::yield_now().await;
            }
        });
        let theirs = spawn_local(async move {
            while goes_on(&turns, 1) {
                yield_now().await;
            }
        });
        theirs.await.unwrap();
        ours.await.unwrap();
    });
}

#[test]
fn a_resting_guest_is_not_stepped_and_one_wake_is_one_step() {
    in_tokio(async {
        let guest = Guest::start();
        let (sender, receiver) = oneshot::channel();
        let ours = guest.executor.spawn(async move { receiver.await.unwrap() });
        while guest.executor.has_ready() {
            yield_now().await;
        }
        let at_rest = guest.ticks.get();
        for _ in 0..100 {
            yield_now().await;
        }
        assert_eq!(guest.ticks.get(), at_rest, "it was stepped although nothing was woken");

        sender.send("now").unwrap();
        assert_eq!(ours.await.unwrap(), "now");
        assert_eq!(guest.ticks.get(), at_rest + 1);
    });
}

#[test]
fn a_wake_of_another_thread_gets_through_to_a_resting_guest() {
    in_tokio(async {
        let guest = Guest::start();
        let (sender, receiver) = oneshot::channel();
        let ours = guest.executor.spawn(async move { receiver.await.unwrap() });
        while guest.executor.has_ready() {
            yield_now().await;
        }
        let thread = thread::spawn(move || sender.send("from afar"));
        assert_eq!(ours.await.unwrap(), "from afar");
        thread.join().unwrap().unwrap();
    });
}

#[test]
fn wakes_of_another_thread_are_not_lost_while_the_guest_comes_to_rest() {
    in_tokio(async {
        let guest = Guest::start();
        let (there, here) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (ping, pong) = (Arc::clone(&there), Arc::clone(&here));
        let ours = guest.executor.spawn(async move {
            for _ in 0..2_000 {
                ping.notify_one();
                pong.notified().await;
            }
        });
        let thread = thread::spawn(move || {
            executor::block_on(async {
                for _ in 0..2_000 {
                    there.notified().await;
                    here.notify_one();
                }
            });
        });
        ours.await.unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn a_task_of_ours_sleeps_on_tokios_timer() {
    in_tokio(async {
        let guest = Guest::start();
        let ours = guest.executor.spawn(async {
            let start = tokio::time::Instant::now();
            sleep(Duration::from_millis(5)).await;
            start.elapsed()
        });
        assert!(ours.await.unwrap() >= Duration::from_millis(5));
    });
}

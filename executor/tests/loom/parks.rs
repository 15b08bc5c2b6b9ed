//! Sleep: the executor's own, and that of a loop which embeds it.

use std::future::pending;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use executor::{AbortHandle, Executor, JoinHandle, Park, ThreadPark};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use crate::kit::{Steps, Tally, model};

/// The loop of somebody who embeds an executor: it sleeps until the hook has called.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    condvar: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.condvar.notify_one();
    }

    fn wait(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.condvar.wait(rung).unwrap();
        }
        *rung = false;
    }
}

/// Runs the executor whenever there is something to do, until its tasks are done. Returns how often.
fn embed(executor: &Executor, bell: &Bell) -> usize {
    let mut ticks = 0;
    loop {
        bell.wait();
        loop {
            let progress = executor.tick();
            ticks += 1;
            if progress.live == 0 {
                return ticks;
            }
            if progress.ready == 0 {
                break;
            }
        }
    }
}

#[test]
fn an_embedder_is_called_when_there_is_something_to_do_and_once_for_each_tick() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let calls = Tally::default();
        let (hook_bell, hook_calls) = (Arc::clone(&bell), calls.clone());
        let executor = Executor::builder()
            .on_wake(move || {
                hook_calls.count();
                hook_bell.ring();
            })
            .build();
        let steps = Steps::default();
        let threads = steps.clone();
        executor
            .spawn(steps.reach(2, move |waker| {
                threads.add_and_wake(waker);
                threads.add_and_wake(waker);
            }))
            .detach();
        let ticks = embed(&executor, &bell);
        // The first call is for the spawn.
        assert!(calls.get() <= ticks + 1, "{} calls for {ticks} ticks", calls.get());
    });
}

/// An embedder, while another thread aborts the only task.
fn embed_an_abort(embedder: impl Fn(&Executor, &Bell, &JoinHandle<()>) + Sync + Send + 'static) {
    model(move || {
        let bell = Arc::new(Bell::default());
        let hook_bell = Arc::clone(&bell);
        let executor = Executor::builder().on_wake(move || hook_bell.ring()).build();
        let task = executor.spawn(pending::<()>());
        let abort_handle = task.abort_handle();
        thread::spawn(move || abort_handle.abort());
        embedder(&executor, &bell, &task);
        assert!(task.is_finished());
    });
}

/// The abort can fall between a tick's last look at its messages and its end: then `ready` must count it.
#[test]
fn an_embedder_is_called_for_an_abort() {
    embed_an_abort(|executor, bell, _| {
        embed(executor, bell);
    });
}

/// When `run_until_stalled` returns, nothing is ready: an embedder may sleep without asking.
#[test]
fn an_embedder_who_runs_until_stalled_is_called_for_an_abort() {
    embed_an_abort(|executor, bell, task| {
        while !task.is_finished() {
            bell.wait();
            let _ = executor.run_until_stalled();
        }
    });
}

/// A message that changes nothing can be taken out before its sender says that it is there. With that word left over, the
/// next message, a wake, would call nobody.
#[test]
fn an_embedder_is_called_for_a_wake_behind_messages_that_change_nothing() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let hook_bell = Arc::clone(&bell);
        let executor = Executor::builder().on_wake(move || hook_bell.ring()).build();
        let aborts: Vec<_> = (0..2).map(|_| executor.spawn(async {}).abort_handle()).collect();
        let steps = Steps::default();
        let threads = steps.clone();
        let task = steps.reach(1, move |waker| {
            let (aborts, steps, waker) = (aborts.clone(), threads.clone(), waker.clone());
            thread::spawn(move || {
                aborts.iter().for_each(AbortHandle::abort);
                steps.add();
                waker.wake();
            });
        });
        executor.spawn(task).detach();
        embed(&executor, &bell);
    });
}

/// Counts sleeps and what ends them.
struct CountingPark {
    park: ThreadPark,
    sleeps: Tally,
    unparks: Tally,
}

struct CountingUnparker {
    unparker: Waker,
    unparks: Tally,
}

impl Park for CountingPark {
    fn park(&self, timeout: Option<Duration>) {
        if timeout.is_none() {
            self.sleeps.count();
        }
        self.park.park(timeout);
    }

    fn unparker(&self) -> Waker {
        let (unparker, unparks) = (self.park.unparker(), self.unparks.clone());
        Waker::from(Arc::new(CountingUnparker { unparker, unparks }))
    }
}

impl std::task::Wake for CountingUnparker {
    fn wake(self: Arc<Self>) {
        self.unparks.count();
        self.unparker.wake_by_ref();
    }
}

#[test]
fn a_sleep_is_ended_at_most_once_however_many_threads_wake() {
    let slept_twice = Tally::default();
    let tally = slept_twice.clone();
    model(move || {
        let (sleeps, unparks) = (Tally::default(), Tally::default());
        let park = CountingPark { park: ThreadPark::new(), sleeps: sleeps.clone(), unparks: unparks.clone() };
        let steps = Steps::default();
        Executor::with_park(park).block_on(steps.reach(2, |waker| {
            steps.add_and_wake(waker);
            steps.add_and_wake(waker);
        }));
        // A wake that comes after the root is done meets an executor that nobody runs.
        assert!(unparks.get() <= sleeps.get() + 1);
        if sleeps.get() == 2 {
            tally.count();
        }
    });
    assert!(slept_twice.get() > 0, "two sleeps must be possible");
}

#[test]
fn an_unpark_before_the_sleep_is_kept() {
    model(|| {
        let park = ThreadPark::new();
        let unparker = park.unparker();
        thread::spawn(move || unparker.wake());
        park.park(None);
    });
}

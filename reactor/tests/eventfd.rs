//! What wakes cost in system calls, as `strace` sees it.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::future::poll_fn;
use std::process;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use executor::yield_now;
use reactor::sleep;

use support::child::{assert_passed, command, is_child, strace_works};
use support::{connection, read_exact, run, write_all};

/// A wake for an executor that runs is seen without a system call, and of any number of wakes for
/// one that sleeps a single one writes (tokio writes for each; compio#984).
#[test]
fn ten_thousand_wakes_write_at_most_once_per_park() {
    const NAME: &str = "ten_thousand_wakes_write_at_most_once_per_park";
    if is_child(NAME) {
        return run(async {
            phase("busy");
            wake_while_busy(10_000).await;
            phase("parked");
            wake_while_parked(100, 100).await;
            phase("over");
        });
    }
    let Some(trace) = Trace::of(NAME) else { return };
    assert_eq!(trace.writes("busy"), 0, "{}", trace.text);
    let (writes, parks) = (trace.writes("parked"), trace.parks("parked"));
    assert!(writes >= 1, "nothing was ever woken from its sleep:\n{}", trace.text);
    assert!(writes <= parks, "{writes} writes for {parks} parks:\n{}", trace.text);
}

/// The wakes that a turn dispatches are the executor's own, though it is asleep as far as other
/// threads are concerned (tokio#5095).
#[test]
fn wakes_for_sockets_and_timers_write_nothing() {
    const NAME: &str = "wakes_for_sockets_and_timers_write_nothing";
    if is_child(NAME) {
        return run(async {
            let (near, far) = connection().await;
            phase("dispatch");
            for _ in 0..100 {
                let mut buffer = [0; 4];
                let pause = async {
                    sleep(Duration::from_micros(50)).await;
                    write_all(&near, b"ping").await.unwrap();
                };
                let (read, ()) = executor::join!(read_exact(&far, &mut buffer), pause);
                read.unwrap();
            }
            phase("over");
        });
    }
    let Some(trace) = Trace::of(NAME) else { return };
    assert_eq!(trace.writes("dispatch"), 0, "{}", trace.text);
    assert!(trace.parks("dispatch") + trace.timed_parks("dispatch") >= 100, "{}", trace.text);
}

/// Says, where the trace shows it, what begins now.
fn phase(name: &str) {
    println!("phase: {name}");
}

/// Another thread wakes this task while this thread is in the middle of a poll.
async fn wake_while_busy(wakes: usize) {
    let waker = own_waker().await;
    thread::spawn(move || (0..wakes).for_each(|_| waker.wake_by_ref())).join().unwrap();
    yield_now().await;
}

/// Another thread wakes this task, each time it is about to sleep or sleeps.
async fn wake_while_parked(rounds: usize, wakes: usize) {
    let waker = own_waker().await;
    let (about_to_park, parks) = mpsc::channel();
    let other = thread::spawn(move || {
        for () in parks {
            (0..wakes).for_each(|_| waker.wake_by_ref());
        }
    });
    for _ in 0..rounds {
        about_to_park.send(()).unwrap();
        pending_once().await;
    }
    drop(about_to_park);
    other.join().unwrap();
}

async fn own_waker() -> Waker {
    poll_fn(|cx| Poll::Ready(cx.waker().clone())).await
}

/// Waits for one wake.
async fn pending_once() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// The system calls of a test that ran in a process of its own.
struct Trace {
    text: String,
    /// How the trace shows a write to the descriptor that ends a park.
    write: String,
}

impl Trace {
    /// Runs `test` under `strace`; `None`, and a message, where that cannot be done.
    fn of(test: &str) -> Option<Self> {
        let calls = "trace=write,?eventfd2,?epoll_wait,?epoll_pwait";
        if !strace_works(&["-e", calls]) {
            return None;
        }
        let path = std::env::temp_dir().join(format!("onethread-{}-{test}.strace", process::id()));
        let file = path.to_str().expect("a temporary path is text");
        let output = command(test, &["strace", "-f", "-o", file, "-e", calls]).output().unwrap();
        assert_passed(&output);
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let created = text.lines().find(|line| line.contains("eventfd2(")).expect("a reactor has one");
        let (_, descriptor) = created.rsplit_once("= ").expect("a call has a result");
        let write = format!(" write({descriptor}, ");
        Some(Trace { text, write })
    }

    /// How often the descriptor that ends a park was written to.
    fn writes(&self, phase: &str) -> usize {
        self.count(phase, |line| line.contains(&self.write))
    }

    /// How often the process waited for events, as long as it takes.
    fn parks(&self, phase: &str) -> usize {
        self.count(phase, |line| timeout_of(line) == Some(-1))
    }

    /// How often it waited for events or for a time.
    fn timed_parks(&self, phase: &str) -> usize {
        self.count(phase, |line| timeout_of(line).is_some_and(|timeout| timeout > 0))
    }

    fn count(&self, phase: &str, counts: impl Fn(&str) -> bool) -> usize {
        let begin = format!("\"phase: {phase}");
        let lines = self.text.lines().skip_while(|line| !line.contains(&begin)).skip(1);
        let lines = lines.take_while(|line| !line.contains("\"phase: "));
        lines.filter(|line| counts(line)).count()
    }
}

/// The timeout in milliseconds, if this line shows how a wait for events came back. It shows them
/// as `[..], capacity, timeout` then.
fn timeout_of(line: &str) -> Option<i32> {
    let (_, arguments) = line.rsplit_once(']').filter(|_| line.contains("epoll_"))?;
    let timeout = arguments.split(", ").nth(2)?;
    timeout.split(')').next()?.parse().ok()
}

//! Connections that come about, or do not, and end in every way there is, at random and for a while: nothing that was
//! sent in order is lost, and in the end nothing is left.
//!
//! `ONETHREAD_SOAK_SECONDS` says for how long, `ONETHREAD_SOAK_SEED` with which random numbers. A program without
//! libtest, and a child of itself, so that its threads and descriptors are its own and a hang is ended.

#[path = "../support/mod.rs"]
mod support;

mod client;

mod server;

use std::cell::Cell;
use std::env;
use std::future::Future;
use std::panic::resume_unwind;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use executor::{Executor, JoinSet};
use reactor::{Reactor, TcpListener, timeout};

use client::{Addresses, Deed};
use support::child::skip;
use support::process::Process;
use support::procfs::{open_descriptors, resident_kib, threads, watched_descriptors};
use support::random::Xorshift;
use support::refusing::RefusingAddress;
use support::silent::SilentAddress;
use support::watchdog::PATIENCE;

/// How many clients there are at a time.
const CLIENTS: usize = 64;
/// After half of this all is warm that warms up. A shorter time says nothing of memory.
const LONG: Duration = Duration::from_secs(20);
/// How much the memory of as many clients may differ from one moment to another.
const SLACK_KIB: u64 = 1024;

fn main() {
    let arguments: Vec<u64> = env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    match arguments[..] {
        _ if cfg!(not(target_os = "linux")) => skip("this system has no /proc to count descriptors in"),
        [seed, seconds] => soak(seed, Duration::from_secs(seconds)),
        _ => soak_in_a_child(),
    }
}

fn soak_in_a_child() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().expect("it is a number"));
    let seconds = number("ONETHREAD_SOAK_SECONDS").unwrap_or(2);
    let seed = number("ONETHREAD_SOAK_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.map_or(1, |now| u64::from(now.subsec_nanos()) | 1)
    });
    println!("ONETHREAD_SOAK_SEED={seed} ONETHREAD_SOAK_SECONDS={seconds}");
    let program = env::current_exe().expect("a program knows where it is");
    let child = Process::start(Command::new(program).args([seed.to_string(), seconds.to_string()]));
    let finished = child.finish(Duration::from_secs(seconds) + PATIENCE);
    print!("{}", finished.stdout);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
}

fn soak(seed: u64, duration: Duration) {
    let (refusing, silent) = (RefusingAddress::new(), SilentAddress::new());
    let without_reactor = open_descriptors();
    let reactor = Reactor::new().expect("this system has what a reactor needs");
    let handle = reactor.handle();
    let entered = handle.enter();
    let executor = Executor::with_park(reactor);
    let nothing_open = (open_descriptors(), watched_descriptors());

    let (deeds, [first, second]) = executor.block_on(async {
        let listener = TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("a port is free");
        let serving = listener.local_addr().expect("a listener has an address");
        let addresses = Addresses { serving, refusing: refusing.address(), silent: silent.address() };
        let over = Rc::new(Cell::new(false));
        let server = executor::spawn(server::serve(listener, Rc::clone(&over)));
        let result = come_and_go(Xorshift(seed), duration, addresses).await;
        over.set(true);
        server.await.expect("the server ends in order");
        result
    });
    println!("{deeds:?}\nat most {first} KiB of memory in the first half, {second} KiB in the second");

    let progress = executor.run_until_stalled();
    assert_eq!((progress.live, progress.ready), (0, 0), "tasks are left");
    assert_eq!(executor.next_deadline(), None, "timers are left");
    assert!(format!("{handle:?}").contains("sources: 0,"), "slots are left: {handle:?}");
    assert_eq!((open_descriptors(), watched_descriptors()), nothing_open, "descriptors are left");
    assert_eq!(threads(), 1);
    drop((executor, entered, handle));
    assert_eq!(open_descriptors(), without_reactor, "the reactor has left descriptors");
    assert!(duration < LONG || second <= first + SLACK_KIB, "memory grows");
}

/// Has clients come and go for a while. Returns how often they did what, and the most memory in KiB that there was in
/// the first and in the second half of the time.
async fn come_and_go(
    mut random: Xorshift,
    duration: Duration,
    addresses: Addresses,
) -> (Vec<(Deed, usize)>, [u64; 2]) {
    let mut deeds: Vec<_> = Deed::ALL.into_iter().map(|deed| (deed, 0)).collect();
    let (start, mut started) = (Instant::now(), 0);
    let (mut peaks, mut clients) = ([0; 2], JoinSet::new());
    loop {
        while clients.len() < CLIENTS && start.elapsed() < duration {
            // The first ones see to it that each happens.
            let index = if started < deeds.len() { started } else { random.below(deeds.len()) };
            started += 1;
            let (deed, count) = &mut deeds[index];
            *count += 1;
            clients.spawn(watched(*deed, client::play(*deed, addresses, Xorshift(random.next() | 1))));
        }
        match clients.join_next().await {
            None => return (deeds, peaks),
            // A client that finds something amiss panics, and says what.
            Some(Err(error)) => resume_unwind(error.into_panic()),
            Some(Ok(())) => {
                let half = usize::from(start.elapsed() > duration / 2);
                peaks[half] = peaks[half].max(resident_kib());
            }
        }
    }
}

/// A limit that no client reaches, so that each leaves a timer which it has to take along.
async fn watched(deed: Deed, client: impl Future<Output = ()>) {
    timeout(PATIENCE / 2, client).await.unwrap_or_else(|_| panic!("{deed:?} hangs"));
}

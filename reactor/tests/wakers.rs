//! Wakers are foreign code: what they may do while the reactor wakes, clones and drops them.

mod support;

use std::cell::Cell;
use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use executor::Executor;
use reactor::{Reactor, TcpListener, TcpStream, sleep};

use support::timers::{armed, armed_for, armed_long, poll_sleep};
use support::wakers::{Count, Deed, hooked, on_wake};
use support::{ANY_PORT, Rig, SharedPark, failed, poll_read, ready};

/// tokio and async-io wake behind `catch_unwind` too. The panic is not swallowed.
#[test]
fn a_waker_that_panics_keeps_no_other_socket_from_being_woken() {
    let rig = Rig::new();
    let sockets: Vec<_> = (0..3).map(|_| rig.connect()).collect();
    let counts = [Count::new(), Count::new()];
    let wakers = [counts[0].waker().clone(), panicking(), counts[1].waker().clone()];
    for ((stream, _), waker) in sockets.iter().zip(&wakers) {
        assert!(poll_read(stream, waker, &mut [0; 8]).is_pending());
    }
    for (_, peer) in &sockets {
        let mut peer = peer;
        peer.write_all(b"data").unwrap();
    }
    let mut panics = 0;
    while counts.iter().any(|count| count.wakes() == 0) || panics == 0 {
        panics += usize::from(catch_unwind(AssertUnwindSafe(|| rig.reactor.turn(None))).is_err());
    }
    assert_eq!(panics, 1);
    assert_eq!(counts.each_ref().map(Count::wakes), [1, 1]);
    for (stream, _) in &sockets {
        assert_eq!(ready(poll_read(stream, counts[0].waker(), &mut [0; 8])), 4);
    }
}

#[test]
fn a_waker_that_panics_keeps_no_other_timer_from_being_woken() {
    let rig = Rig::new();
    let count = Count::new();
    let wakers = [panicking(), count.waker().clone(), panicking(), count.waker().clone()];
    let sleeps = armed_for(&wakers);
    let mut panics = 0;
    while count.wakes() < 2 {
        panics += usize::from(catch_unwind(AssertUnwindSafe(|| rig.reactor.turn(None))).is_err());
    }
    assert_ne!(panics, 0);
    assert_eq!(rig.reactor.next_deadline(), None);
    drop(sleeps);
}

/// A panic can be about anything, and so about what panics when it is dropped.
#[test]
fn a_panic_that_panics_when_it_is_dropped_keeps_nobody_from_being_woken() {
    let rig = Rig::new();
    let count = Count::new();
    let worse = || on_wake(|| panic_any(Bomb));
    let sleeps = armed_for(&[worse(), worse(), worse(), count.waker().clone()]);
    while count.wakes() == 0 && rig.reactor.next_deadline().is_some() {
        if let Err(bomb) = catch_unwind(AssertUnwindSafe(|| rig.reactor.turn(None))) {
            assert!(catch_unwind(AssertUnwindSafe(|| drop(bomb))).is_err(), "it is not what was thrown");
        }
    }
    assert_eq!(count.wakes(), 1);
    drop(sleeps);
}

/// A second panic would end the process.
#[test]
fn a_reactor_that_is_dropped_by_a_panic_survives_a_waker_that_panics() {
    let _watchdog = support::watchdog();
    let reactor = Reactor::new().unwrap();
    let entered = reactor.handle().enter();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    let sleeps = armed_for(&[panicking(), count.waker().clone()]);
    assert!(listener.poll_accept(&mut Context::from_waker(&panicking())).is_pending());
    let panic = catch_unwind(AssertUnwindSafe(move || {
        let _dropped_by_the_panic = reactor;
        panic!("the first one");
    }));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the first one"));
    assert_eq!(count.wakes(), 1);
    drop((sleeps, listener, entered));
}

/// It is not the second one's fault, who would not know what to do about it.
#[test]
fn a_waker_that_panics_when_it_is_replaced_harms_not_the_one_in_its_place() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    for replaced in [panicking(), on_wake(|| panic_any(Bomb))] {
        assert!(poll_read(&stream, &replaced, &mut [0; 8]).is_pending());
        assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    }
    peer.write_all(b"data").unwrap();
    let wakes = count.wakes();
    rig.turn_until(&count, wakes + 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 4);
}

#[test]
fn a_waker_that_panics_leaves_an_executor_that_sleeps_in_the_reactor_usable() {
    let rig = Rig::new();
    let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
    let bystander = executor.spawn(sleep(Duration::from_millis(2)));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        executor.block_on(async {
            let _armed = armed(&panicking());
            std::future::pending::<()>().await;
        });
    }));
    assert!(panic.is_err());
    executor.block_on(bystander).unwrap();
}

#[test]
fn a_waker_may_use_the_reactor_when_it_is_woken_for_a_socket() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (waker, deeds) = busy(&rig);
    assert!(poll_read(&stream, &waker, &mut [0; 8]).is_pending());
    peer.write_all(b"data").unwrap();
    while deeds.wakes.get() == 0 {
        let _ = rig.reactor.turn(None).unwrap();
    }
}

#[test]
fn a_waker_may_use_the_reactor_when_it_is_woken_for_a_timer() {
    let rig = Rig::new();
    let (waker, deeds) = busy(&rig);
    let _armed = armed(&waker);
    while deeds.wakes.get() == 0 {
        let _ = rig.reactor.turn(None).unwrap();
    }
}

#[test]
fn a_waker_may_use_the_reactor_while_it_is_cloned_replaced_and_dropped_with_its_socket() {
    let rig = Rig::new();
    let (stream, _peer) = rig.connect();
    let ((first, first_deeds), (second, second_deeds)) = (busy(&rig), busy(&rig));
    assert!(poll_read(&stream, &first, &mut [0; 8]).is_pending());
    assert_ne!(first_deeds.clones.get(), 0);
    assert!(poll_read(&stream, &second, &mut [0; 8]).is_pending());
    assert_ne!(first_deeds.wakes.get(), 0, "it was replaced");
    let drops = second_deeds.drops.get();
    drop(stream);
    assert_eq!(second_deeds.drops.get(), drops + 1);
}

#[test]
fn a_waker_may_use_the_reactor_while_it_is_cloned_replaced_and_dropped_with_its_timer() {
    let rig = Rig::new();
    let ((first, first_deeds), (second, second_deeds)) = (busy(&rig), busy(&rig));
    let mut sleep = armed_long(&first);
    assert_ne!(first_deeds.clones.get(), 0);
    let drops = first_deeds.drops.get();
    assert!(poll_sleep(&mut sleep, &second).is_pending());
    assert_eq!(first_deeds.drops.get(), drops + 1, "it was replaced");
    let drops = second_deeds.drops.get();
    drop(sleep);
    assert_eq!(second_deeds.drops.get(), drops + 1);
}

/// tokio has the panic on a re-entrant borrow as tokio#8391.
#[test]
fn a_waker_may_use_what_is_left_while_the_reactor_is_dropped() {
    let _watchdog = support::watchdog();
    let reactor = Reactor::new().unwrap();
    let entered = reactor.handle().enter();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let woken = Rc::new(Cell::new(0));
    let counter = Rc::clone(&woken);
    let waker = on_wake(move || {
        counter.set(counter.get() + 1);
        assert!(TcpListener::bind(ANY_PORT).is_err());
    });
    assert!(listener.poll_accept(&mut Context::from_waker(&waker)).is_pending());
    let sleep = armed_long(&waker);
    drop(reactor);
    assert_eq!(woken.get(), 2, "for the listener and for the timer");
    failed(listener.poll_accept(&mut Context::from_waker(&waker)));
    drop((sleep, listener, entered));
}

/// The waker is asked for a clone between the attempt that would block and the wait. If that turns
/// the reactor, the event that the wait is for may be over when the wait begins.
#[test]
fn a_waker_that_turns_the_reactor_while_it_is_cloned_loses_no_wake() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let woken = Rc::new(Cell::new(0));
    let (counter, turns) = (Rc::clone(&woken), Rc::clone(&rig.reactor));
    let mut data = Some(b"data");
    let waker = hooked(move |deed| match (deed, data.take()) {
        (Deed::Clone, Some(data)) => {
            peer.write_all(data).unwrap();
            while turns.turn(None).unwrap().events == 0 {}
        }
        (Deed::Wake, _) => counter.set(counter.get() + 1),
        _ => {}
    });
    let poll = poll_read(&stream, &waker, &mut [0; 8]);
    let _ = rig.look();
    assert!(
        poll.is_ready() || woken.get() > 0,
        "the event came while the waker was cloned, and nobody was told"
    );
}

/// How often the clones of a waker were what.
#[derive(Default)]
struct Deeds {
    clones: Cell<usize>,
    wakes: Cell<usize>,
    drops: Cell<usize>,
}

/// A waker that does everything one can do with a reactor whenever anything is done to it.
fn busy(rig: &Rig) -> (Waker, Rc<Deeds>) {
    let deeds = Rc::new(Deeds::default());
    let (counters, reactor) = (Rc::clone(&deeds), Rc::clone(&rig.reactor));
    let waker = hooked(move |deed| {
        let counter = match deed {
            Deed::Clone => &counters.clones,
            Deed::Wake => &counters.wakes,
            Deed::Drop => &counters.drops,
        };
        counter.set(counter.get() + 1);
        use_everything(&reactor);
    });
    (waker, deeds)
}

fn use_everything(reactor: &Reactor) {
    let count = Count::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    assert!(listener.poll_accept(&mut count.context()).is_pending());
    let mut connect = pin!(TcpStream::connect(listener.local_addr().unwrap()));
    let _ = connect.as_mut().poll(&mut count.context());
    let sleep = armed_long(count.waker());
    assert!(reactor.next_deadline().is_some());
    let _ = reactor.turn(Some(Duration::ZERO)).unwrap();
    drop((listener, sleep));
    assert_eq!(count.kept(), 0, "nothing is left behind");
}

/// A waker that panics when it is woken.
fn panicking() -> Waker {
    on_wake(|| panic!("a waker's own panic"))
}

/// What a panic can be about.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it goes off");
    }
}

//! What a socket may do before the others get their turn.

mod support;

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use executor::{Executor, select, spawn, yield_now};
use mio::net::UdpSocket;
use reactor::{Budget, Direction, Reactor, Registration, TcpStream, timeout};
use wakecheck::Recorder;

use support::wakers::Count;
use support::{ANY_PORT, Rig, close_after_arrival, failed, poll_read, read_exact, ready, run, write_all};

/// How many small operations a budget is, whatever its size.
const OPERATIONS: usize = 128;

#[test]
fn who_has_used_up_the_budget_goes_on_after_the_next_turn_and_not_before() {
    let rig = Rig::new();
    let (stream, count) = (full(&rig, 4096), Count::new());
    stream.registration().set_budget(Budget::bytes(1024));
    for _ in 0..3 {
        let wakes = count.wakes();
        for _ in 0..2 {
            assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 512])), 512);
        }
        for _ in 0..2 {
            assert!(poll_read(&stream, count.waker(), &mut [0; 512]).is_pending());
        }
        assert_eq!((count.wakes(), count.kept()), (wakes, 1));
        assert_eq!(rig.look().woken, 1);
        assert_eq!((count.wakes(), count.kept()), (wakes + 1, 0));
    }
}

#[test]
fn small_operations_use_up_the_budget_by_their_number() {
    let rig = Rig::new();
    let (stream, count) = (full(&rig, 2 * OPERATIONS), Count::new());
    for _ in 0..OPERATIONS {
        assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0])), 1);
    }
    assert!(poll_read(&stream, count.waker(), &mut [0]).is_pending());
}

/// A message of 64 KiB is as much work for the thread as a read of that length.
#[test]
fn messages_use_up_the_budget_by_their_bytes() {
    let rig = Rig::new();
    let (near, far) =
        (reactor::UdpSocket::bind(ANY_PORT).unwrap(), reactor::UdpSocket::bind(ANY_PORT).unwrap());
    near.connect(far.local_addr().unwrap()).unwrap();
    far.connect(near.local_addr().unwrap()).unwrap();
    for socket in [&near, &far] {
        socket.registration().set_budget(Budget::bytes(1024));
    }
    let (mut buffer, message) = ([0; 600], [b'x'; 600]);
    let spent =
        |result: io::Result<usize>| result.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);

    // Each way to send, and then to receive, takes its part.
    assert_eq!(rig.drive(near.send(&message)).unwrap(), 600);
    assert_eq!(near.try_send(&message).unwrap(), 600);
    assert!(spent(near.try_send(&message)));
    let _ = rig.look();
    assert_eq!(rig.drive(near.send_to(&message, far.local_addr().unwrap())).unwrap(), 600);
    assert_eq!(near.try_send(&message).unwrap(), 600);
    assert!(spent(near.try_send(&message)));

    let _ = rig.look();
    assert_eq!(rig.drive(far.recv(&mut buffer)).unwrap(), 600);
    assert_eq!(far.try_recv(&mut buffer).unwrap(), 600);
    assert!(spent(far.try_recv(&mut buffer)));
    let _ = rig.look();
    assert_eq!(rig.drive(far.recv_from(&mut buffer)).unwrap().0, 600);
    assert_eq!(rig.drive(far.peek_from(&mut buffer)).unwrap().0, 600);
    assert_eq!(far.try_recv(&mut buffer).unwrap(), 600);
    assert!(spent(far.try_recv(&mut buffer)));
}

/// Or whoever tries again at once, when there is no descriptor left for a connection, would keep
/// the others from ever closing theirs.
#[test]
fn operations_that_fail_use_up_the_budget_as_well() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    let attempt = || {
        source.poll_io(&mut count.context(), Direction::Read, |_| {
            io::Result::<()>::Err(io::Error::other("no luck"))
        })
    };
    for _ in 0..OPERATIONS {
        failed(attempt());
    }
    assert!(attempt().is_pending());
}

#[test]
fn operations_that_change_the_source_use_up_the_budget_as_well() {
    let rig = Rig::new();
    let (mut source, count) = (source(&rig), Count::new());
    source.set_budget(Budget::bytes(0));
    ready(source.poll_io_mut(&mut count.context(), Direction::Read, |_| Ok(())));
    assert!(source.poll_io_mut(&mut count.context(), Direction::Read, |_| Ok(())).is_pending());
    let _ = rig.look();
    rig.drive(source.async_io_mut(Direction::Read, |_| Ok(()))).unwrap();
    assert!(source.poll_io_mut(&mut count.context(), Direction::Read, |_| Ok(())).is_pending());
}

#[test]
fn each_direction_has_a_budget_of_its_own() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    source.set_budget(Budget::bytes(0));
    let attempt = |direction| source.poll_io(&mut count.context(), direction, |_| Ok(()));
    ready(attempt(Direction::Read));
    assert!(attempt(Direction::Read).is_pending());
    ready(attempt(Direction::Write));
    assert!(attempt(Direction::Write).is_pending());
    assert_eq!(rig.look().woken, 2);
}

#[test]
fn a_turn_does_not_sleep_while_somebody_gives_way_and_an_embedder_is_told_to_come_back_now() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    use_up(&source, &count);
    let deadline = rig.reactor.next_deadline().expect("there is something to come back for");
    assert!(deadline <= Instant::now());
    assert_eq!(rig.reactor.turn(None).unwrap().woken, 1);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// tokio#2542
#[test]
fn a_time_limit_around_a_socket_that_always_has_something_passes() {
    run(async {
        let source = Registration::new(UdpSocket::bind(ANY_PORT)?, &reactor::Handle::current()?)?;
        let always = async {
            loop {
                source.async_io(Direction::Read, |_| Ok(())).await?;
            }
        };
        let result: Result<io::Result<()>, _> = timeout(Duration::from_millis(5), always).await;
        assert!(result.is_err());
        io::Result::Ok(())
    })
    .unwrap();
}

/// tokio has this as `coop`.
#[test]
fn a_task_whose_socket_always_has_something_leaves_room_for_the_other_tasks() {
    run(async {
        let source = Registration::new(UdpSocket::bind(ANY_PORT)?, &reactor::Handle::current()?)?;
        let done = Rc::new(Cell::new(false));
        let operations = Rc::new(Cell::new(0));
        let (stop, counter) = (Rc::clone(&done), Rc::clone(&operations));
        let always = spawn(async move {
            while !stop.get() {
                source.async_io(Direction::Write, |_| Ok(())).await?;
                counter.set(counter.get() + 1);
            }
            io::Result::Ok(())
        });
        for _ in 0..10 {
            yield_now().await;
        }
        done.set(true);
        always.await.unwrap()?;
        assert!(operations.get() <= 11 * OPERATIONS, "{} operations in eleven rounds", operations.get());
        io::Result::Ok(())
    })
    .unwrap();
}

/// One of two that take turns is always good for something, and together they would never wait.
#[test]
fn two_sockets_that_always_have_something_do_not_keep_a_task_going_between_them() {
    run(async {
        let handle = reactor::Handle::current()?;
        let [one, other] = [(); 2].map(|()| Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &handle));
        let (one, other) = (one?, other?);
        let always = async {
            loop {
                let one = one.async_io(Direction::Read, |_| Ok(()));
                let other = other.async_io(Direction::Read, |_| Ok(()));
                select(std::pin::pin!(one), std::pin::pin!(other)).await;
            }
        };
        let result: Result<(), _> = timeout(Duration::from_millis(5), always).await;
        assert!(result.is_err());
        io::Result::Ok(())
    })
    .unwrap();
}

/// tokio has this as `coop_unconstrained`.
#[test]
fn without_a_limit_a_socket_never_gives_way() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    source.set_budget(Budget::UNLIMITED);
    for _ in 0..100 * OPERATIONS {
        ready(source.poll_io(&mut count.context(), Direction::Read, |_| Ok(())));
    }
}

#[test]
fn a_reactors_budget_is_that_of_the_sources_to_come() {
    let rig = Rig::new();
    let before = source(&rig);
    rig.reactor.handle().set_budget(Budget::bytes(0));
    let after = source(&rig);
    let count = Count::new();
    let attempt =
        |source: &Registration<UdpSocket>| source.poll_io(&mut count.context(), Direction::Read, |_| Ok(()));
    for _ in 0..2 {
        ready(attempt(&before));
    }
    ready(attempt(&after));
    assert!(attempt(&after).is_pending());
}

#[test]
fn a_new_limit_begins_at_once() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    use_up(&source, &count);
    source.set_budget(Budget::UNLIMITED);
    ready(source.poll_io(&mut count.context(), Direction::Read, |_| Ok(())));
}

#[test]
fn trying_and_waiting_for_readiness_respect_the_budget_as_well() {
    let rig = Rig::new();
    let (source, count) = (source(&rig), Count::new());
    source.set_budget(Budget::bytes(0));
    ready(source.poll_readable(&mut count.context()));
    source.try_io(Direction::Read, |_| Ok(())).unwrap();
    let error = source.try_io(Direction::Read, |_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert!(source.poll_readable(&mut count.context()).is_pending());
    rig.turn_until(&count, 1);
    ready(source.poll_readable(&mut count.context()));
}

/// What is there can be had under any reactor and under none: to wait for a turn would be to wait
/// forever.
#[test]
fn where_its_reactor_is_not_entered_a_socket_does_not_give_way() {
    let reactor = Reactor::new().unwrap();
    let _watchdog = support::watchdog();
    let source = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &reactor.handle()).unwrap();
    source.set_budget(Budget::bytes(0));
    let attempt = async || source.async_io(Direction::Read, |_| Ok(())).await;
    for _ in 0..3 {
        executor::block_on(attempt()).unwrap();
    }
    run(async {
        for _ in 0..3 {
            attempt().await.unwrap();
        }
    });
}

#[test]
fn dropping_the_reactor_wakes_whoever_gives_way_and_what_is_there_can_be_had() {
    let rig = Rig::new();
    let (stream, count) = (full(&rig, 3), Count::new());
    stream.registration().set_budget(Budget::bytes(0));
    ready(poll_read(&stream, count.waker(), &mut [0]));
    assert!(poll_read(&stream, count.waker(), &mut [0]).is_pending());
    drop(rig);
    assert_eq!((count.wakes(), count.kept()), (1, 0));
    for _ in 0..2 {
        assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0])), 1);
    }
}

/// The scope of its handle may last longer than the reactor.
#[test]
fn a_budget_that_is_used_up_when_the_reactor_is_dropped_keeps_nobody_waiting_in_its_scope() {
    let _watchdog = support::watchdog();
    let reactor = Reactor::new().unwrap();
    let _entered = reactor.handle().enter();
    let source = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &reactor.handle()).unwrap();
    source.set_budget(Budget::bytes(0));
    let count = Count::new();
    ready(source.poll_io(&mut count.context(), Direction::Read, |_| Ok(())));
    drop(reactor);
    ready(source.poll_io(&mut count.context(), Direction::Read, |_| Ok(())));
    assert_eq!(count.kept(), 0);
}

#[test]
fn a_source_that_is_dropped_while_it_gives_way_is_forgotten() {
    let rig = Rig::new();
    let (gone, count) = (source(&rig), Count::new());
    use_up(&gone, &count);
    drop(gone);
    let _successor = source(&rig);
    assert_eq!(rig.look().woken, 0);
    assert_eq!((count.wakes(), count.kept()), (0, 0));
}

#[test]
fn where_the_reactor_was_dropped_no_budget_is_ever_used_up() {
    let _watchdog = support::watchdog();
    let reactor = Reactor::new().unwrap();
    let _entered = reactor.handle().enter();
    let source = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &reactor.handle()).unwrap();
    drop(reactor);
    source.set_budget(Budget::bytes(0));
    let count = Count::new();
    for _ in 0..3 {
        ready(source.poll_io(&mut count.context(), Direction::Read, |_| Ok(())));
        source.try_io(Direction::Read, |_| Ok(())).unwrap();
    }
}

/// Between two waits there is a turn, and so nobody who waits ever runs out.
#[test]
fn an_exchange_of_many_small_messages_has_not_a_poll_more_than_without_a_limit() {
    let limited = exchange(Budget::default());
    let unlimited = exchange(Budget::UNLIMITED);
    assert_eq!(limited, unlimited);
    let (polls, wakes) = limited;
    assert_eq!(polls, wakes + 2, "each poll but the first of either task has a wake for it");
}

/// Two tasks exchange more messages than a budget has operations. Returns the polls and the wakes.
fn exchange(budget: Budget) -> (usize, usize) {
    let _watchdog = support::watchdog();
    let recorder = Recorder::new();
    let reactor = Reactor::new().unwrap();
    let _entered = reactor.handle().enter();
    reactor.handle().set_budget(budget);
    let executor = Executor::builder().observer(recorder.clone()).park(reactor).build();
    let (near, far) = executor.block_on(support::connection());
    let _ = recorder.take();
    let echo = executor.spawn(async move {
        let mut message = [0; 4];
        for _ in 0..3 * OPERATIONS {
            read_exact(&far, &mut message).await.unwrap();
            write_all(&far, &message).await.unwrap();
        }
    });
    executor.block_on(async {
        let mut message = [0; 4];
        for _ in 0..3 * OPERATIONS {
            write_all(&near, b"ping").await.unwrap();
            read_exact(&near, &mut message).await.unwrap();
        }
    });
    drop(echo);
    let lines = recorder.take();
    let count = |what: &str| lines.iter().filter(|line| line.starts_with(what)).count();
    (count("poll "), count("wake "))
}

/// A connection on which so many bytes are there to be read.
fn full(rig: &Rig, bytes: usize) -> TcpStream {
    let (stream, mut peer) = rig.connect();
    peer.write_all(&vec![b'x'; bytes]).unwrap();
    close_after_arrival(peer);
    let _ = rig.look();
    stream
}

/// A source that is as good as any other: its operations are the tests' own.
fn source(rig: &Rig) -> Registration<UdpSocket> {
    Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &rig.reactor.handle()).unwrap()
}

/// Operates until it has to give way.
fn use_up(source: &Registration<UdpSocket>, count: &Count) {
    let attempt = || source.poll_io(&mut count.context(), Direction::Read, |_| Ok(()));
    while let Poll::Ready(result) = attempt() {
        result.unwrap();
    }
    assert_eq!((count.wakes(), count.kept()), (0, 1));
}

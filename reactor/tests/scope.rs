//! Which reactor a socket or a timer belongs to, and what it says where that one does not run.

mod support;

use std::future::Future;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use executor::{Executor, spawn};
use futures_lite::AsyncReadExt;
use mio::Interest;
use reactor::{
    Direction, Handle, Reactor, Registration, TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixStream,
    sleep,
};

use support::timers::{LONG, armed_long, poll_sleep};
use support::wakers::Count;
use support::{
    ANY_PORT, Rig, connection, failed, poll_read, poll_write, read_some, ready, run, watchdog, write_all,
};

#[test]
fn outside_of_any_reactor_a_socket_is_an_error_that_says_how_to_get_into_one() {
    let bound = TcpListener::bind(ANY_PORT).err();
    let connected = executor::block_on(TcpStream::connect(ANY_PORT)).err();
    let current = Handle::current().err();
    let udp = UdpSocket::bind(ANY_PORT).err();
    let taken_over = std::net::TcpListener::bind(ANY_PORT).and_then(TcpListener::from_std).err();
    for error in [bound, connected, current, udp, taken_over] {
        let advice = error.expect("there is no reactor").to_string();
        assert!(advice.contains("reactor::block_on"), "{advice}");
        assert!(advice.contains("Handle::enter"), "{advice}");
    }
}

#[test]
#[should_panic(expected = "no reactor is entered on this thread: use `reactor::block_on`")]
fn outside_of_any_reactor_a_sleep_panics_with_the_same_advice() {
    executor::block_on(sleep(LONG));
}

/// Nobody is to be blamed for it: who turns the reactor may do so from a loop of their own.
#[test]
fn a_socket_that_was_told_of_its_reactor_waits_where_none_is_entered_for_whoever_turns_it() {
    let _watchdog = watchdog();
    let reactor = Reactor::new().unwrap();
    let listener = TcpListener::bind_in(&reactor.handle(), ANY_PORT).unwrap();
    let count = Count::new();
    assert!(listener.poll_accept(&mut count.context()).is_pending());
    let _peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert!(listener.poll_accept(&mut count.context()).is_pending(), "readiness is what a turn has seen");
    while count.wakes() == 0 {
        let _ = reactor.turn(None).unwrap();
    }
    let (stream, _) = ready(listener.poll_accept(&mut count.context()));
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    drop(reactor);
    assert_eq!(count.wakes(), 2, "the end of the reactor ends the wait");
}

/// A reactor is not inherited by the threads that its own thread starts.
#[test]
fn another_thread_is_outside_of_the_reactor() {
    let _rig = Rig::new();
    assert!(Handle::current().is_ok());
    let elsewhere = std::thread::spawn(|| Handle::current().is_err());
    assert!(elsewhere.join().unwrap());
}

#[test]
fn entering_nests_and_leaving_restores_what_was_entered_before() {
    let [outer, inner] = [(); 2].map(|()| Reactor::new().unwrap());
    let is_current = |reactor: &Reactor| {
        let _armed = armed_long(Waker::noop());
        reactor.next_deadline().is_some()
    };
    let outer_entered = outer.handle().enter();
    assert!(is_current(&outer) && !is_current(&inner));
    let inner_entered = inner.handle().enter();
    assert!(is_current(&inner) && !is_current(&outer));
    let again = inner.handle().enter();
    drop(again);
    assert!(is_current(&inner));
    drop(inner_entered);
    assert!(is_current(&outer) && !is_current(&inner));
    drop(outer_entered);
    assert!(Handle::current().is_err());
}

#[test]
fn a_panic_that_leaves_block_on_leaves_its_reactor_too() {
    let panic = catch_unwind(|| run(async { panic!("a future's own panic") }));
    assert!(panic.is_err());
    assert!(Handle::current().is_err());
}

/// tokio has this as `drop_wakes` in `io_driver_drop`.
#[test]
fn dropping_the_reactor_wakes_whoever_waits_for_a_socket_and_the_wait_ends_in_an_error() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let (reader, acceptor) = (Count::new(), Count::new());
    assert!(poll_read(&stream, reader.waker(), &mut [0; 8]).is_pending());
    assert!(listener.poll_accept(&mut acceptor.context()).is_pending());

    drop(rig);
    for count in [&reader, &acceptor] {
        assert_eq!((count.wakes(), count.kept()), (1, 0));
    }
    peer.write_all(b"too late").unwrap();
    for _ in 0..2 {
        let read = failed(poll_read(&stream, reader.waker(), &mut [0; 8]));
        let accept = failed(listener.poll_accept(&mut acceptor.context()));
        for error in [read, accept] {
            assert!(error.to_string().contains("reactor was dropped"), "{error}");
        }
    }
    assert_eq!((reader.kept(), acceptor.kept()), (0, 0));
}

/// tokio has this as `driver_shutdown_wakes_pending_race` and its neighbours.
#[test]
#[cfg(unix)]
fn dropping_the_reactor_ends_the_waits_of_every_kind_of_socket_in_an_error() {
    let rig = Rig::new();
    let (stream, _peer) = UnixStream::pair().unwrap();
    let (datagram, _sender) = UnixDatagram::pair().unwrap();
    let udp = UdpSocket::bind(ANY_PORT).unwrap();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let pipe = mio::unix::pipe::new().unwrap();
    let pipe_end = Registration::with_interest(pipe.1, &rig.reactor.handle(), Interest::READABLE).unwrap();
    let mut buffers = [[0; 8]; 4];
    let [one, two, three, four] = &mut buffers;
    let mut waits: Vec<Pin<Box<dyn Future<Output = io::Result<()>>>>> = vec![
        Box::pin(async { (&stream).read(one).await.map(drop) }),
        Box::pin(async { datagram.recv_from(two).await.map(drop) }),
        Box::pin(async { udp.peek_from(three).await.map(drop) }),
        Box::pin(async { listener.accept().await.map(drop) }),
        Box::pin(async { pipe_end.async_io(Direction::Read, |mut pipe| pipe.read(four)).await.map(drop) }),
    ];
    let count = Count::new();
    for wait in &mut waits {
        assert!(wait.as_mut().poll(&mut count.context()).is_pending());
    }
    assert_eq!(count.kept(), waits.len());
    drop(rig);
    assert_eq!((count.wakes(), count.kept()), (waits.len(), 0));
    for wait in &mut waits {
        let error = failed(wait.as_mut().poll(&mut count.context()));
        assert!(error.to_string().contains("reactor was dropped"), "{error}");
    }
}

#[test]
fn nothing_joins_a_reactor_that_was_dropped() {
    let reactor = Reactor::new().unwrap();
    let handle = reactor.handle();
    drop(reactor);
    let error = TcpListener::bind_in(&handle, ANY_PORT).unwrap_err();
    assert!(error.to_string().contains("reactor was dropped"), "{error}");
    let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let connect = TcpStream::connect_in(&handle, listener.local_addr().unwrap());
    assert!(executor::block_on(connect).is_err());

    let _entered = handle.enter();
    let panic = catch_unwind(|| armed_long(Waker::noop())).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("reactor was dropped"), "{message}");
}

#[test]
fn dropping_the_reactor_wakes_whoever_waits_for_a_timer() {
    let rig = Rig::new();
    let count = Count::new();
    let mut sleep = armed_long(count.waker());
    drop(rig);
    assert_eq!((count.wakes(), count.kept()), (1, 0));
    let panicked = catch_unwind(AssertUnwindSafe(|| poll_sleep(&mut sleep, count.waker())));
    assert!(panicked.is_err(), "it has not fired, and never will");
}

/// tokio#4231 is about I/O outside of its runtime; tokio has a neighbour of this as `io_notify_while_shutting_down`.
#[test]
fn waiting_for_a_socket_of_another_reactor_is_an_error_and_no_hang() {
    let rig = Rig::new();
    let (stream, _peer) = rig.connect();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let foreign = run(async {
        let read = read_some(&stream, &mut [0; 8]).await.err();
        let accepted = listener.accept().await.err();
        let bound = TcpListener::bind_in(&rig.reactor.handle(), ANY_PORT).err();
        [read, accepted, bound]
    });
    for error in foreign {
        let advice = error.expect("it would wait forever").to_string();
        assert!(advice.contains("belongs to another reactor"), "{advice}");
    }
    // Where its own reactor runs, the socket is as good as ever.
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
}

#[test]
#[should_panic(expected = "belongs to another reactor")]
fn waiting_for_a_timer_of_another_reactor_panics_and_does_not_hang() {
    let rig = Rig::new();
    let sleep = armed_long(Waker::noop());
    run(sleep);
    drop(rig);
}

/// As with sockets: whoever need not wait is not asked where.
#[test]
fn a_timer_that_has_fired_is_over_under_any_reactor_and_without_its_own() {
    let rig = Rig::new();
    let count = Count::new();
    let [mut sleep, mut late] = [(); 2].map(|()| sleep(Duration::from_millis(1)));
    assert!(poll_sleep(&mut sleep, count.waker()).is_pending());
    assert!(poll_sleep(&mut late, count.waker()).is_pending());
    rig.turn_until(&count, 2);
    drop(rig);
    assert!(poll_sleep(&mut late, count.waker()).is_ready());
    let other = Reactor::new().unwrap();
    let _entered = other.handle().enter();
    assert!(poll_sleep(&mut sleep, count.waker()).is_ready());
}

#[test]
fn a_timer_that_was_polled_under_another_reactor_leaves_no_deadline_when_it_is_dropped() {
    let rig = Rig::new();
    let mut sleep = armed_long(Waker::noop());
    let other = Reactor::new().unwrap();
    let entered = other.handle().enter();
    let poll = catch_unwind(AssertUnwindSafe(|| poll_sleep(&mut sleep, Waker::noop())));
    assert!(poll.is_err());
    drop(entered);
    drop(sleep);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// What a kernel call can do at once needs nobody who waits for events.
#[test]
fn what_does_not_have_to_wait_works_under_any_reactor_and_under_none() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 2]).is_pending());
    peer.write_all(b"data").unwrap();
    rig.turn_until(&count, 1);
    run(async { assert_eq!(read_some(&stream, &mut [0; 2]).await.unwrap(), 2) });
    drop(rig);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 2])), 2);
    assert_eq!(ready(poll_write(&stream, count.waker(), b"answer")), 6);
}

#[test]
fn a_block_on_inside_a_block_on_runs_on_a_reactor_of_its_own() {
    run(async {
        let (client, server) = connection().await;
        let inner = reactor::block_on(async {
            let (client, server) = connection().await;
            write_all(&client, b"inner").await.unwrap();
            read_some(&server, &mut [0; 8]).await.unwrap()
        });
        assert_eq!(inner.unwrap(), 5);
        sleep(Duration::from_millis(1)).await;
        write_all(&client, b"o").await.unwrap();
        assert_eq!(read_some(&server, &mut [0; 8]).await.unwrap(), 1);
    });
}

/// Their wakes go to the one that they are for, whichever of the two is running.
// async-executor `different_executors`
#[test]
fn two_executors_with_a_reactor_each_take_turns_on_one_thread() {
    let _watchdog = watchdog();
    let sides = [(); 2].map(|()| {
        let reactor = Reactor::new().unwrap();
        (reactor.handle(), Executor::with_park(reactor))
    });
    let (mut ends, mut peers) = (Vec::new(), Vec::new());
    for (handle, executor) in &sides {
        let _entered = handle.enter();
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        peers.push(std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap());
        ends.push(executor.spawn(async move {
            let (stream, _) = listener.accept().await?;
            sleep(Duration::from_millis(1)).await;
            spawn(async move { read_some(&stream, &mut [0; 8]).await }).await.unwrap()
        }));
    }
    for peer in &mut peers {
        peer.write_all(b"data").unwrap();
    }
    while !ends.iter().all(executor::JoinHandle::is_finished) {
        for (handle, executor) in &sides {
            let _entered = handle.enter();
            let _ = executor.tick();
        }
    }
    for end in ends {
        assert_eq!(executor::block_on(end).unwrap().unwrap(), 4);
    }
}

/// The futures of a `block_on` are dropped while its reactor is still there.
#[test]
fn a_task_that_is_dropped_with_its_executor_finds_the_reactor() {
    struct Goodbye(Rc<std::cell::Cell<bool>>);
    impl Drop for Goodbye {
        fn drop(&mut self) {
            self.0.set(TcpListener::bind(ANY_PORT).is_ok());
        }
    }
    let found = Rc::new(std::cell::Cell::new(false));
    let goodbye = Goodbye(Rc::clone(&found));
    run(async {
        spawn(async move {
            let _goodbye = goodbye;
            sleep(LONG).await;
        })
        .detach();
        sleep(Duration::from_millis(1)).await;
    });
    assert!(found.get());
}

#[test]
fn no_connection_is_taken_where_the_stream_could_not_be_waited_for() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    {
        let other = Reactor::new().unwrap();
        let _entered = other.handle().enter();
        let error = failed(listener.poll_accept(&mut Count::new().context()));
        assert!(error.to_string().contains("another reactor"), "{error}");
        let error = reactor::block_on(listener.accept()).unwrap().unwrap_err();
        assert!(error.to_string().contains("another reactor"), "{error}");
    }
    let (_, address) = rig.drive(listener.accept()).unwrap();
    assert_eq!(address, peer.local_addr().unwrap(), "it has gone on waiting");
}

//! Who waits for a socket, and who is woken.

mod support;

use std::cell::RefCell;
use std::future::Future;
use std::io::{Read, Write};
use std::rc::Rc;

use executor::{Executor, spawn, yield_now};
use reactor::TcpListener;

use support::wakers::Count;
use support::{ANY_PORT, Rig, SharedPark, fill, poll_read, poll_write, read_some, ready};

/// A reader in one task and a writer in another, on one socket. An event for the one must not cost
/// the other a wake, let alone clear its readiness (tokio#8054, tokio#8221).
#[test]
fn room_to_write_wakes_the_writer_and_not_the_reader() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (reader, writer) = (Count::new(), Count::new());
    assert!(poll_read(&stream, reader.waker(), &mut [0; 8]).is_pending());
    let mut room = vec![0; fill(&stream, writer.waker())];

    peer.read_exact(&mut room).unwrap();
    rig.turn_until(&writer, 1);
    assert_eq!(reader.wakes(), 0);
    assert_eq!(reader.kept(), 1, "the reader still waits");
    assert_ne!(ready(poll_write(&stream, writer.waker(), b"more")), 0);

    peer.write_all(b"answer").unwrap();
    rig.turn_until(&reader, 1);
    assert_eq!(ready(poll_read(&stream, reader.waker(), &mut [0; 8])), 6);
}

#[test]
fn data_wakes_the_reader_and_not_the_writer() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (reader, writer) = (Count::new(), Count::new());
    assert!(poll_read(&stream, reader.waker(), &mut [0; 8]).is_pending());
    fill(&stream, writer.waker());

    peer.write_all(b"data").unwrap();
    rig.turn_until(&reader, 1);
    assert_eq!((writer.wakes(), writer.kept()), (0, 1));
}

// async-io's `poll_readable` wakes whom it replaces
#[test]
fn a_second_reader_takes_the_place_of_the_first_and_wakes_it() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (first, second) = (Count::new(), Count::new());
    assert!(poll_read(&stream, first.waker(), &mut [0; 8]).is_pending());
    assert!(poll_read(&stream, second.waker(), &mut [0; 8]).is_pending());
    assert_eq!((first.wakes(), first.kept()), (1, 0));
    assert_eq!((second.wakes(), second.kept()), (0, 1));

    peer.write_all(b"data").unwrap();
    rig.turn_until(&second, 1);
    assert_eq!(first.wakes(), 1);
}

#[test]
fn a_reader_that_is_polled_again_wakes_nobody() {
    let rig = Rig::new();
    let (stream, _peer) = rig.connect();
    let count = Count::new();
    for _ in 0..3 {
        assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    }
    assert_eq!((count.wakes(), count.kept()), (0, 1));
}

/// async-io has this as the `Drop` of its `Ready` future, tokio as that of `Readiness`.
#[test]
fn a_read_that_is_dropped_while_it_waits_loses_no_data() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    let mut buffer = [0; 8];
    let mut read = Box::pin(read_some(&stream, &mut buffer));
    assert!(read.as_mut().poll(&mut count.context()).is_pending());
    peer.write_all(b"kept").unwrap();
    drop(read);

    assert_eq!(rig.drive(read_some(&stream, &mut buffer)).unwrap(), 4);
    assert_eq!(&buffer[..4], b"kept");
}

#[test]
fn a_waker_is_let_go_of_when_its_event_has_come_and_when_its_socket_is_dropped() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"data").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(count.kept(), 0);

    ready(poll_read(&stream, count.waker(), &mut [0; 8]));
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    assert_eq!(count.kept(), 1);
    drop(stream);
    assert_eq!((count.kept(), count.wakes()), (0, 1));
}

/// Nobody is to be woken for a future that is gone: C74.
#[test]
fn an_accept_that_is_dropped_while_it_waits_lets_go_of_its_waker() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    let mut accept = Box::pin(listener.accept());
    assert!(accept.as_mut().poll(&mut count.context()).is_pending());
    assert_eq!(count.kept(), 1);
    drop(accept);
    assert_eq!((count.kept(), count.wakes()), (0, 0));

    let mut again = Box::pin(listener.accept());
    assert!(again.as_mut().poll(&mut count.context()).is_pending());
    let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    rig.turn_until(&count, 1);
    assert!(again.as_mut().poll(&mut count.context()).is_ready());
}

#[test]
fn a_future_that_is_dropped_leaves_the_waker_of_another_task_in_its_place() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (first, second) = (Count::new(), Count::new());
    let mut early = Box::pin(stream.readable());
    let mut late = Box::pin(stream.readable());
    assert!(poll_read(&stream, first.waker(), &mut [0; 8]).is_pending());
    assert!(early.as_mut().poll(&mut first.context()).is_pending());
    assert!(late.as_mut().poll(&mut second.context()).is_pending());
    drop(early);
    assert_eq!(second.kept(), 1);
    peer.write_all(b"data").unwrap();
    rig.turn_until(&second, 1);
}

/// Two futures of one task have the same waker, and one slot keeps it once: whichever goes, the other waits on.
#[test]
fn a_future_that_is_dropped_leaves_the_waker_to_another_one_of_its_task() {
    for first_goes in [true, false] {
        let rig = Rig::new();
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let count = Count::new();
        let mut futures = [(); 2].map(|()| Some(Box::pin(listener.accept())));
        for accept in futures.iter_mut().flatten() {
            assert!(accept.as_mut().poll(&mut count.context()).is_pending());
        }
        futures[usize::from(!first_goes)] = None;
        assert_eq!(count.kept(), 1);
        let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        rig.turn_until(&count, 1);
    }
}

/// A turn wakes tasks and never polls them: whoever turns the reactor may hold what they need
/// (compio#1044; tokio has this as `test_drop_on_notify`).
#[test]
fn a_task_that_holds_what_the_woken_task_needs_may_turn_the_reactor() {
    let rig = Rig::new();
    let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
    let (stream, mut peer) = rig.connect();
    let log = Rc::new(RefCell::new(Vec::new()));
    let turns = Rc::clone(&rig.reactor);
    executor.block_on(async {
        let reads = Rc::clone(&log);
        let reader = spawn(async move {
            read_some(&stream, &mut [0; 8]).await.unwrap();
            reads.borrow_mut().push("read");
        });
        yield_now().await;
        {
            let mut held = log.borrow_mut();
            peer.write_all(b"data").unwrap();
            while turns.turn(None).unwrap().woken == 0 {}
            held.push("turned");
        }
        reader.await.unwrap();
    });
    assert_eq!(*log.borrow(), ["turned", "read"]);
}

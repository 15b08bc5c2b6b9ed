//! File descriptors: small numbers that come back at once, and of which there are not enough.
#![cfg(unix)]

mod support;

use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::task::{Context, Poll};

use mio::net::TcpStream;
use reactor::{Direction, Handle, Reactor, Registration};
use rlimit::Resource;

use support::child::{assert_passed, command, is_child};
use support::wakers::{Count, on_wake};
use support::{ANY_PORT, Rig, ready, run};

/// Runs `test` in a process of its own, where nobody else opens or closes anything.
fn alone(test: &str, inside: impl FnOnce()) {
    if is_child(test) {
        inside();
    } else {
        assert_passed(&command(test, &[]).output().unwrap());
    }
}

type Watched = Registration<TcpStream>;

/// Two connections have an event in one batch. The first wake closes the other connection and makes a new one, which
/// is given its descriptor: the number is the same, and the event is not for it (gramine#340, io-event#65).
#[test]
fn a_connection_with_the_descriptor_of_one_that_was_closed_in_the_same_turn_is_not_given_its_event() {
    alone(
        "a_connection_with_the_descriptor_of_one_that_was_closed_in_the_same_turn_is_not_given_its_event",
        reconnect_within_a_turn,
    );
}

fn reconnect_within_a_turn() {
    let rig = Rig::new();
    let mut connections = [(); 2].map(|()| connection(&rig.reactor.handle()));
    let _ = rig.look();
    for (_, peer) in &mut connections {
        peer.write_all(b"old").unwrap();
    }
    let connections = Rc::new(RefCell::new(connections.map(Some)));
    let (successor, fresh) = (Rc::new(RefCell::new(None)), Rc::new(Count::new()));
    for mine in [0, 1] {
        let (moved, successor) = (Rc::clone(&connections), Rc::clone(&successor));
        let (fresh, handle) = (Rc::clone(&fresh), rig.reactor.handle());
        let waker = on_wake(move || {
            // The second wake finds its own connection gone.
            if successor.borrow().is_none() {
                let closed = moved.borrow_mut()[1 - mine].take().expect("it is closed once");
                *successor.borrow_mut() = Some(reconnect(closed, &handle, &fresh));
            }
        });
        let connections = connections.borrow();
        let (stream, _) = connections[mine].as_ref().unwrap();
        let poll = stream.poll_io(&mut Context::from_waker(&waker), Direction::Read, |_| would_block());
        assert!(poll.is_pending());
    }

    assert_eq!(rig.look().events, 2, "both events are in one batch");
    assert_eq!(fresh.wakes(), 0, "the event was that of a closed connection");
    let (stream, mut peer) = successor.borrow_mut().take().expect("a wake has made one");
    assert!(read(&stream, &fresh).is_pending());
    let _ = rig.look();
    assert_eq!(fresh.wakes(), 0, "it has come late");
    peer.write_all(b"fresh").unwrap();
    rig.turn_until(&fresh, 1);
    assert_eq!(ready(read(&stream, &fresh)), 5);
}

/// Closes a connection, and waits for data on a new one with the same descriptor.
fn reconnect(
    closed: (Watched, std::net::TcpStream),
    handle: &Handle,
    count: &Count,
) -> (Watched, std::net::TcpStream) {
    let descriptor = closed.0.get_ref().as_raw_fd();
    // Made before, or they would take the number.
    let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
    drop(closed.0);
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(stream.as_raw_fd(), descriptor, "the lowest number that is free is the next one");
    let stream = watch(stream, handle);
    assert!(read(&stream, count).is_pending());
    (stream, listener.accept().unwrap().0)
}

/// The number is that of the one before, and so is the slot.
#[test]
fn connections_that_follow_each_other_on_one_descriptor_are_each_told_of_their_own_data() {
    alone("connections_that_follow_each_other_on_one_descriptor_are_each_told_of_their_own_data", || {
        let rig = Rig::new();
        let mut seen: Vec<(RawFd, u8)> = Vec::new();
        for number in 0..100 {
            let (stream, mut peer) = connection(&rig.reactor.handle());
            let count = Count::new();
            assert!(read(&stream, &count).is_pending());
            peer.write_all(&vec![number; usize::from(number) + 1]).unwrap();
            rig.turn_until(&count, 1);
            assert_eq!(ready(read(&stream, &count)), usize::from(number) + 1);
            // This is left behind in the kernel's queue, for nobody.
            peer.write_all(b"more").unwrap();
            seen.push((stream.get_ref().as_raw_fd(), number));
        }
        assert!(seen.windows(2).all(|pair| pair[0].0 == pair[1].0), "{seen:?}");
        assert_eq!(rig.look().events, 0);
    });
}

#[test]
fn a_reactor_that_gets_too_few_descriptors_is_an_error_and_leaves_none_open() {
    alone("a_reactor_that_gets_too_few_descriptors_is_an_error_and_leaves_none_open", || {
        let mut occupied = occupy_all_descriptors();
        let mut spared = 0;
        while Reactor::new().is_err() {
            // Those that were spared are all free again.
            let mut free: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
            assert_eq!(free.len(), spared);
            free.clear();
            occupied.pop().expect("some number is enough");
            spared += 1;
        }
        assert!(spared > 0, "there was no shortage");
    });
}

/// An attempt that gets no descriptor fails, and does not wait for one.
#[test]
fn a_connection_that_gets_no_descriptor_is_an_error() {
    alone("a_connection_that_gets_no_descriptor_is_an_error", || {
        run(async {
            let listener = reactor::TcpListener::bind(ANY_PORT).unwrap();
            let address = listener.local_addr().unwrap();
            let occupied = occupy_all_descriptors();
            let error = reactor::TcpStream::connect(address).await.unwrap_err();
            assert_eq!(error.raw_os_error(), Some(24), "this is not EMFILE: {error}");
            drop(occupied);
            reactor::TcpStream::connect(address).await.unwrap();
        });
    });
}

fn occupy_all_descriptors() -> Vec<File> {
    let (_, hard) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(64, hard).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// A connection: the near end watched, its first event still to come.
fn connection(handle: &Handle) -> (Watched, std::net::TcpStream) {
    let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (watch(stream, handle), listener.accept().unwrap().0)
}

fn watch(stream: std::net::TcpStream, handle: &Handle) -> Watched {
    stream.set_nonblocking(true).unwrap();
    Registration::new(TcpStream::from_std(stream), handle).unwrap()
}

fn read(stream: &Watched, count: &Count) -> Poll<std::io::Result<usize>> {
    stream.poll_io(&mut count.context(), Direction::Read, |mut stream| stream.read(&mut [0; 256]))
}

fn would_block() -> std::io::Result<()> {
    Err(std::io::ErrorKind::WouldBlock.into())
}

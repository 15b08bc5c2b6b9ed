//! Slots that are freed and taken again: an event is for the socket it was raised for, or for
//! nobody.

mod support;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use mio::event::Source;
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use reactor::{Direction, Handle, Registration};

use support::wakers::{Count, on_wake};
use support::{ANY_PORT, Rig, ready, slot_of};

/// Two sockets have an event in one batch; the first wake drops the other socket and has a new one
/// take its slot, all within the turn (mio#172, mio#219).
#[test]
fn a_socket_dropped_by_a_wake_of_the_same_turn_leaves_no_event_to_the_next_in_its_slot() {
    let rig = Rig::new();
    let places = Rc::new(RefCell::new(Places {
        sockets: [Some(watched(&rig)), Some(watched(&rig))],
        successor: None,
    }));
    let _ = rig.look();
    let fresh = Rc::new(Count::new());
    for mine in [0, 1] {
        let (moved, fresh, handle) = (Rc::clone(&places), Rc::clone(&fresh), rig.reactor.handle());
        let waker = on_wake(move || {
            // The second wake finds its own socket gone.
            if moved.borrow().successor.is_none() {
                moved.borrow_mut().replace(1 - mine, &handle, fresh.waker());
            }
        });
        let socket = places.borrow_mut().sockets[mine].take().unwrap();
        assert!(receive(&socket, &waker).is_pending());
        send(&socket);
        places.borrow_mut().sockets[mine] = Some(socket);
    }

    assert_eq!(rig.look().events, 2, "both events are in one batch");
    assert_eq!(fresh.wakes(), 0);
    let places = places.borrow();
    let successor = places.successor.as_ref().expect("a wake has made a new socket");
    assert!(receive(successor, fresh.waker()).is_pending());
    send(successor);
    rig.turn_until(&fresh, 1);
    assert_eq!(ready(receive(successor, fresh.waker())), 1);
}

/// Two sockets, and the one that takes the slot of the one that is dropped.
struct Places {
    sockets: [Option<Registration<UdpSocket>>; 2],
    successor: Option<Registration<UdpSocket>>,
}

impl Places {
    /// Drops one of the sockets, and has `waker` wait for another one in its slot.
    fn replace(&mut self, which: usize, handle: &Handle, waker: &Waker) {
        let socket = self.sockets[which].take().expect("it is dropped once");
        let slot = slot_of(&socket);
        drop(socket);
        let successor = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), handle).unwrap();
        assert_eq!(slot_of(&successor), slot, "the slot is not taken again");
        assert!(receive(&successor, waker).is_pending());
        self.successor = Some(successor);
    }
}

/// A source that the kernel goes on watching after it was deregistered and dropped, under the token
/// of then.
#[derive(Debug)]
struct Stubborn(Rc<RefCell<UdpSocket>>);

impl Source for Stubborn {
    fn register(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.0.borrow_mut().register(registry, token, interests)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.0.borrow_mut().reregister(registry, token, interests)
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        Ok(())
    }
}

/// The kernel can report a descriptor that is long closed here, as long as a duplicate of it is
/// open (mio#265).
#[test]
fn an_event_for_a_socket_that_is_gone_is_not_taken_for_one_of_the_socket_in_its_slot() {
    let rig = Rig::new();
    let socket = Rc::new(RefCell::new(UdpSocket::bind(ANY_PORT).unwrap()));
    let stubborn = Registration::new(Stubborn(Rc::clone(&socket)), &rig.reactor.handle()).unwrap();
    let slot = slot_of(&stubborn);
    drop(stubborn);
    let successor = watched(&rig);
    assert_eq!(slot_of(&successor), slot, "the slot is not taken again");
    let count = Count::new();
    assert!(receive(&successor, count.waker()).is_pending());
    let _ = rig.look();

    send_to(&socket.borrow());
    #[cfg(unix)]
    assert!(support::wants_a_turn(&rig.reactor), "the kernel has dropped the event itself");
    assert_eq!(rig.look().events, 0);
    assert_eq!(count.wakes(), 0);
    send(&successor);
    rig.turn_until(&count, 1);
}

/// The kernel's watch is on what a descriptor stands for, so closing one of two is not enough to
/// end it (tokio has this as `memory_leak_when_fd_closed_before_drop`).
#[test]
#[cfg(unix)]
fn a_dropped_socket_whose_duplicate_is_open_raises_no_more_events() {
    let rig = Rig::new();
    let socket = std::net::UdpSocket::bind(ANY_PORT).unwrap();
    socket.set_nonblocking(true).unwrap();
    let duplicate = UdpSocket::from_std(socket.try_clone().unwrap());
    let watched = Registration::new(UdpSocket::from_std(socket), &rig.reactor.handle()).unwrap();
    let _ = rig.look();
    drop(watched);
    send_to(&duplicate);
    assert!(!support::wants_a_turn(&rig.reactor));
}

/// async-io has this as `duplicate_socket_insert`, polling as `insert_twice`.
#[test]
#[cfg(unix)]
fn a_descriptor_cannot_be_watched_twice_and_the_first_watch_goes_on() {
    use std::os::fd::AsRawFd;

    let rig = Rig::new();
    let socket = watched(&rig);
    let descriptor = socket.get_ref().as_raw_fd();
    let again = Registration::new(mio::unix::SourceFd(&descriptor), &rig.reactor.handle());
    assert_eq!(again.err().map(|error| error.kind()), Some(io::ErrorKind::AlreadyExists));

    let count = Count::new();
    assert!(receive(&socket, count.waker()).is_pending());
    send(&socket);
    rig.turn_until(&count, 1);
    assert_eq!(ready(receive(&socket, count.waker())), 1);
}

/// polling has this as `many_connections`.
#[test]
fn more_sockets_than_one_turn_takes_events_of_are_all_woken_once() {
    const MANY: usize = 2500;
    #[cfg(unix)]
    if rlimit::increase_nofile_limit(MANY as u64 + 100).unwrap() < MANY as u64 + 100 {
        return support::child::skip("the system grants too few descriptors: see `ulimit -Hn`");
    }
    let rig = Rig::new();
    let sockets: Vec<_> = (0..MANY).map(|_| (watched(&rig), Count::new())).collect();
    while rig.look().events > 0 {}
    for (socket, count) in &sockets {
        assert!(receive(socket, count.waker()).is_pending());
        send(socket);
    }
    let mut woken = Vec::new();
    while woken.iter().sum::<usize>() < MANY {
        woken.push(rig.reactor.turn(None).unwrap().woken);
    }
    assert!(woken.len() > 1, "one turn takes them all: raise MANY");
    for (socket, count) in &sockets {
        assert_eq!(count.wakes(), 1);
        assert_eq!(ready(receive(socket, count.waker())), 1);
    }
}

/// A socket that receives datagrams.
fn watched(rig: &Rig) -> Registration<UdpSocket> {
    Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &rig.reactor.handle()).unwrap()
}

fn receive(socket: &Registration<UdpSocket>, waker: &Waker) -> Poll<io::Result<usize>> {
    socket.poll_io(&mut Context::from_waker(waker), Direction::Read, |socket| socket.recv(&mut [0; 8]))
}

fn send(socket: &Registration<UdpSocket>) {
    send_to(socket.get_ref());
}

/// Sends one byte to `socket`, and returns when it is there.
fn send_to(socket: &UdpSocket) {
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    while socket.peek(&mut [0; 8]).is_err() {}
}

//! A listener when the process has no descriptors left.
#![cfg(unix)]

mod support;

use std::fs::File;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;

use reactor::{TcpListener, VirtualClock};
use rlimit::Resource;

use support::child::{assert_passed, command, is_child};
use support::wakers::Count;
use support::{ANY_PORT, Rig, failed};

#[test]
fn a_listener_that_had_no_descriptor_left_accepts_the_same_connection_later() {
    const NAME: &str = "a_listener_that_had_no_descriptor_left_accepts_the_same_connection_later";
    if !is_child(NAME) {
        assert_passed(&command(NAME, &[]).output().unwrap());
        return;
    }
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    assert!(listener.poll_accept(&mut count.context()).is_pending());
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    rig.turn_until(&count, 1);

    let occupied = occupy_all_descriptors();
    let error = failed(listener.poll_accept(&mut count.context()));
    assert_eq!(error.raw_os_error(), Some(24), "this is not EMFILE: {error}");
    assert_eq!(rig.look().events, 0, "nothing keeps the reactor busy meanwhile");

    drop(occupied);
    let (_, peer) = rig.drive(listener.accept()).unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

/// Nothing but the clock ends the rest of a listener, and whoever accepts can be dropped meanwhile.
#[test]
fn a_listener_that_rests_sets_a_timer_and_loses_no_connection_when_the_accept_is_dropped() {
    const NAME: &str =
        "a_listener_that_rests_sets_a_timer_and_loses_no_connection_when_the_accept_is_dropped";
    if !is_child(NAME) {
        assert_passed(&command(NAME, &[]).output().unwrap());
        return;
    }
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let occupied = occupy_all_descriptors();
    let count = Count::new();
    let accept = resting(&rig, &listener, &count);
    assert!(rig.reactor.next_deadline().is_some());
    drop(accept);
    assert_eq!((count.kept(), rig.reactor.next_deadline()), (0, None));

    drop(occupied);
    let (_, peer) = rig.drive(listener.accept()).unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

/// Descriptors come back in real time, whatever a virtual clock says.
#[test]
fn a_listener_does_not_rest_by_a_clock_that_may_stand_still() {
    const NAME: &str = "a_listener_does_not_rest_by_a_clock_that_may_stand_still";
    if !is_child(NAME) {
        assert_passed(&command(NAME, &[]).output().unwrap());
        return;
    }
    let rig = Rig::with_clock(&VirtualClock::manual());
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let occupied = occupy_all_descriptors();
    rig.drive(listener.accept()).unwrap_err();
    drop(occupied);
    let (_, peer) = rig.drive(listener.accept()).unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
    assert_eq!(rig.reactor.next_deadline(), None);
}

#[test]
fn an_accept_of_a_listener_that_rests_fails_when_the_reactor_is_dropped() {
    const NAME: &str = "an_accept_of_a_listener_that_rests_fails_when_the_reactor_is_dropped";
    if !is_child(NAME) {
        assert_passed(&command(NAME, &[]).output().unwrap());
        return;
    }
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let _occupied = occupy_all_descriptors();
    let count = Count::new();
    let mut accept = resting(&rig, &listener, &count);
    drop(rig);
    assert_eq!(count.wakes(), 1);
    let error = failed(accept.as_mut().poll(&mut count.context()));
    assert!(error.to_string().contains("reactor was dropped"), "{error}");
}

/// An accept that waits since the one before it has failed. Where this thread was kept from running meanwhile it is
/// too late for that, and once more.
fn resting<'a>(
    rig: &Rig,
    listener: &'a TcpListener,
    count: &Count,
) -> Pin<Box<dyn Future<Output = Accepted> + 'a>> {
    loop {
        rig.drive(listener.accept()).unwrap_err();
        let mut accept = Box::pin(listener.accept());
        if accept.as_mut().poll(&mut count.context()).is_pending() {
            return accept;
        }
    }
}

type Accepted = io::Result<(reactor::TcpStream, SocketAddr)>;

fn occupy_all_descriptors() -> Vec<File> {
    let (_, hard) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(64, hard).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

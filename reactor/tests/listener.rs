//! A listener when the process has no descriptors left.
#![cfg(unix)]

mod support;

use std::fs::File;
use std::net::TcpStream;

use reactor::TcpListener;
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

fn occupy_all_descriptors() -> Vec<File> {
    let (_, hard) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(64, hard).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

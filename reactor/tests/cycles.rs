//! Sockets that are owned by the wakers which wait for them: as under executors whose wakers own their tasks.

mod support;

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::net;
use std::sync::Arc;
use std::task::{Wake, Waker};

use reactor::TcpStream;

use support::{Rig, poll_read};

/// tokio had the leak as tokio#3481; tokio#8360 is one in another place.
#[test]
fn a_socket_that_is_owned_by_its_own_waker_is_closed_when_the_reactor_is_dropped() {
    let rig = Rig::new();
    let mut peer = owned_by_its_waker(&rig);
    let _ = rig.look();
    assert!(!is_closed(&mut peer));
    drop(rig);
    assert!(is_closed(&mut peer));
}

#[test]
fn a_socket_that_is_owned_by_its_own_waker_is_closed_when_that_is_woken() {
    let rig = Rig::new();
    let mut peer = owned_by_its_waker(&rig);
    peer.write_all(b"data").unwrap();
    while rig.reactor.turn(None).unwrap().woken == 0 {}
    assert!(is_closed(&mut peer));
    assert_eq!(rig.look().events, 0);
}

thread_local! {
    /// What the waker of this thread owns: a waker must be `Send`, and a socket is not.
    static OWNED: RefCell<Option<TcpStream>> = const { RefCell::new(None) };
}

/// A waker that owns what is in [`OWNED`].
struct Owner;

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Out of the cell before it is dropped.
        let owned = OWNED.take();
        drop(owned);
    }
}

/// The far end of a connection whose near end is owned by the waker that waits for it, and by nobody else.
fn owned_by_its_waker(rig: &Rig) -> net::TcpStream {
    let (stream, peer) = rig.connect();
    let waker = Waker::from(Arc::new(Owner));
    assert!(poll_read(&stream, &waker, &mut [0; 8]).is_pending());
    OWNED.set(Some(stream));
    peer
}

/// Whether the other end is: in order, or by a reset if there was something that it had not read.
fn is_closed(peer: &mut net::TcpStream) -> bool {
    peer.set_nonblocking(true).unwrap();
    !matches!(peer.read(&mut [0; 8]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

//! Sources of somebody's own.
#![cfg(unix)]

mod support;

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd};

use mio::Interest;
use mio::net::UdpSocket;
use mio::unix::{SourceFd, pipe};
use reactor::{Direction, Registration, TcpStream};

use support::wakers::{Count, Deed, hooked};
use support::{ANY_PORT, Rig, failed, poll_read, ready, slot_of};

/// A source that can be read alone, as many can.
#[test]
fn a_source_that_is_registered_for_reading_is_waited_for_to_be_read() {
    let rig = Rig::new();
    let (mut sender, receiver) = pipe::new().unwrap();
    let receiver = Registration::with_interest(receiver, &rig.reactor.handle(), Interest::READABLE).unwrap();
    let count = Count::new();
    let mut buffer = [0; 8];
    let mut read = Box::pin(receiver.async_io(Direction::Read, |mut receiver| receiver.read(&mut buffer)));
    assert!(read.as_mut().poll(&mut count.context()).is_pending());
    sender.write_all(b"hello").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(rig.drive(read).unwrap(), 5);
}

/// No event would ever end such a wait.
#[test]
fn waiting_in_a_direction_that_the_source_is_not_watched_for_is_an_error_and_no_hang() {
    let rig = Rig::new();
    let handle = rig.reactor.handle();
    let (sender, receiver) = pipe::new().unwrap();
    let receiver = Registration::with_interest(receiver, &handle, Interest::READABLE).unwrap();
    let sender = Registration::with_interest(sender, &handle, Interest::WRITABLE).unwrap();
    let count = Count::new();
    let blocked = |_: &_| io::Result::<()>::Err(ErrorKind::WouldBlock.into());
    let error = failed(receiver.poll_io(&mut count.context(), Direction::Write, blocked));
    assert!(error.to_string().contains("not registered for writing"), "{error}");
    let blocked = |_: &_| io::Result::<()>::Err(ErrorKind::WouldBlock.into());
    let error = failed(sender.poll_io(&mut count.context(), Direction::Read, blocked));
    assert!(error.to_string().contains("registered for writing alone"), "{error}");
    assert_eq!(count.kept(), 0);
}

/// Urgent data is no byte to be read, and yet something to be told.
#[test]
#[cfg(target_os = "linux")]
fn a_source_that_is_registered_for_urgent_data_is_waited_for_as_if_to_be_read() {
    let rig = Rig::new();
    let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let stream = mio::net::TcpStream::from_std(listener.accept().unwrap().0);
    let stream = Registration::with_interest(stream, &rig.reactor.handle(), Interest::PRIORITY).unwrap();
    let count = Count::new();
    let attempt = || {
        stream.poll_io(&mut count.context(), Direction::Read, |stream| {
            let urgent =
                socket2::SockRef::from(stream).recv_out_of_band(&mut [std::mem::MaybeUninit::uninit(); 1]);
            // Linux says that there is none, and not that it would block.
            urgent.map_err(|_| ErrorKind::WouldBlock.into())
        })
    };
    assert!(attempt().is_pending());
    socket2::SockRef::from(&peer).send_out_of_band(b"!").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(attempt()), 1);
}

#[test]
fn a_file_descriptor_of_whatever_kind_is_a_source() {
    let rig = Rig::new();
    let (mut sender, receiver) = pipe::new().unwrap();
    let descriptor = receiver.as_raw_fd();
    let watched = SourceFd(&descriptor);
    let watched = Registration::with_interest(watched, &rig.reactor.handle(), Interest::READABLE).unwrap();
    let read = |_: &SourceFd<'_>| (&receiver).read(&mut [0; 8]);
    let count = Count::new();
    assert!(watched.poll_io(&mut count.context(), Direction::Read, read).is_pending());
    sender.write_all(b"hello").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(watched.poll_io(&mut count.context(), Direction::Read, read)), 5);
}

#[test]
fn a_source_can_be_changed_by_the_operation_that_waits_for_it() {
    let rig = Rig::new();
    let (mut sender, receiver) = pipe::new().unwrap();
    let mut receiver =
        Registration::with_interest(receiver, &rig.reactor.handle(), Interest::READABLE).unwrap();
    sender.write_all(b"hello").unwrap();
    let mut buffer = [0; 8];
    let read = receiver.async_io_mut(Direction::Read, |receiver| receiver.read(&mut buffer));
    assert_eq!(rig.drive(read).unwrap(), 5);
    assert_eq!(receiver.as_fd().as_raw_fd(), receiver.get_mut().as_raw_fd());
}

#[test]
fn a_source_that_was_taken_out_can_be_registered_again() {
    let rig = Rig::new();
    let handle = rig.reactor.handle();
    let count = Count::new();
    let receive = |socket: &Registration<UdpSocket>| {
        socket.poll_io(&mut count.context(), Direction::Read, |socket| socket.recv(&mut [0; 8]))
    };
    let first = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &handle).unwrap();
    assert!(receive(&first).is_pending());
    let socket = first.into_inner().unwrap();
    assert_eq!((count.kept(), count.wakes()), (0, 0));
    let second = Registration::new(socket, &handle).unwrap();
    assert!(receive(&second).is_pending());
    let socket = second.get_ref();
    socket.send_to(b"hello", socket.local_addr().unwrap()).unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(receive(&second)), 5);
}

#[test]
#[cfg(target_os = "linux")]
fn what_the_kernel_cannot_watch_is_an_error_and_leaves_no_slot_behind() {
    let rig = Rig::new();
    let handle = rig.reactor.handle();
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    let before = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &handle).unwrap();
    let error = Registration::new(SourceFd(&file.as_raw_fd()), &handle).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "epoll says so of files: {error}");
    let after = Registration::new(UdpSocket::bind(ANY_PORT).unwrap(), &handle).unwrap();
    assert_eq!(slot_of(&after), slot_of(&before) + 1);
}

thread_local! {
    /// The socket that a waker of this thread owns, as wakers of executors do that own their tasks.
    static OWNED: RefCell<Option<TcpStream>> = const { RefCell::new(None) };
}

/// The waker owns the socket, and the socket's slot the waker (tokio#3481, tokio#8360).
#[test]
fn a_socket_that_is_owned_by_the_waker_which_waits_for_it_is_closed_with_the_reactor() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let waker = hooked(|deed| {
        if deed == Deed::Drop {
            drop(OWNED.take());
        }
    });
    assert!(poll_read(&stream, &waker, &mut [0; 8]).is_pending());
    drop(waker);
    OWNED.set(Some(stream));

    drop(rig);
    assert!(OWNED.take().is_none());
    assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0, "it was closed");
}

//! Streams that were accepted: nobody watches them before they have to wait, and nobody notices.

mod support;

use std::io::{ErrorKind, Write};

use reactor::{Registration, TcpListener, TcpStream};

use support::wakers::Count;
use support::{ANY_PORT, Rig, close_after_arrival, failed, poll_read, poll_write, ready};

/// A stream that was accepted, and its other end outside of the reactor.
fn accepted(rig: &Rig) -> (TcpStream, std::net::TcpStream) {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (rig.drive(listener.accept()).unwrap().0, peer)
}

#[test]
fn a_stream_that_was_accepted_has_no_event_before_it_waits() {
    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    let count = Count::new();
    peer.write_all(b"question").unwrap();
    assert_eq!(ready(poll_write(&stream, count.waker(), b"answer")), 6);
    assert_eq!(rig.look().events, 0);
}

#[test]
fn what_comes_between_a_read_in_vain_and_the_first_turn_wakes_the_reader() {
    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"late").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 4);
}

/// Who only ever tries waits for nothing, but has to be told of events all the same.
#[test]
fn a_stream_that_is_only_ever_tried_learns_of_what_comes_by_a_turn() {
    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    for message in [&b"one"[..], b"two", b"three"] {
        let error = stream.try_read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        peer.write_all(message).unwrap();
        let read = loop {
            let _ = rig.reactor.turn(None).unwrap();
            match stream.try_read(&mut [0; 8]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => break result.unwrap(),
            }
        };
        assert_eq!(read, message.len());
    }
}

/// The end was there before anybody watched, so it is no change.
#[test]
fn after_a_short_read_the_end_that_is_there_already_wakes_the_reader() {
    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    let count = Count::new();
    peer.write_all(b"last words").unwrap();
    close_after_arrival(peer);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 64])), 10);
    assert!(poll_read(&stream, count.waker(), &mut [0; 64]).is_pending());
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 64])), 0);
}

#[test]
fn a_stream_can_be_taken_out_whether_it_has_waited_or_not() {
    let rig = Rig::new();
    for has_waited in [false, true] {
        let (stream, mut peer) = accepted(&rig);
        let count = Count::new();
        if has_waited {
            assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
            let _ = rig.look();
        }
        let stream = stream.into_std().unwrap();
        peer.write_all(b"unseen").unwrap();
        assert_eq!((rig.look().events, count.kept()), (0, 0));
        // It is known to no reactor any more, so it can join again.
        let stream = TcpStream::from_std(stream).unwrap();
        assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 6);
    }
}

/// tokio `io_driver_drop` has this for streams that have waited.
#[test]
fn a_stream_whose_reactor_is_gone_before_it_has_waited_can_be_tried_but_not_waited_for() {
    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    let count = Count::new();
    drop(rig);
    peer.write_all(b"here").unwrap();
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 4])), 4);
    let error = failed(poll_read(&stream, count.waker(), &mut [0; 4]));
    assert!(error.to_string().contains("dropped"), "{error}");
}

/// Its own watch begins later, and then it is the second one.
#[test]
#[cfg(unix)]
fn a_stream_whose_descriptor_somebody_else_watches_fails_when_it_has_to_wait() {
    use std::os::fd::AsRawFd;

    let rig = Rig::new();
    let (stream, mut peer) = accepted(&rig);
    let descriptor = stream.as_raw_fd();
    let theirs = Registration::new(mio::unix::SourceFd(&descriptor), &rig.reactor.handle()).unwrap();
    let count = Count::new();
    let error = failed(poll_read(&stream, count.waker(), &mut [0; 8]));
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    drop(theirs);
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"late").unwrap();
    rig.turn_until(&count, 1);
}

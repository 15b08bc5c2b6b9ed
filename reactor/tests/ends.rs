//! How connections end: in order, by a reset, or by both sides at once.

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::pin::Pin;
use std::time::Duration;

use futures_io::AsyncWrite;
use socket2::SockRef;

use support::wakers::Count;
use support::{Rig, failed, fill, poll_read, poll_write, ready};

#[test]
fn the_end_of_the_stream_wakes_a_parked_reader() {
    let rig = Rig::new();
    let (stream, peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.shutdown(Shutdown::Write).unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 0);
}

/// tokio has this as `write_closed`: half a connection goes on.
#[test]
fn the_end_of_the_stream_leaves_a_parked_writer_alone_until_there_is_room() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (reader, writer) = (Count::new(), Count::new());
    fill(&stream, writer.waker());
    assert!(poll_read(&stream, reader.waker(), &mut [0; 8]).is_pending());

    peer.shutdown(Shutdown::Write).unwrap();
    rig.turn_until(&reader, 1);
    assert_eq!(writer.wakes(), 0);

    drain(&rig, &mut peer, &writer);
    assert_ne!(ready(poll_write(&stream, writer.waker(), b"more")), 0);
}

#[test]
fn closing_for_writing_is_read_as_the_end_and_leaves_reading_open() {
    let rig = Rig::new();
    let (mut stream, mut peer) = rig.connect();
    let count = Count::new();
    ready(Pin::new(&mut stream).poll_close(&mut count.context()));
    assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0);
    let error = failed(poll_write(&stream, count.waker(), b"too late"));
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);

    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"answer").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 6);
}

#[test]
fn a_reset_wakes_a_parked_reader_with_an_error() {
    let rig = Rig::new();
    let (stream, peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    reset(peer);
    rig.turn_until(&count, 1);
    let error = failed(poll_read(&stream, count.waker(), &mut [0; 8]));
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_reset_wakes_a_parked_writer_with_an_error() {
    let rig = Rig::new();
    let (stream, peer) = rig.connect();
    let count = Count::new();
    fill(&stream, count.waker());
    reset(peer);
    rig.turn_until(&count, 1);
    let error = failed(poll_write(&stream, count.waker(), b"more"));
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

/// mio has the event as `tcp_reset_close_event`. The system tells the error once, so the second to
/// ask gets what comes after it.
#[test]
fn a_reset_wakes_both_directions_and_neither_waits_again() {
    let rig = Rig::new();
    let (stream, peer) = rig.connect();
    let (reader, writer) = (Count::new(), Count::new());
    fill(&stream, writer.waker());
    assert!(poll_read(&stream, reader.waker(), &mut [0; 8]).is_pending());

    reset(peer);
    rig.turn_until(&reader, 1);
    assert_eq!(writer.wakes(), 1);
    let error = failed(poll_read(&stream, reader.waker(), &mut [0; 8]));
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    for _ in 0..2 {
        let error = failed(poll_write(&stream, writer.waker(), b"more"));
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert_eq!(ready(poll_read(&stream, reader.waker(), &mut [0; 8])), 0);
    }
}

/// As it succeeds for a connection that the other side has closed in order.
#[test]
fn closing_after_a_reset_is_no_error() {
    let rig = Rig::new();
    let (mut stream, peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    reset(peer);
    rig.turn_until(&count, 1);
    assert_eq!(stream.shutdown(Shutdown::Write).unwrap_err().kind(), ErrorKind::NotConnected);
    for _ in 0..2 {
        ready(Pin::new(&mut stream).poll_close(&mut count.context()));
    }
}

/// mio has the event as `hup_event_on_disconnect`.
#[test]
fn a_connection_that_both_sides_have_closed_wakes_a_reader_and_waits_for_nothing() {
    let rig = Rig::new();
    let (stream, peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    stream.shutdown(Shutdown::Write).unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    rig.turn_until(&count, 1);
    for _ in 0..2 {
        assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 0);
        let error = failed(poll_write(&stream, count.waker(), b"more"));
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
}

/// An error need not come with anything to read: this one is the answer to a datagram for nobody.
#[test]
#[cfg(target_os = "linux")]
fn an_error_alone_wakes_a_parked_reader() {
    use mio::net::UdpSocket;
    use reactor::{Direction, Registration};
    use support::ANY_PORT;

    let rig = Rig::new();
    let [near, far] = [(); 2].map(|()| UdpSocket::bind(ANY_PORT).unwrap());
    // It keeps its port, and takes datagrams from itself alone.
    far.connect(far.local_addr().unwrap()).unwrap();
    near.connect(far.local_addr().unwrap()).unwrap();
    let near = Registration::new(near, &rig.reactor.handle()).unwrap();
    let _ = rig.look();
    let count = Count::new();
    let receive = || near.poll_io(&mut count.context(), Direction::Read, |socket| socket.recv(&mut [0; 8]));
    assert!(receive().is_pending());
    near.get_ref().send(b"anybody?").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(failed(receive()).kind(), ErrorKind::ConnectionRefused);
}

/// Data that was received before the other side closed is not lost by the writer's failing.
#[test]
fn what_came_before_the_end_is_read_to_the_last_byte() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    peer.write_all(&[b'x'; 1000]).unwrap();
    drop(peer);
    let read = rig.drive(async {
        let (mut read, mut buffer) = (0, [0; 64]);
        loop {
            match support::read_some(&stream, &mut buffer).await.unwrap() {
                0 => return read,
                length => read += length,
            }
        }
    });
    assert_eq!(read, 1000);
}

/// Ends a connection in a way that the other side is told as an error.
fn reset(peer: std::net::TcpStream) {
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
}

/// Reads from `peer` until the writer at the other end was woken.
fn drain(rig: &Rig, peer: &mut std::net::TcpStream, writer: &Count) {
    peer.set_nonblocking(true).unwrap();
    let mut buffer = vec![0; 1 << 16];
    while writer.wakes() == 0 {
        match peer.read(&mut buffer) {
            Ok(0) => panic!("the writer has closed the connection"),
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        let _ = rig.look();
    }
}

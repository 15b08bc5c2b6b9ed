//! What a reactor knows of a socket, and when it asks the kernel.

mod support;

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener};

use mio::net::TcpStream;
use reactor::{Direction, Registration};

use support::wakers::Count;
use support::{
    ANY_PORT, Rig, close_after_arrival, connection, failed, poll_read, poll_write, read_some, ready, run,
    write_all,
};

#[test]
fn a_new_socket_is_tried_before_the_kernel_is_asked() {
    let rig = Rig::new();
    let (stream, mut peer) = watched(&rig);
    peer.write_all(b"early").unwrap();
    while stream.get_ref().peek(&mut [0; 5]).is_err() {}

    let count = Count::new();
    let mut buffer = [0; 5];
    let poll = stream.poll_io(&mut count.context(), Direction::Read, |mut stream| stream.read(&mut buffer));
    assert_eq!(ready(poll), 5);
    assert_eq!(&buffer, b"early");
}

#[test]
fn an_operation_that_would_block_is_not_tried_again_before_an_event() {
    let rig = Rig::new();
    let (stream, mut peer) = watched(&rig);
    let attempts = Cell::new(0);
    let count = Count::new();
    let attempt = || {
        stream.poll_io(&mut count.context(), Direction::Read, |mut stream| {
            attempts.set(attempts.get() + 1);
            stream.read(&mut [0; 8])
        })
    };
    assert!(attempt().is_pending());
    assert!(attempt().is_pending());
    assert_eq!(attempts.get(), 1);

    peer.write_all(b"now").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(attempt()), 3);
    assert_eq!(attempts.get(), 2);
}

/// An event need not mean that there is something: a wait goes on, and not as a busy loop.
// the documentation of mio's `Poll`; tokio-tfo#3
#[test]
fn an_event_for_nothing_costs_one_attempt_and_the_wait_goes_on() {
    let rig = Rig::new();
    let (stream, mut peer) = watched(&rig);
    let attempts = Cell::new(0);
    let count = Count::new();
    let attempt = || {
        stream.poll_io(&mut count.context(), Direction::Read, |_| {
            attempts.set(attempts.get() + 1);
            io::Result::<()>::Err(ErrorKind::WouldBlock.into())
        })
    };
    assert!(attempt().is_pending());
    peer.write_all(b"taken by somebody else").unwrap();
    rig.turn_until(&count, 1);
    assert!(attempt().is_pending());
    assert_eq!(attempts.get(), 2);
    assert_eq!(count.kept(), 1);
}

#[test]
fn an_interrupted_operation_is_tried_again_at_once() {
    let rig = Rig::new();
    let (stream, _peer) = watched(&rig);
    let mut results = [Err(ErrorKind::Interrupted.into()), Ok("done")].into_iter();
    let count = Count::new();
    let poll = stream.poll_io(&mut count.context(), Direction::Write, |_| results.next().unwrap());
    assert_eq!(ready(poll), "done");
}

/// Between the attempt that would block and the wait for an event is a moment; a level-triggered
/// interface would cover it, an edge must be kept.
// mio `readiness_is_reregistered_after_would_block`
#[test]
fn data_that_arrives_between_the_attempt_and_the_wait_wakes() {
    let rig = Rig::new();
    let (stream, mut peer) = watched(&rig);
    let count = Count::new();
    let poll = stream.poll_io(&mut count.context(), Direction::Read, |mut stream| {
        let result = stream.read(&mut [0; 8]);
        peer.write_all(b"late").unwrap();
        result
    });
    assert!(poll.is_pending());
    rig.turn_until(&count, 1);
}

/// A read that fills less than its buffer has emptied the socket: asking again would be a system
/// call for nothing (tokio#4840).
#[test]
fn after_a_short_read_the_next_one_waits_without_asking_the_kernel() {
    let rig = Rig::new();
    let (stream, mut peer) = watched(&rig);
    let attempts = Cell::new(0);
    let count = Count::new();
    let read = || {
        let mut buffer = [0; 8];
        stream.poll_stream(&mut count.context(), Direction::Read, 8, |mut stream| {
            attempts.set(attempts.get() + 1);
            stream.read(&mut buffer)
        })
    };
    assert!(read().is_pending());
    peer.write_all(b"short").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(read()), 5);
    assert!(read().is_pending());
    assert_eq!(attempts.get(), 2, "one that would block, one that was short");

    peer.write_all(b"and all").unwrap();
    rig.turn_until(&count, 2);
    assert_eq!(ready(read()), 7);
}

#[test]
fn after_a_full_read_the_next_one_finds_the_rest_without_a_turn() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    let mut buffer = [0; 4];
    assert!(poll_read(&stream, count.waker(), &mut buffer).is_pending());
    peer.write_all(b"the rest").unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 4);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 4);
    assert_eq!(&buffer, b"rest");
}

/// tokio#5866
#[test]
fn data_that_comes_after_a_short_read_wakes_the_reader() {
    run(async {
        let (client, server) = connection().await;
        let mut buffer = [0; 16];
        for part in [&b"one"[..], b"two", b"three"] {
            let (read, written) = executor::join!(read_some(&client, &mut buffer), write_all(&server, part));
            written.unwrap();
            assert_eq!(&buffer[..read.unwrap()], part);
        }
    });
}

/// The end of the stream raises no edge of its own if it came with the data; it must not be waited
/// for.
#[test]
fn after_a_short_read_the_end_that_came_along_is_read_without_a_turn() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    peer.write_all(b"last words").unwrap();
    close_after_arrival(peer);
    let _ = rig.look();

    let count = Count::new();
    let mut buffer = [0; 64];
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 10);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 0);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 0);
}

/// mio has this as `tcp_shutdown_server_read` and its neighbours.
/// No event follows the end, or an error: whoever asks again is told again.
#[test]
fn neither_the_end_nor_an_error_counts_as_short() {
    let rig = Rig::new();
    let (stream, _peer) = rig.connect();
    let count = Count::new();
    let attempt = |result: fn() -> io::Result<usize>| {
        stream.registration().poll_stream(&mut count.context(), Direction::Write, 8, |_| result())
    };
    for _ in 0..2 {
        assert_eq!(ready(attempt(|| Ok(0))), 0);
        assert_eq!(failed(attempt(|| Err(ErrorKind::Other.into()))).kind(), ErrorKind::Other);
    }
}

/// The kernel tells of what came before the stream was registered: a read before that is a system call for nothing.
#[test]
fn a_stream_that_has_just_connected_is_read_when_an_event_says_so() {
    let rig = Rig::new();
    let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let stream = rig.drive(reactor::TcpStream::connect(listener.local_addr().unwrap())).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"hello").unwrap();

    let (mut attempts, count) = (0, Count::new());
    let tried = stream.registration().try_io(Direction::Read, |_| {
        attempts += 1;
        Ok(())
    });
    assert_eq!((tried.unwrap_err().kind(), attempts), (ErrorKind::WouldBlock, 0));
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 5);
}

#[test]
fn the_end_that_comes_after_a_short_read_wakes_the_reader() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    peer.write_all(b"more?").unwrap();
    let mut buffer = [0; 64];
    assert_eq!(rig.drive(read_some(&stream, &mut buffer)).unwrap(), 5);
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut buffer).is_pending());

    peer.shutdown(Shutdown::Write).unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 0);
    assert_eq!(ready(poll_write(&stream, count.waker(), b"one way")), 7);
}

/// A connection whose near end is registered as such, and its far end.
fn watched(rig: &Rig) -> (Registration<TcpStream>, std::net::TcpStream) {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.set_nonblocking(true).unwrap();
    let stream = Registration::new(TcpStream::from_std(stream), &rig.reactor.handle()).unwrap();
    (stream, listener.accept().unwrap().0)
}

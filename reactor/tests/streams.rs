//! What a TCP stream and its listener can do besides reading, writing and accepting.

mod support;

use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{Budget, TcpListener, TcpStream};
use socket2::{Domain, SockRef, Socket, Type};

use support::wakers::Count;
use support::{ANY_PORT, Rig, connection, poll_read, ready, run};

#[test]
fn peeking_leaves_the_bytes_where_they_are() {
    run(async {
        let (mut client, mut server) = connection().await;
        client.write_all(b"hello").await.unwrap();
        let mut buffer = [0; 16];
        for _ in 0..2 {
            assert_eq!(server.peek(&mut buffer).await.unwrap(), 5);
        }
        assert_eq!(server.peek(&mut buffer[..2]).await.unwrap(), 2);
        assert_eq!(server.read(&mut buffer).await.unwrap(), 5);
        assert_eq!(&buffer[..5], b"hello");
    });
}

#[test]
fn several_buffers_are_written_and_read_in_one_go() {
    let rig = Rig::new();
    let (mut stream, mut peer) = rig.connect();
    let count = Count::new();
    let parts = [IoSlice::new(b"one, "), IoSlice::new(b""), IoSlice::new(b"two")];
    assert_eq!(ready(Pin::new(&mut stream).poll_write_vectored(&mut count.context(), &parts)), 8);
    let mut buffer = [0; 8];
    peer.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"one, two");

    peer.write_all(b"three four").unwrap();
    while stream.registration().get_ref().peek(&mut [0; 16]).unwrap_or(0) < 10 {}
    let _ = rig.look();
    let (mut first, mut second) = ([0; 6], [0; 16]);
    let mut parts = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    assert_eq!(ready(Pin::new(&mut &stream).poll_read_vectored(&mut count.context(), &mut parts)), 10);
    assert_eq!((&first, &second[..4]), (b"three ", &b"four"[..]));
}

/// The rule of the short read holds for the sum of the buffers.
#[test]
fn after_a_short_read_into_several_buffers_the_next_one_waits_and_is_woken() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    let read = || {
        let (mut first, mut second) = ([0; 2], [0; 8]);
        let mut parts = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        Pin::new(&mut &stream).poll_read_vectored(&mut count.context(), &mut parts)
    };
    assert!(read().is_pending());
    for wakes in 1..=3 {
        peer.write_all(b"four").unwrap();
        rig.turn_until(&count, wakes);
        assert_eq!(ready(read()), 4);
        assert!(read().is_pending());
    }
}

/// The kernel takes no more than 1024 buffers at once. It has room for the others all the same.
#[test]
fn more_buffers_than_the_kernel_takes_at_once_are_all_written() {
    const MANY: usize = 2500;
    run(async {
        let (client, mut server) = connection().await;
        let parts = vec![IoSlice::new(b"x"); MANY];
        let mut left = &parts[..];
        while !left.is_empty() {
            let written = poll_fn(|cx| Pin::new(&mut &client).poll_write_vectored(cx, left)).await.unwrap();
            left = &left[written..];
        }
        server.read_exact(&mut [0; MANY]).await.unwrap();
    });
}

/// Or the bytes that are left would be waited for, though no event tells of them.
#[test]
fn more_buffers_than_the_kernel_fills_at_once_leave_nothing_behind() {
    const MANY: usize = 2500;
    run(async {
        let (mut client, server) = connection().await;
        client.write_all(&[7; MANY]).await.unwrap();
        while server.peek(&mut [0; MANY]).await.unwrap() < MANY {}
        let mut read = 0;
        while read < MANY {
            let mut buffers = [[0]; MANY];
            let mut parts: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
            read += poll_fn(|cx| Pin::new(&mut &server).poll_read_vectored(cx, &mut parts)).await.unwrap();
        }
        assert_eq!(read, MANY);
    });
}

/// There is nothing to wait for.
#[test]
fn a_read_into_no_room_brings_nothing_at_once() {
    let rig = Rig::new();
    let (stream, _peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut [])), 0);
    assert_eq!(stream.try_read(&mut []).unwrap(), 0);
    for mut parts in [vec![], vec![IoSliceMut::new(&mut []), IoSliceMut::new(&mut [])]] {
        let poll = Pin::new(&mut &stream).poll_read_vectored(&mut count.context(), &mut parts);
        assert_eq!(ready(poll), 0);
    }
    assert_eq!((count.wakes(), count.kept()), (0, 1), "whoever waits goes on waiting");
}

#[test]
fn trying_does_not_wait_and_readiness_does() {
    run(async {
        let (client, server) = connection().await;
        let mut buffer = [0; 8];
        assert_eq!(server.try_read(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
        client.writable().await.unwrap();
        assert_eq!(client.try_write(b"hello").unwrap(), 5);
        server.readable().await.unwrap();
        assert_eq!(server.try_read(&mut buffer).unwrap(), 5);
        assert_eq!(server.try_read(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);

        // A writer without room waits for some.
        client.registration().set_budget(Budget::UNLIMITED);
        while client.try_write(&[0; 1 << 16]).is_ok() {}
        let drain = async {
            let mut buffer = vec![0; 1 << 16];
            loop {
                server.readable().await.unwrap();
                while server.try_read(&mut buffer).is_ok_and(|length| length > 0) {}
            }
        };
        executor::select(pin!(client.writable()), pin!(drain)).await;
        assert_ne!(client.try_write(b"more").unwrap(), 0);
    });
}

/// Whoever waits to be told may be told in vain, and must be told again.
#[test]
fn readiness_that_was_in_vain_is_followed_by_another_one() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    for wakes in 1..=3 {
        let _ = stream.try_read(&mut [0; 8]);
        let _ = stream.try_read(&mut [0; 8]);
        assert!(stream.registration().poll_readable(&mut count.context()).is_pending());
        peer.write_all(b"hello").unwrap();
        rig.turn_until(&count, wakes);
        ready(stream.registration().poll_readable(&mut count.context()));
    }
}

#[test]
fn streams_and_listeners_of_the_standard_library_come_and_go() {
    run(async {
        let listener = std::net::TcpListener::bind(ANY_PORT).unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let mut client = TcpStream::from_std(client).unwrap();
        let (mut server, peer) = listener.accept().await.unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        assert_eq!(client.try_read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        client.write_all(b"hello").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(server.read(&mut buffer).await.unwrap(), 5);

        let listener = listener.into_std().unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let mut client = client.into_std().unwrap();
        client.set_nonblocking(false).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        server.write_all(b"goodbye").await.unwrap();
        assert_eq!(client.read(&mut buffer).unwrap(), 7);
    });
}

#[test]
fn a_stream_that_has_left_the_reactor_is_not_watched_any_more() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    let mut outside = stream.into_std().unwrap();
    assert_eq!(count.kept(), 0);
    peer.write_all(b"hello").unwrap();
    outside.set_nonblocking(false).unwrap();
    assert_eq!(outside.read(&mut [0; 8]).unwrap(), 5);
    assert_eq!((rig.look().events, count.wakes()), (0, 0));

    // And it can come back.
    let stream = TcpStream::from_std(outside).unwrap();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"again").unwrap();
    rig.turn_until(&count, 1);
}

#[test]
fn options_have_methods_or_are_set_by_means_of_socket2() {
    run(async {
        let (client, _server) = connection().await;
        assert!(!client.nodelay().unwrap());
        client.set_nodelay(true).unwrap();
        client.set_ttl(17).unwrap();
        let options = SockRef::from(&client);
        assert!(options.tcp_nodelay().unwrap());
        assert_eq!((options.ttl_v4().unwrap(), client.ttl().unwrap()), (17, 17));
        options.set_linger(Some(Duration::from_secs(7))).unwrap();
        assert_eq!(options.linger().unwrap(), Some(Duration::from_secs(7)));
        assert!(client.take_error().unwrap().is_none());
    });
}

/// `socket2` begins the attempt, and this crate waits for its end.
#[test]
#[cfg(target_os = "linux")]
fn a_connection_can_be_begun_elsewhere_and_awaited_here() {
    run(async {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&ANY_PORT.into()).unwrap();
        socket.set_nonblocking(true).unwrap();
        if let Err(error) = socket.connect(&listener.local_addr().unwrap().into()) {
            assert_eq!(error.raw_os_error(), Some(115), "this is not EINPROGRESS: {error}");
        }
        let client = TcpStream::from_std(socket.into()).unwrap();
        let (_, peer) = listener.accept().await.unwrap();
        client.writable().await.unwrap();
        assert!(client.take_error().unwrap().is_none());
        assert_eq!(client.local_addr().unwrap(), peer);
    });
}

#[test]
#[cfg(unix)]
fn the_port_of_a_listener_that_is_gone_can_be_taken_again_at_once() {
    run(async {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let address = listener.local_addr().unwrap();
        let (client, server) = executor::join!(TcpStream::connect(address), listener.accept());
        // This side closes first, so that its port stays reserved for a while.
        drop(server.unwrap());
        assert_eq!(client.unwrap().read(&mut [0; 8]).await.unwrap(), 0);
        drop(listener);
        TcpListener::bind(address).unwrap();
    });
}

#[test]
#[cfg(target_os = "linux")]
fn two_listeners_share_a_port_if_both_allow_it() {
    run(async {
        let bind = |address: std::net::SocketAddr| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_reuse_port(true).unwrap();
            socket.bind(&address.into()).unwrap();
            socket.listen(128).unwrap();
            TcpListener::from_std(socket.into()).unwrap()
        };
        let first = bind(ANY_PORT);
        let second = bind(first.local_addr().unwrap());
        // The system deals connections to the two of them by their addresses.
        let (mut clients, mut accepted) = (Vec::new(), [0, 0]);
        while accepted.contains(&0) {
            clients.push(TcpStream::connect(first.local_addr().unwrap()).await.unwrap());
            match executor::select(pin!(first.accept()), pin!(second.accept())).await {
                executor::Either::Left(_) => accepted[0] += 1,
                executor::Either::Right(_) => accepted[1] += 1,
            }
            assert!(clients.len() < 200, "one listener gets them all: {accepted:?}");
        }
    });
}

/// What became of it while it waited in the queue is told to who reads it, and not to the listener.
#[test]
fn a_connection_that_was_reset_before_it_was_accepted_harms_no_other() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let reset = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    SockRef::from(&reset).set_linger(Some(Duration::ZERO)).unwrap();
    drop(reset);
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    // Some systems report such a connection as `ConnectionAborted`, others do not report it at all.
    let peer = loop {
        match rig.drive(listener.accept()) {
            Ok((_, peer)) if peer == client.local_addr().unwrap() => break peer,
            Ok((stream, _)) => {
                let error = rig.drive(support::read_some(&stream, &mut [0; 8])).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionAborted),
        }
    };
    assert_eq!(peer, client.local_addr().unwrap());
}

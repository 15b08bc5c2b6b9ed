//! Connections: how they come about, and that bytes go both ways.

mod support;

use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use executor::{join, spawn};
use reactor::{TcpListener, TcpStream};
use socket2::{Domain, SockRef, Socket, Type};

use support::wakers::Count;
use support::{
    ANY_PORT, Rig, close_after_arrival, connection, poll_read, read_exact, read_some, ready, run, write_all,
};

#[test]
fn both_ends_of_a_connection_echo_on_one_thread() {
    run(async {
        let (client, server) = connection().await;
        let echo = spawn(async move {
            let mut buffer = [0; 1024];
            loop {
                match read_some(&server, &mut buffer).await.unwrap() {
                    0 => return,
                    length => write_all(&server, &buffer[..length]).await.unwrap(),
                }
            }
        });
        for round in 0..100_u32 {
            let mut answer = [0; 4];
            write_all(&client, &round.to_le_bytes()).await.unwrap();
            read_exact(&client, &mut answer).await.unwrap();
            assert_eq!(u32::from_le_bytes(answer), round);
        }
        drop(client);
        echo.await.unwrap();
    });
}

/// async-io has this as `tcp_duplex`.
#[test]
fn much_goes_both_ways_at_once_while_each_end_is_read_and_written_by_two_tasks() {
    const MUCH: usize = 4 << 20;
    run(async {
        let (client, server) = connection().await;
        let tasks = [client, server].map(Rc::new).map(|end| {
            let writer = Rc::clone(&end);
            let written = spawn(async move { write_all(&writer, &vec![7; MUCH]).await });
            let read = spawn(async move {
                let mut bytes = vec![0; MUCH];
                read_exact(&end, &mut bytes).await?;
                assert!(bytes.iter().all(|byte| *byte == 7));
                io::Result::Ok(())
            });
            async { join!(written, read) }
        });
        for (written, read) in executor::join_all(tasks).await {
            written.unwrap().unwrap();
            read.unwrap().unwrap();
        }
    });
}

#[test]
fn a_connection_knows_the_addresses_of_both_ends() {
    run(async {
        let (client, server) = connection().await;
        assert_eq!(client.local_addr().unwrap(), server.peer_addr().unwrap());
        assert_eq!(client.peer_addr().unwrap(), server.local_addr().unwrap());
    });
}

#[test]
fn a_refused_connection_is_an_error() {
    // Bound, so that nobody else gets the port, but not listening.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&ANY_PORT.into()).unwrap();
    let error = run(TcpStream::connect(address_of(&socket))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

/// A connection that is not there yet must not be taken for one that is (mio#1565, mio#1726). The
/// system repeats its attempt after a second.
#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_takes_a_while_is_there_when_the_listener_has_room() {
    let rig = Rig::new();
    let (listener, waiting) = full_listener();
    let count = Count::new();
    let mut connect = pin!(TcpStream::connect(address_of(&listener)));
    assert!(connect.as_mut().poll(&mut count.context()).is_pending());
    let _ = rig.look();
    assert!(connect.as_mut().poll(&mut count.context()).is_pending());

    drop(listener.accept().unwrap());
    let stream = rig.drive(connect).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address_of(&listener));
    drop(waiting);
}

/// The error of an attempt that failed later is that of the attempt (mio#1942).
#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_takes_a_while_is_refused_when_the_listener_is_gone() {
    let rig = Rig::new();
    let (listener, _waiting) = full_listener();
    let count = Count::new();
    let mut connect = pin!(TcpStream::connect(address_of(&listener)));
    assert!(connect.as_mut().poll(&mut count.context()).is_pending());

    drop(listener);
    let error = rig.drive(connect).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
#[cfg(target_os = "linux")]
fn dropping_a_connection_attempt_midway_lets_go_of_its_waker_and_its_socket() {
    let rig = Rig::new();
    let (listener, _waiting) = full_listener();
    let count = Count::new();
    let mut connect = Box::pin(TcpStream::connect(address_of(&listener)));
    assert!(connect.as_mut().poll(&mut count.context()).is_pending());
    assert_eq!(count.kept(), 1, "the attempt waits to be told how it ended");

    drop(connect);
    assert_eq!(count.kept(), 0);
    drop(listener);
    assert_eq!(rig.look().events, 0);
    assert_eq!(count.wakes(), 0);
}

/// A socket that was accepted is worth trying at once: what a client has sent with its connection
/// is there (tokio#8435).
#[test]
fn an_accepted_socket_with_data_is_read_without_a_turn() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.write_all(b"early").unwrap();
    close_after_arrival(client);

    let count = Count::new();
    let (stream, _) = ready(listener.poll_accept(&mut count.context()));
    let mut buffer = [0; 16];
    assert_eq!(ready(poll_read(&stream, count.waker(), &mut buffer)), 5);
    assert_eq!(&buffer[..5], b"early");
    assert_eq!(count.wakes(), 0);
    drop(rig);
}

/// One edge can stand for several connections.
#[test]
fn connections_that_arrive_between_two_turns_are_all_accepted() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    assert!(listener.poll_accept(&mut count.context()).is_pending());
    for _ in 0..3 {
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        close_after_arrival(client);
    }
    rig.turn_until(&count, 1);
    for _ in 0..3 {
        ready(listener.poll_accept(&mut count.context()));
    }
    assert!(listener.poll_accept(&mut count.context()).is_pending());
}

/// What the reactor knows is as old as its last turn: whoever is about to use a connection again wants to know more.
#[test]
fn a_peek_that_does_not_wait_sees_what_came_after_the_last_turn() {
    run(async {
        let (client, server) = connection().await;
        // A read that finds nothing has the reactor believe that there is nothing, until a turn says otherwise.
        let mut byte = [0];
        assert_eq!(client.try_read(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert_eq!(client.try_peek(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock);

        SockRef::from(&server).send(b"x").unwrap();
        assert_eq!(client.try_read(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert_eq!(client.try_peek(&mut byte).unwrap(), 1);
        assert_eq!((client.try_peek(&mut byte).unwrap(), byte), (1, *b"x"), "it takes nothing");

        // What was peeked at is still reported, and read.
        assert_eq!(read_some(&client, &mut byte).await.unwrap(), 1);
        drop(server);
        assert_eq!(client.try_peek(&mut byte).unwrap(), 0, "the end is something, too");
    });
}

#[test]
fn an_accept_that_is_dropped_while_it_waits_loses_no_connection() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    let mut accept = Box::pin(listener.accept());
    assert!(accept.as_mut().poll(&mut count.context()).is_pending());
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    drop(accept);
    let (_, peer) = rig.drive(listener.accept()).unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

fn address_of(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}

/// A listener that lets further attempts wait, since nobody accepts those that came first; they are
/// returned too. Attempts wait where a full backlog drops them, as Linux does.
#[cfg(target_os = "linux")]
fn full_listener() -> (Socket, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&ANY_PORT.into()).unwrap();
    listener.listen(0).unwrap();
    let mut waiting = Vec::new();
    loop {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let moment = Duration::from_millis(200);
        match client.connect_timeout(&address_of(&listener).into(), moment) {
            Ok(()) => waiting.push(client),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return (listener, waiting),
            Err(error) => panic!("{error}"),
        }
        assert!(waiting.len() < 64, "a backlog of none has room for {waiting:?}");
    }
}

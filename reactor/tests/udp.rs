//! Messages over UDP.

mod support;

use std::future::Future;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::time::Duration;

use reactor::UdpSocket;
use socket2::SockRef;

use support::wakers::Count;
use support::{ANY_PORT, Rig, run};

#[test]
fn messages_go_both_ways_and_tell_where_they_come_from() {
    run(async {
        let (near, far) = pair();
        for round in 0..100_u32 {
            let message = round.to_le_bytes();
            assert_eq!(near.send_to(&message, far.local_addr().unwrap()).await.unwrap(), 4);
            let mut buffer = [0; 16];
            let (length, from) = far.recv_from(&mut buffer).await.unwrap();
            assert_eq!((&buffer[..length], from), (&message[..], near.local_addr().unwrap()));
            far.send_to(b"answer", from).await.unwrap();
            assert_eq!(near.recv(&mut buffer).await.unwrap(), 6);
        }
    });
}

#[test]
fn a_message_wakes_whoever_waits_for_one() {
    let rig = Rig::new();
    let (near, far) = pair();
    let count = Count::new();
    let mut buffer = [0; 8];
    let mut receive = Box::pin(near.recv(&mut buffer));
    assert!(receive.as_mut().poll(&mut count.context()).is_pending());
    rig.drive(far.send_to(b"hello", near.local_addr().unwrap())).unwrap();
    rig.turn_until(&count, 1);
    assert_eq!(rig.drive(receive).unwrap(), 5);
    assert_eq!(&buffer[..5], b"hello");
}

#[test]
fn a_connected_socket_hears_its_peer_and_nobody_else() {
    run(async {
        let (near, far) = pair();
        let stranger = UdpSocket::bind(ANY_PORT).unwrap();
        near.connect(far.local_addr().unwrap()).unwrap();
        assert_eq!(near.peer_addr().unwrap(), far.local_addr().unwrap());
        stranger.send_to(b"stranger", near.local_addr().unwrap()).await.unwrap();
        far.send_to(b"peer", near.local_addr().unwrap()).await.unwrap();
        let mut buffer = [0; 16];
        assert_eq!(near.recv(&mut buffer).await.unwrap(), 4);
        near.send(b"answer").await.unwrap();
        assert_eq!(far.recv(&mut buffer).await.unwrap(), 6);
    });
}

/// The answer of the system to a message for a port where nobody listens.
#[test]
#[cfg(target_os = "linux")]
fn a_message_that_met_nobody_is_an_error_of_the_next_operation() {
    run(async {
        let (near, far) = pair();
        near.connect(far.local_addr().unwrap()).unwrap();
        drop(far);
        near.send(b"anybody?").await.unwrap();
        let error = near.recv(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn peeking_leaves_a_message_where_it_is() {
    run(async {
        let (near, far) = pair();
        far.send_to(b"hello", near.local_addr().unwrap()).await.unwrap();
        for _ in 0..2 {
            let (length, from) = near.peek_from(&mut [0; 16]).await.unwrap();
            assert_eq!((length, from), (5, far.local_addr().unwrap()));
        }
        assert_eq!(near.recv(&mut [0; 16]).await.unwrap(), 5);
        assert_eq!(near.try_recv(&mut [0; 16]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

/// Unlike with a stream, a short one is no sign that there is nothing more.
#[test]
fn what_does_not_fill_the_buffer_is_a_message_and_not_the_last_one() {
    let rig = Rig::new();
    let (near, far) = pair();
    for message in [&b"one"[..], b"two!", b"", b"four"] {
        rig.drive(far.send_to(message, near.local_addr().unwrap())).unwrap();
    }
    for length in [3, 4, 0, 4] {
        let count = Count::new();
        let mut buffer = [0; 16];
        let receive = pin!(near.recv(&mut buffer)).poll(&mut count.context());
        assert_eq!(support::ready(receive), length);
    }
}

#[test]
fn trying_does_not_wait_and_readiness_does() {
    run(async {
        let (near, far) = pair();
        near.connect(far.local_addr().unwrap()).unwrap();
        far.connect(near.local_addr().unwrap()).unwrap();
        assert_eq!(near.try_recv(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        far.writable().await.unwrap();
        assert_eq!(far.try_send(b"hello").unwrap(), 5);
        near.readable().await.unwrap();
        assert_eq!(near.try_recv(&mut [0; 8]).unwrap(), 5);
    });
}

#[test]
fn a_socket_of_the_standard_library_comes_and_goes_and_keeps_its_address() {
    run(async {
        let outside = std::net::UdpSocket::bind(ANY_PORT).unwrap();
        let address = outside.local_addr().unwrap();
        let inside = UdpSocket::from_std(outside).unwrap();
        assert_eq!(inside.local_addr().unwrap(), address);
        assert_eq!(inside.try_recv(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);

        let outside = inside.into_std().unwrap();
        let inside = UdpSocket::from_std(outside.try_clone().unwrap()).unwrap();
        inside.send_to(b"hello", address).await.unwrap();
        outside.set_nonblocking(false).unwrap();
        outside.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        assert_eq!(outside.recv(&mut [0; 8]).unwrap(), 5);
    });
}

#[test]
fn options_are_set_by_means_of_socket2() {
    run(async {
        let (near, _) = pair();
        let options = SockRef::from(&near);
        assert!(!options.broadcast().unwrap());
        options.set_broadcast(true).unwrap();
        assert!(options.broadcast().unwrap());
        assert!(near.take_error().unwrap().is_none());
    });
}

/// On the loopback interface, which takes part in multicast where the system has a route for it.
#[test]
#[cfg(target_os = "linux")]
fn a_message_to_a_group_reaches_whoever_has_joined_it() {
    const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 77, 77);
    run(async {
        let near = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0).into()).unwrap();
        SockRef::from(&near).join_multicast_v4(&GROUP, &Ipv4Addr::LOCALHOST).unwrap();
        let far = UdpSocket::bind(ANY_PORT).unwrap();
        SockRef::from(&far).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        let port = near.local_addr().unwrap().port();
        far.send_to(b"hello, group", (GROUP, port).into()).await.unwrap();
        assert_eq!(near.recv(&mut [0; 16]).await.unwrap(), 12);
    });
}

fn pair() -> (UdpSocket, UdpSocket) {
    (UdpSocket::bind(ANY_PORT).unwrap(), UdpSocket::bind(ANY_PORT).unwrap())
}

//! Sockets between processes of one machine.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::{ErrorKind, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use executor::{join, spawn};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{UnixDatagram, UnixListener, UnixStream};

use support::run;

#[test]
fn a_stream_connects_by_its_path_and_carries_bytes_both_ways() {
    let place = Place::new();
    run(async {
        let listener = UnixListener::bind(&place.0).unwrap();
        let (client, server) = join!(UnixStream::connect(&place.0), listener.accept());
        let (mut client, (mut server, peer)) = (client.unwrap(), server.unwrap());
        assert!(peer.is_unnamed());
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*place.0));
        assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(&*place.0));

        let mut buffer = [0; 8];
        client.write_all(b"question").await.unwrap();
        server.read_exact(&mut buffer).await.unwrap();
        assert_eq!(&buffer, b"question");
        server.write_all(b"answer").await.unwrap();
        assert_eq!(client.read(&mut buffer).await.unwrap(), 6);
    });
}

#[test]
fn a_stream_to_where_nobody_listens_is_an_error() {
    let place = Place::new();
    run(async {
        assert_eq!(UnixStream::connect(&place.0).await.unwrap_err().kind(), ErrorKind::NotFound);
        drop(UnixListener::bind(&place.0).unwrap());
        assert_eq!(UnixStream::connect(&place.0).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
        assert_eq!(UnixListener::bind(&place.0).unwrap_err().kind(), ErrorKind::AddrInUse);
    });
}

/// There is no event for room in a listener's queue, so it cannot be waited for.
#[test]
#[cfg(target_os = "linux")]
fn a_stream_to_a_listener_whose_queue_is_full_is_an_error_and_no_hang() {
    let place = Place::new();
    run(async {
        let listener = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
        listener.bind(&socket2::SockAddr::unix(&place.0).unwrap()).unwrap();
        listener.listen(0).unwrap();
        let mut waiting = Vec::new();
        let error = loop {
            match UnixStream::connect(&place.0).await {
                Ok(stream) => waiting.push(stream),
                Err(error) => break error,
            }
            assert!(waiting.len() < 64, "a backlog of none has room for {waiting:?}");
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);

        let listener = UnixListener::from_std(listener.into()).unwrap();
        listener.accept().await.unwrap();
        UnixStream::connect(&place.0).await.unwrap();
    });
}

#[test]
fn much_goes_through_a_pair_in_both_directions_at_once() {
    const MUCH: usize = 1 << 20;
    run(async {
        let (one, other) = UnixStream::pair().unwrap();
        let tasks = [one, other].map(|end| {
            let (mut reader, mut writer) = end.into_split();
            let writing = spawn(async move { writer.write_all(&vec![7; MUCH]).await });
            let reading = spawn(async move {
                let mut bytes = Vec::new();
                reader
                    .read_to_end(&mut bytes)
                    .await
                    .map(|length| (length, bytes.iter().all(|byte| *byte == 7)))
            });
            async { join!(writing, reading) }
        });
        for (written, read) in executor::join_all(tasks).await {
            written.unwrap().unwrap();
            assert_eq!(read.unwrap().unwrap(), (MUCH, true));
        }
    });
}

#[test]
fn the_end_of_a_stream_is_read_and_writing_to_nobody_is_an_error() {
    run(async {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        one.close().await.unwrap();
        assert_eq!(other.read(&mut [0; 8]).await.unwrap(), 0);
        other.write_all(b"half open").await.unwrap();
        assert_eq!(one.read(&mut [0; 16]).await.unwrap(), 9);
        drop(one);
        assert_eq!(other.write(b"too late").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_stream_of_the_standard_library_comes_and_goes() {
    run(async {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        let (mut one, other) = (UnixStream::from_std(one).unwrap(), UnixStream::from_std(other).unwrap());
        assert_eq!(other.try_read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        one.write_all(b"hello").await.unwrap();
        other.readable().await.unwrap();
        let mut outside = other.into_std().unwrap();
        assert_eq!(std::io::Read::read(&mut outside, &mut [0; 8]).unwrap(), 5);
    });
}

/// A read stops behind the bytes that a descriptor came with, which looks as if there were no more.
#[test]
#[cfg(target_os = "linux")]
fn what_follows_a_descriptor_is_read_without_another_event() {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    run(async {
        let (peer, stream) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut stream = UnixStream::from_std(stream).unwrap();
        let descriptors = [peer.as_fd()];
        let message = SendAncillaryMessage::ScmRights(&descriptors);
        let mut space = vec![MaybeUninit::uninit(); message.size()];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        assert!(ancillary.push(message));
        sendmsg(&peer, &[IoSlice::new(b"with")], &mut ancillary, SendFlags::empty()).unwrap();
        (&peer).write_all(b" and without").unwrap();
        // All events that there will be are past.
        reactor::sleep(Duration::from_millis(1)).await;
        let mut buffer = [0; 64];
        let mut read = stream.read(&mut buffer).await.unwrap();
        assert_eq!(read, 4, "the kernel stops there");
        while read < 16 {
            read += stream.read(&mut buffer[read..]).await.unwrap();
        }
        assert_eq!(&buffer[..read], b"with and without");
    });
}

#[test]
fn messages_go_through_a_pair_and_keep_their_ends() {
    run(async {
        let (one, other) = UnixDatagram::pair().unwrap();
        for message in [&b"one"[..], b"two!"] {
            assert_eq!(one.send(message).await.unwrap(), message.len());
        }
        let mut buffer = [0; 16];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 3);
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer[..4], b"two!");
    });
}

#[test]
fn messages_find_their_way_by_path() {
    let (near, far) = (Place::new(), Place::new());
    run(async {
        let receiver = UnixDatagram::bind(&far.0).unwrap();
        let sender = UnixDatagram::bind(&near.0).unwrap();
        let nobody = UnixDatagram::unbound().unwrap();
        nobody.send_to(b"anonymous", &far.0).await.unwrap();
        sender.connect(&far.0).unwrap();
        sender.send(b"signed").await.unwrap();

        let mut buffer = [0; 16];
        let (length, from) = receiver.recv_from(&mut buffer).await.unwrap();
        assert_eq!((length, from.is_unnamed()), (9, true));
        let (length, from) = receiver.recv_from(&mut buffer).await.unwrap();
        assert_eq!((length, from.as_pathname()), (6, Some(&*near.0)));
    });
}

/// Unlike UDP, which would lose messages.
#[test]
fn a_sender_waits_for_a_receiver_that_is_slower() {
    const MANY: usize = 2000;
    run(async {
        let (one, other) = UnixDatagram::pair().unwrap();
        let sending = spawn(async move {
            for _ in 0..MANY {
                one.send(&[7; 1000]).await?;
            }
            std::io::Result::Ok(())
        });
        for _ in 0..MANY {
            assert_eq!(other.recv(&mut [0; 1000]).await.unwrap(), 1000);
        }
        sending.await.unwrap().unwrap();
    });
}

/// A path where nothing is yet, and nothing is left.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Place(std::env::temp_dir().join(format!("onethread-unix-{}-{number}", process::id())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        // It is there only if the test has bound something.
        let _ = fs::remove_file(path);
    }
}

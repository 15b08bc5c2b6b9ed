//! The halves of a stream.

mod support;

use std::io::ErrorKind;
use std::net::Shutdown;

use executor::{join, spawn};
use futures_lite::{AsyncReadExt, AsyncWriteExt};

use support::{connection, run};

#[test]
fn lent_halves_are_read_and_written_at_once_and_the_stream_is_whole_afterwards() {
    run(async {
        let (mut client, server) = connection().await;
        let echo = spawn(async move {
            let mut buffer = [0; 1024];
            loop {
                match support::read_some(&server, &mut buffer).await.unwrap() {
                    0 => return,
                    length => support::write_all(&server, &buffer[..length]).await.unwrap(),
                }
            }
        });
        let (mut reader, mut writer) = client.split();
        let mut answer = [0; 5];
        let (written, read) = join!(writer.write_all(b"hello"), reader.read_exact(&mut answer));
        written.unwrap();
        read.unwrap();
        assert_eq!(&answer, b"hello");
        client.close().await.unwrap();
        echo.await.unwrap();
    });
}

#[test]
fn owned_halves_go_to_different_tasks() {
    const MUCH: usize = 1 << 20;
    run(async {
        let (client, server) = connection().await;
        let (mut reader, mut writer) = client.into_split();
        let writing = spawn(async move { writer.write_all(&vec![7; MUCH]).await });
        let reading = spawn(async move {
            let mut answer = String::new();
            reader.read_to_string(&mut answer).await.map(|_| answer)
        });
        let mut server = server;
        let mut bytes = Vec::new();
        server.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes.len(), MUCH);
        server.write_all(b"all there").await.unwrap();
        drop(server);
        writing.await.unwrap().unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), "all there");
    });
}

#[test]
fn dropping_the_writing_half_ends_the_stream_and_the_reading_half_goes_on() {
    run(async {
        let (client, mut server) = connection().await;
        let (mut reader, writer) = client.into_split();
        drop(writer);
        assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
        server.write_all(b"answer").await.unwrap();
        assert_eq!(reader.read(&mut [0; 8]).await.unwrap(), 6);
    });
}

#[test]
fn a_forgotten_writing_half_leaves_the_stream_open() {
    run(async {
        let (client, mut server) = connection().await;
        let (reader, writer) = client.into_split();
        writer.forget();
        assert_eq!(server.try_read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(reader);
        assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
    });
}

#[test]
fn dropping_the_reading_half_leaves_the_writing_half_in_use() {
    run(async {
        let (client, mut server) = connection().await;
        let (reader, mut writer) = client.into_split();
        drop(reader);
        writer.write_all(b"still here").await.unwrap();
        let mut buffer = [0; 10];
        server.read_exact(&mut buffer).await.unwrap();
        assert_eq!(&buffer, b"still here");
    });
}

#[test]
fn halves_of_one_stream_become_it_again_and_it_is_still_open() {
    run(async {
        let (client, mut server) = connection().await;
        let address = client.local_addr().unwrap();
        let (reader, writer) = client.into_split();
        assert_eq!(reader.as_ref().local_addr().unwrap(), address);
        let mut client = reader.reunite(writer).unwrap();
        assert_eq!(client.local_addr().unwrap(), address);
        client.write_all(b"whole").await.unwrap();
        let mut buffer = [0; 5];
        server.read_exact(&mut buffer).await.unwrap();
        client.shutdown(Shutdown::Both).unwrap();
    });
}

#[test]
fn halves_of_two_streams_do_not_become_one_and_are_both_given_back() {
    run(async {
        let (client, server) = connection().await;
        let client_address = client.local_addr().unwrap();
        let (client_reader, client_writer) = client.into_split();
        let (server_reader, server_writer) = server.into_split();
        let error = client_reader.reunite(server_writer).unwrap_err();
        assert_eq!(error.to_string(), "these halves are of two different streams");
        let client = error.reader.reunite(client_writer).unwrap();
        let server = server_reader.reunite(error.writer).unwrap();
        assert_eq!(server.peer_addr().unwrap(), client_address);
        drop(client);
    });
}

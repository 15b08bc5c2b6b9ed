//! Short connections.

use std::io::ErrorKind;
use std::time::Instant;

use mio::Token;
use mio::net::{TcpListener, TcpStream};

use super::{BOTH, Loop, read, write};
use crate::workloads::Took;

const LISTENER: Token = Token(0);
const CLIENT: Token = Token(1);

pub fn again_and_again(times: usize) -> Took {
    let mut events = Loop::new();
    let listener = events.listen(LISTENER);
    let address = listener.local_addr().expect("it is bound");
    let start = Instant::now();
    for _ in 0..times {
        let mut client = TcpStream::connect(address).expect("there is somebody who listens");
        events.registry().register(&mut client, CLIENT, BOTH).expect("it can be watched");
        let (mut total, mut open) = (0, true);
        while open {
            for event in events.wait(None).filter(|event| event.is_readable()) {
                match event.token() {
                    LISTENER => accept_all(&listener),
                    _ => open = read_all(&client, &mut total),
                }
            }
        }
        assert_eq!(total, 1, "it was to be one byte");
        events.registry().deregister(&mut client).expect("it is watched");
    }
    Took { time: start.elapsed(), operations: times }
}

/// Sends each a byte and closes.
fn accept_all(listener: &TcpListener) {
    loop {
        match listener.accept() {
            Ok((server, _)) => assert_eq!(write(&server, &[7]), Some(1), "there is room"),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("a connection waits to be accepted: {error}"),
        }
    }
}

/// Reads until there is no more for now, which is true, or to the end.
fn read_all(client: &TcpStream, total: &mut usize) -> bool {
    let mut buffer = [0; 16];
    loop {
        match read(client, &mut buffer) {
            Some(0) => return false,
            Some(count) => *total += count,
            None => return true,
        }
    }
}

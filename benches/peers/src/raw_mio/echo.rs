//! Small messages, to and fro.

use std::time::Instant;

use mio::Token;

use super::{Loop, read, write};
use crate::workloads::Took;
use crate::workloads::reactor::{MESSAGE, ROOM};

pub fn round_trips(connections: usize, each: usize) -> Took {
    let mut events = Loop::new();
    let pairs = events.connect(connections);
    let (question, mut buffer) = ([7; MESSAGE], [0; ROOM]);
    // How many bytes each client has been sent of all its answers.
    let mut received = vec![0; connections];
    let mut unfinished = connections;
    let send = |stream, bytes: &[u8]| assert_eq!(write(stream, bytes), Some(bytes.len()), "there is room");
    let start = Instant::now();
    for [client, _] in &pairs {
        send(client, &question);
    }
    while unfinished > 0 {
        for event in events.wait(None).filter(|event| event.is_readable()) {
            let Token(token) = event.token();
            let (number, end) = (token / 2, token % 2);
            // A message fits, and a read that does not fill the buffer has left nothing.
            let Some(count) = read(&pairs[number][end], &mut buffer) else { continue };
            if end == 1 {
                send(&pairs[number][end], &buffer[..count]);
                continue;
            }
            received[number] += count;
            if received[number] == each * MESSAGE {
                unfinished -= 1;
            } else if received[number].is_multiple_of(MESSAGE) {
                send(&pairs[number][end], &question);
            }
        }
    }
    Took { time: start.elapsed(), operations: connections * each }
}

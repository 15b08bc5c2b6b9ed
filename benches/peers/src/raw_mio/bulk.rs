//! Many bytes in one direction.

use std::time::Instant;

use super::{Loop, read, write};
use crate::workloads::Took;
use crate::workloads::reactor::CHUNK;

/// Each end moves one chunk, then it is the other's turn: the reader finds in the processor's cache what the
/// writer has just put there.
pub fn transfer(chunks: usize) -> Took {
    let mut events = Loop::new();
    let [writer, reader] = events.connect(1).pop().expect("it was asked for one");
    let (chunk, mut buffer) = (vec![7; CHUNK], vec![0; CHUNK]);
    let total = chunks * CHUNK;
    let (mut written, mut received) = (0, 0);
    let start = Instant::now();
    while received < total {
        // The rest of a chunk that was not taken whole comes first.
        let rest = &chunk[written % CHUNK..];
        let sent = if written < total { write(&writer, rest) } else { None };
        let got = read(&reader, &mut buffer);
        written += sent.unwrap_or(0);
        received += got.unwrap_or(0);
        if sent.is_none() && got.is_none() {
            events.wait(None).for_each(drop);
        }
    }
    Took { time: start.elapsed(), operations: total / 1024 }
}

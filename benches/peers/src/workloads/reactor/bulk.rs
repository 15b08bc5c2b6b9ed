//! Many bytes in one direction.

use std::rc::Rc;
use std::time::Instant;

use super::latch::Latch;
use super::{Took, pairs};
use crate::net::{Net, Stream};

/// Bytes that are written, or can be read, at once.
pub const CHUNK: usize = 64 << 10;

/// One task writes chunks, another one reads them. An operation is a KiB.
pub fn transfer<N: Net>(runtime: &'static N, chunks: usize) -> Took {
    runtime.block_on(async move {
        let (mut writer, mut reader) = pairs::connect::<N>(1).await.pop().expect("it was asked for one");
        let done = Latch::new(2);
        let (written, read) = (Rc::clone(&done), Rc::clone(&done));
        let start = Instant::now();
        runtime.spawn_detached(async move {
            let mut chunk = vec![7; CHUNK];
            for _ in 0..chunks {
                chunk = writer.write_all(chunk).await.expect("the reader is there");
            }
            written.arrive();
        });
        runtime.spawn_detached(async move {
            let (mut total, mut buffer) = (0, vec![0; CHUNK]);
            loop {
                let (count, filled) = reader.read(buffer).await.expect("the writer is there");
                if count == 0 {
                    break;
                }
                total += count;
                buffer = filled;
            }
            assert_eq!(total, chunks * CHUNK, "bytes were lost");
            read.arrive();
        });
        done.wait().await;
        Took { time: start.elapsed(), operations: chunks * CHUNK / 1024 }
    })
}

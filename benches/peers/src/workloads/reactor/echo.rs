//! Small messages, to and fro.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use super::latch::Latch;
use super::{Took, pairs};
use crate::net::{Net, Stream};

/// Bytes of a message.
pub const MESSAGE: usize = 64;
/// Bytes of the buffers that messages are read into: larger, as it usually is, so that a read which fills only
/// a part of one tells that there is no more.
pub const ROOM: usize = 256;

/// A client and a server task at each of a number of connections; each client makes a number of round trips.
pub fn round_trips<N: Net>(runtime: &'static N, connections: usize, each: usize) -> Took {
    runtime.block_on(async move {
        let (asked, served) = (Latch::new(connections), Latch::new(connections));
        let mut clients = Vec::with_capacity(connections);
        for (client, server) in pairs::connect::<N>(connections).await {
            clients.push(client);
            let served = Rc::clone(&served);
            runtime.spawn_detached(async move {
                serve(server).await;
                served.arrive();
            });
        }
        // Closed together when the time has been taken.
        let still_open = Rc::new(RefCell::new(Vec::with_capacity(connections)));
        let start = Instant::now();
        for mut client in clients {
            let (asked, still_open) = (Rc::clone(&asked), Rc::clone(&still_open));
            runtime.spawn_detached(async move {
                ask(&mut client, each).await;
                still_open.borrow_mut().push(client);
                asked.arrive();
            });
        }
        asked.wait().await;
        let took = Took { time: start.elapsed(), operations: connections * each };
        still_open.take();
        served.wait().await;
        took
    })
}

async fn ask<S: Stream>(stream: &mut S, times: usize) {
    let (mut question, mut answer) = (vec![7; MESSAGE], vec![0; ROOM]);
    for _ in 0..times {
        question = stream.write_all(question).await.expect("the server is there");
        let mut received = 0;
        while received < MESSAGE {
            let (count, buffer) = stream.read(answer).await.expect("the server is there");
            assert_ne!(count, 0, "the server has closed the connection");
            received += count;
            answer = buffer;
        }
    }
}

/// Sends back what comes, until the client closes.
async fn serve<S: Stream>(mut stream: S) {
    let (mut input, mut output) = (vec![0; ROOM], Vec::with_capacity(ROOM));
    loop {
        let (count, buffer) = stream.read(input).await.expect("the client is there");
        if count == 0 {
            return;
        }
        output.clear();
        output.extend_from_slice(&buffer[..count]);
        input = buffer;
        output = stream.write_all(output).await.expect("the client is there");
    }
}

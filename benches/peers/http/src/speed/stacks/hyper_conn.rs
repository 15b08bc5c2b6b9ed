//! hyper's `client::conn` on tokio's runtime of one thread: a connection for each task, kept from job to job.

use std::cell::RefCell;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::{Stack, told};
use crate::speed::plan::Job;

type Sender = SendRequest<Empty<Bytes>>;

struct HyperConn {
    runtime: Runtime,
    senders: RefCell<Vec<Sender>>,
}

pub fn make(_: &Job) -> Result<Box<dyn Stack>, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(told)?;
    Ok(Box::new(HyperConn { runtime, senders: RefCell::default() }))
}

impl Stack for HyperConn {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        self.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..job.tasks {
                tasks.spawn(again_and_again(self.senders.borrow_mut().pop(), job.clone()));
            }
            let mut bytes = 0;
            while let Some(result) = tasks.join_next().await {
                let (sender, count) = result.map_err(told)??;
                self.senders.borrow_mut().push(sender);
                bytes += count;
            }
            Ok(bytes)
        })
    }
}

async fn again_and_again(kept: Option<Sender>, job: Job) -> Result<(Sender, usize), String> {
    let mut sender = match kept {
        Some(sender) => sender,
        None => connect(job.address).await.map_err(told)?,
    };
    let (host, mut bytes) = (job.address.to_string(), 0);
    for _ in 0..job.each {
        let request = Request::get(job.path).header("host", &host).body(Empty::new()).map_err(told)?;
        sender.ready().await.map_err(told)?;
        let mut body = sender.send_request(request).await.map_err(told)?.into_body();
        while let Some(frame) = body.frame().await {
            bytes += frame.map_err(told)?.data_ref().map_or(0, Bytes::len);
        }
    }
    Ok((sender, bytes))
}

async fn connect(address: SocketAddr) -> Result<Sender, Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

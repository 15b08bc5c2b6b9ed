//! hyper's `client::conn` on tokio's runtime of one thread: a connection is kept as long as it says that it is ready.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::{Answer, Client};

pub struct HyperConn {
    runtime: Runtime,
    sender: Option<SendRequest<Empty<Bytes>>>,
}

impl HyperConn {
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        HyperConn { runtime, sender: None }
    }
}

impl Client for HyperConn {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        let url: Uri = url.parse()?;
        let kept = self.sender.take();
        let asking = async {
            let mut sender = match still_open(kept).await {
                Some(sender) => sender,
                None => connect(&url).await?,
            };
            let request = Request::builder()
                .method(method)
                .uri(url.path())
                .header("host", url.authority().map_or("", |authority| authority.as_str()))
                .body(Empty::new())?;
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await?.to_bytes().to_vec();
            Ok((sender, Answer { status, body }))
        };
        let answer: Result<_, Box<dyn Error>> = self.runtime.block_on(asking);
        let (sender, answer) = answer?;
        self.sender = Some(sender);
        Ok(answer)
    }
}

/// The kept connection, if it can take another request.
async fn still_open(kept: Option<SendRequest<Empty<Bytes>>>) -> Option<SendRequest<Empty<Bytes>>> {
    let mut sender = kept?;
    sender.ready().await.ok()?;
    Some(sender)
}

async fn connect(url: &Uri) -> Result<SendRequest<Empty<Bytes>>, Box<dyn Error>> {
    let authority = url.authority().ok_or("a URL without a host")?.as_str();
    let stream = TcpStream::connect(authority).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

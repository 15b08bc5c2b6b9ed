//! Fetches two URLs at the same time and prints how long their bodies are: with hyper, on tokio's runtime of one thread.

use std::env;
use std::error::Error;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let urls: Vec<_> = env::args().skip(1).take(2).collect();
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let tasks: Vec<_> = urls.iter().map(|url| tokio::spawn(get(url.clone()))).collect();
        for (url, task) in urls.iter().zip(tasks) {
            println!("{url}: {} bytes", task.await??);
        }
        Ok(())
    })
}

async fn get(url: String) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let url: Uri = url.parse()?;
    let authority = url.authority().ok_or("a URL without a host")?.as_str();
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get(url.path()).header("host", authority).body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    Ok(response.into_body().collect().await?.to_bytes().len())
}

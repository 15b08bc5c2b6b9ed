//! Web sites on this machine, in a child process, so that what an example counts is its own doing
//! alone.
//!
//! They stand on the same executor and reactor: a task for each connection, one OS thread for all
//! of them.

use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpListener, TcpStream};

/// Set for the child: how many sites it is to be.
const SITES: &str = "ONETHREAD_LOCAL_SITES";

/// Set for the child: how many milliseconds a site thinks before it answers.
const DELAY: &str = "ONETHREAD_LOCAL_SITES_DELAY_MS";

/// How much of a request a site reads before it loses patience, in bytes.
const LONGEST_REQUEST: usize = 64 * 1024;

/// Sites that run until this is dropped.
pub struct LocalSites {
    child: Child,
    /// Their URLs, each ending in a slash.
    pub urls: Vec<String>,
}

impl LocalSites {
    /// Starts `count` sites that take `delay` to answer. The program calls [`serve_if_asked`] first
    /// of all, since it is the child as well.
    pub fn start(count: usize, delay: Duration) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .env(SITES, count.to_string())
            .env(DELAY, delay.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
        let urls = said.take(count).collect::<io::Result<Vec<_>>>()?;
        if urls.len() < count {
            return Err(io::Error::other("the local sites did not start"));
        }
        Ok(LocalSites { child, urls })
    }
}

impl Drop for LocalSites {
    fn drop(&mut self) {
        // If it cannot be killed it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the child: is the sites, and does not return. Elsewhere it does nothing.
pub fn serve_if_asked() {
    let number = |name| env::var(name).ok().and_then(|value| value.parse::<u32>().ok());
    let Some((count, delay)) = number(SITES).zip(number(DELAY)) else {
        return;
    };
    // The parent holds the other end of our standard input as long as it lives.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let served = reactor::block_on(serve(count, Duration::from_millis(delay.into())));
    if let Err(error) = served.and_then(|served| served) {
        eprintln!("the local sites: {error}");
    }
    process::exit(1);
}

/// Starts the sites, tells their URLs, and answers until the process ends.
async fn serve(count: u32, delay: Duration) -> io::Result<()> {
    for number in 0..count {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        println!("http://{}/", listener.local_addr()?);
        executor::spawn(accept(listener, number, delay)).detach();
    }
    std::future::pending().await
}

/// A site: every connection becomes a task.
async fn accept(listener: TcpListener, site: u32, delay: Duration) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => executor::spawn(async move {
                // A client that goes away has only itself to blame.
                let _ = answer(stream, site, delay).await;
            })
            .detach(),
            Err(error) => {
                eprintln!("site {site} cannot accept: {error}");
                reactor::sleep(delay).await;
            }
        }
    }
}

/// One request and its response, and that is the end of the connection.
async fn answer(mut stream: TcpStream, site: u32, delay: Duration) -> io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") && request.len() < LONGEST_REQUEST {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            length => request.extend_from_slice(&buffer[..length]),
        }
    }
    reactor::sleep(delay).await;

    // GET /7 HTTP/1.1: page number 7.
    let path = String::from_utf8_lossy(&request).split(' ').nth(1).unwrap_or("/").to_owned();
    let page = page(site, path.trim_start_matches('/').parse().unwrap_or(0));
    // Half of the sites know how long their page is before they send it, the others send it in chunks.
    let response = if site.is_multiple_of(2) { with_length(&page) } else { chunked(&page) };
    stream.write_all(response.as_bytes()).await?;
    stream.close().await
}

/// The text that is page `number` of a site: between 1 and 8 kilobytes, different for each.
pub fn page(site: u32, number: u32) -> String {
    let lines = 20 + (site * 97 + number * 31) % 180;
    let body: String =
        (0..lines).map(|line| format!("site {site}, page {number}, line {line:>5} of {lines}\n")).collect();
    format!("<!doctype html>\n<title>Site {site}</title>\n<pre>\n{body}</pre>\n")
}

fn with_length(page: &str) -> String {
    let length = page.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    )
}

fn chunked(page: &str) -> String {
    let lines = page.split_inclusive('\n');
    let chunks: String = lines.map(|line| format!("{:x}\r\n{line}\r\n", line.len())).collect();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunks}0\r\n\r\n"
    )
}

//! Fetches two URLs at the same time and prints how long their bodies are: with nothing but the standard library, two
//! threads, and no more HTTP than nginx needs.

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let urls: Vec<_> = env::args().skip(1).take(2).collect();
    thread::scope(|scope| {
        let threads: Vec<_> = urls.iter().map(|url| scope.spawn(|| get(url))).collect();
        for (url, thread) in urls.iter().zip(threads) {
            println!("{url}: {} bytes", thread.join().expect("it does not panic")?);
        }
        Ok(())
    })
}

fn get(url: &str) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let rest = url.strip_prefix("http://").ok_or("only http")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    let head = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or("no head")?;
    Ok(response.len() - head - 4)
}

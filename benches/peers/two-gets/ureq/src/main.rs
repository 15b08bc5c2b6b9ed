//! Fetches two URLs at the same time and prints how long their bodies are: with ureq, and two threads.

use std::env;
use std::thread;

fn main() -> Result<(), ureq::Error> {
    let urls: Vec<_> = env::args().skip(1).take(2).collect();
    thread::scope(|scope| {
        let threads: Vec<_> = urls.iter().map(|url| scope.spawn(|| get(url))).collect();
        for (url, thread) in urls.iter().zip(threads) {
            println!("{url}: {} bytes", thread.join().expect("it does not panic")?);
        }
        Ok(())
    })
}

fn get(url: &str) -> Result<usize, ureq::Error> {
    Ok(ureq::get(url).call()?.body_mut().read_to_vec()?.len())
}

//! Fetches two URLs at the same time and prints how long their bodies are: with this project's client, on its executor
//! and reactor, which is one thread.

use std::env;
use std::error::Error;

use executor::Executor;
use http_lite::Client;
use reactor::Reactor;

fn main() -> Result<(), Box<dyn Error>> {
    let urls: Vec<_> = env::args().skip(1).take(2).collect();
    let reactor = Reactor::new()?;
    let _entered = reactor.handle().enter();
    Executor::with_park(reactor).block_on(async {
        let client = Client::new();
        let start = |url: &String| executor::spawn(get(client.clone(), url.clone()));
        let tasks: Vec<_> = urls.iter().map(start).collect();
        for (url, task) in urls.iter().zip(tasks) {
            println!("{url}: {} bytes", task.await??);
        }
        Ok(())
    })
}

async fn get(client: Client, url: String) -> Result<usize, http_lite::Error> {
    Ok(client.get(&url).send().await?.into_body().bytes().await?.len())
}

//! Fetches two URLs at the same time and prints how long their bodies are: with reqwest, on tokio's runtime of one thread.

use std::env;
use std::error::Error;

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

async fn get(url: String) -> Result<usize, reqwest::Error> {
    Ok(reqwest::get(url).await?.bytes().await?.len())
}

//! reqwest on tokio's runtime of one thread.

use reqwest::Client;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::{Stack, told};
use crate::speed::plan::Job;

struct Reqwest {
    runtime: Runtime,
    client: Client,
}

pub fn make(_: &Job) -> Result<Box<dyn Stack>, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(told)?;
    let client = Client::builder().no_proxy().build().map_err(told)?;
    Ok(Box::new(Reqwest { runtime, client }))
}

impl Stack for Reqwest {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        self.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..job.tasks {
                tasks.spawn(again_and_again(self.client.clone(), job.clone()));
            }
            let mut bytes = 0;
            while let Some(result) = tasks.join_next().await {
                bytes += result.map_err(told)??;
            }
            Ok(bytes)
        })
    }
}

async fn again_and_again(client: Client, job: Job) -> Result<usize, String> {
    let mut bytes = 0;
    for _ in 0..job.each {
        let mut response = client.get(&job.url).send().await.map_err(told)?;
        while let Some(chunk) = response.chunk().await.map_err(told)? {
            bytes += chunk.len();
        }
    }
    Ok(bytes)
}

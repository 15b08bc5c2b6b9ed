//! This project's client on its own executor and reactor.

use executor::Executor;
use http_lite::{Client, Limits, Url};
use reactor::{Handle, Reactor};

use super::{Stack, told};
use crate::speed::plan::Job;

struct Ours {
    client: Client,
    executor: Executor,
    reactor: Handle,
}

pub fn make(job: &Job) -> Result<Box<dyn Stack>, String> {
    let reactor = Reactor::new().map_err(told)?;
    let handle = reactor.handle();
    // All connections are to be kept, as the others keep them.
    let mut limits = Limits::default();
    limits.idle_per_origin = job.tasks;
    limits.idle_connections = job.tasks;
    let client = Client::builder().limits(limits).build();
    Ok(Box::new(Ours { client, executor: Executor::with_park(reactor), reactor: handle }))
}

impl Stack for Ours {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        let _entered = self.reactor.enter();
        self.executor.block_on(async {
            let spawn = |_| executor::spawn(again_and_again(self.client.clone(), job.clone()));
            let tasks: Vec<_> = (0..job.tasks).map(spawn).collect();
            let mut bytes = 0;
            for task in tasks {
                bytes += task.await.map_err(told)??;
            }
            Ok(bytes)
        })
    }
}

async fn again_and_again(client: Client, job: Job) -> Result<usize, String> {
    let (url, mut bytes) = (Url::parse(&job.url).map_err(told)?, 0);
    for _ in 0..job.each {
        let mut body = client.get(&url).send().await.map_err(told)?.into_body();
        while let Some(chunk) = body.chunk().await.map_err(told)? {
            bytes += chunk.len();
        }
    }
    Ok(bytes)
}

//! hyper-util's `legacy` client, with its pool, on tokio's runtime of one thread.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::{Stack, told};
use crate::speed::plan::Job;

type Pooled = Client<HttpConnector, Empty<Bytes>>;

struct HyperUtil {
    runtime: Runtime,
    client: Pooled,
}

pub fn make(_: &Job) -> Result<Box<dyn Stack>, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(told)?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
    Ok(Box::new(HyperUtil { runtime, client }))
}

impl Stack for HyperUtil {
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

async fn again_and_again(client: Pooled, job: Job) -> Result<usize, String> {
    let mut bytes = 0;
    for _ in 0..job.each {
        let request = Request::get(&job.url).body(Empty::new()).map_err(told)?;
        let mut body = client.request(request).await.map_err(told)?.into_body();
        while let Some(frame) = body.frame().await {
            bytes += frame.map_err(told)?.data_ref().map_or(0, Bytes::len);
        }
    }
    Ok(bytes)
}

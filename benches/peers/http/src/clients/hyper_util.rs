//! hyper-util's `legacy` client, which has a pool, on tokio's runtime of one thread.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{Builder, Runtime};

use super::{Answer, Client};

pub struct HyperUtil {
    runtime: Runtime,
    client: Pooled<HttpConnector, Empty<Bytes>>,
}

impl HyperUtil {
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let client = Pooled::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build_http();
        HyperUtil { runtime, client }
    }
}

impl Client for HyperUtil {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        self.runtime.block_on(async {
            let request = Request::builder().method(method).uri(url).body(Empty::new())?;
            let response = self.client.request(request).await?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await?.to_bytes().to_vec();
            Ok(Answer { status, body })
        })
    }
}

//! reqwest on tokio's runtime of one thread.

use std::error::Error;

use reqwest::Method;
use tokio::runtime::{Builder, Runtime};

use super::{Answer, Client};

pub struct Reqwest {
    runtime: Runtime,
    client: reqwest::Client,
}

impl Reqwest {
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Reqwest { runtime, client: reqwest::Client::new() }
    }
}

impl Client for Reqwest {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        self.runtime.block_on(async {
            let response = self.client.request(Method::from_bytes(method.as_bytes())?, url).send().await?;
            let status = response.status().as_u16();
            Ok(Answer { status, body: response.bytes().await?.to_vec() })
        })
    }
}

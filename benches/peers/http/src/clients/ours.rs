//! This project's client on its own executor and reactor.

use std::error::Error;
use std::future::Future;

use executor::Executor;
use http_lite::Client as Pooled;
use reactor::{Handle, Reactor};

use super::{Answer, Client};

pub struct Ours {
    client: Pooled,
    executor: Executor,
    reactor: Handle,
}

impl Ours {
    pub fn new() -> Self {
        let reactor = Reactor::new().expect("a reactor can be made");
        let handle = reactor.handle();
        Ours { client: Pooled::new(), executor: Executor::with_park(reactor), reactor: handle }
    }

    fn run<F: Future>(&self, future: F) -> F::Output {
        let _entered = self.reactor.enter();
        self.executor.block_on(future)
    }
}

impl Client for Ours {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        self.run(async {
            let response = self.client.request(method.parse()?, url).send().await?;
            let status = response.status().as_u16();
            Ok(Answer { status, body: response.into_body().bytes().await?.to_vec() })
        })
    }
}

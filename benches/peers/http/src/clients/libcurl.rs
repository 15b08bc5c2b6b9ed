//! libcurl by the crate `curl`, which builds a libcurl of its own.

use std::error::Error;

use curl::easy::Easy;

use super::{Answer, Client};

pub struct Libcurl(Easy);

impl Libcurl {
    pub fn new() -> Self {
        Libcurl(Easy::new())
    }
}

impl Client for Libcurl {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        let easy = &mut self.0;
        easy.url(url)?;
        match method {
            "HEAD" => easy.nobody(true)?,
            "GET" => easy.get(true)?,
            other => easy.custom_request(other)?,
        }
        let mut body = Vec::new();
        let mut transfer = easy.transfer();
        transfer.write_function(|data| {
            body.extend_from_slice(data);
            Ok(data.len())
        })?;
        transfer.perform()?;
        drop(transfer);
        Ok(Answer { status: easy.response_code()?.try_into()?, body })
    }
}

//! attohttpc, which blocks and keeps no connection.

use std::error::Error;

use attohttpc::RequestBuilder;
use http::Method;

use super::{Answer, Client};

pub struct Attohttpc;

impl Client for Attohttpc {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        let response = RequestBuilder::try_new(Method::from_bytes(method.as_bytes())?, url)?.send()?;
        Ok(Answer { status: response.status().as_u16(), body: response.bytes()? })
    }
}

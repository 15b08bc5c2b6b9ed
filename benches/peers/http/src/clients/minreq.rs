//! minreq, which blocks and keeps no connection.

use std::error::Error;

use minreq::{Method, Request};

use super::{Answer, Client};

pub struct Minreq;

impl Client for Minreq {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            other => Method::Custom(other.into()),
        };
        let response = Request::new(method, url).send()?;
        Ok(Answer { status: response.status_code, body: response.into_bytes() })
    }
}

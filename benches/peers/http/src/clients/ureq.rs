//! ureq, which blocks.

use std::error::Error;

use ureq::Agent;
use ureq::http::Request;

use super::{Answer, Client};

pub struct Ureq(Agent);

impl Ureq {
    pub fn new() -> Self {
        // A status is a status here, not an error.
        Ureq(Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent())
    }
}

impl Client for Ureq {
    fn ask(&mut self, method: &str, url: &str) -> Result<Answer, Box<dyn Error>> {
        let mut response = self.0.run(Request::builder().method(method).uri(url).body(())?)?;
        let body = response.body_mut().read_to_vec()?;
        Ok(Answer { status: response.status().as_u16(), body })
    }
}

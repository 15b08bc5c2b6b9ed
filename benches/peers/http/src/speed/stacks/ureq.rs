//! ureq, which blocks: a thread for each task, or none if there is one task alone.

use std::io::Read;
use std::thread;

use ureq::Agent;

use super::{Stack, told};
use crate::speed::plan::{Job, KIBIBYTE};

/// What is read at once.
const BUFFER: usize = 64 * KIBIBYTE;

struct Ureq(Agent);

pub fn make(job: &Job) -> Result<Box<dyn Stack>, String> {
    // All connections are to be kept, as the others keep them.
    let config = Agent::config_builder()
        .proxy(None)
        .max_idle_connections(job.tasks)
        .max_idle_connections_per_host(job.tasks);
    Ok(Box::new(Ureq(config.build().new_agent())))
}

impl Stack for Ureq {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        if job.tasks == 1 {
            return again_and_again(&self.0, job);
        }
        thread::scope(|scope| {
            let threads: Vec<_> =
                (0..job.tasks).map(|_| scope.spawn(|| again_and_again(&self.0, job))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
        })
    }
}

fn again_and_again(agent: &Agent, job: &Job) -> Result<usize, String> {
    let (mut buffer, mut bytes) = (vec![0; BUFFER], 0);
    for _ in 0..job.each {
        let mut response = agent.get(&job.url).call().map_err(told)?;
        let mut reader = response.body_mut().as_reader();
        loop {
            match reader.read(&mut buffer).map_err(told)? {
                0 => break,
                count => bytes += count,
            }
        }
    }
    Ok(bytes)
}

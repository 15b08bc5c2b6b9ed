//! libcurl: its multi interface, or the easy one if there is one task alone.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use curl::easy::{Easy2, Handler, WriteError};
use curl::multi::Multi;

use super::{Stack, told};
use crate::speed::plan::Job;

/// How long to wait for sockets; it is asked again in any case.
const WAIT: Duration = Duration::from_secs(1);

struct Libcurl {
    multi: Multi,
    easy: RefCell<Vec<Easy2<Count>>>,
    bytes: Rc<Cell<usize>>,
}

/// Counts what arrives.
struct Count(Rc<Cell<usize>>);

impl Handler for Count {
    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        self.0.set(self.0.get() + data.len());
        Ok(data.len())
    }
}

pub fn make(job: &Job) -> Result<Box<dyn Stack>, String> {
    let (mut multi, bytes) = (Multi::new(), Rc::default());
    // All connections are to be kept, as the others keep them.
    multi.set_max_connects(job.tasks).map_err(told)?;
    let easy = (0..job.tasks).map(|_| prepare(job, &bytes)).collect::<Result<_, _>>().map_err(told)?;
    Ok(Box::new(Libcurl { multi, easy: RefCell::new(easy), bytes }))
}

fn prepare(job: &Job, bytes: &Rc<Cell<usize>>) -> Result<Easy2<Count>, curl::Error> {
    let mut easy = Easy2::new(Count(Rc::clone(bytes)));
    easy.url(&job.url)?;
    easy.proxy("")?;
    Ok(easy)
}

impl Stack for Libcurl {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        self.bytes.set(0);
        let mut easy = self.easy.borrow_mut();
        match &easy[..] {
            [easy] => (0..job.each).try_for_each(|_| easy.perform()).map_err(told)?,
            _ => *easy = self.all_at_once(easy.drain(..).collect(), job.each)?,
        }
        Ok(self.bytes.get())
    }
}

impl Libcurl {
    fn all_at_once(&self, easy: Vec<Easy2<Count>>, each: usize) -> Result<Vec<Easy2<Count>>, String> {
        let (mut idle, mut left) = (Vec::new(), vec![each; easy.len()]);
        let mut running: Vec<_> = easy
            .into_iter()
            .enumerate()
            .map(|(token, easy)| {
                let mut handle = self.multi.add2(easy).map_err(told)?;
                handle.set_token(token).map_err(told)?;
                Ok(Some(handle))
            })
            .collect::<Result<_, String>>()?;
        while idle.len() < running.len() {
            self.multi.perform().map_err(told)?;
            let mut finished = Vec::new();
            self.multi.messages(|message| {
                if let (Some(result), Ok(token)) = (message.result(), message.token()) {
                    finished.push((token, result));
                }
            });
            for (token, result) in &finished {
                result.as_ref().map_err(told)?;
                let handle = running[*token].take().ok_or("it finished twice")?;
                let easy = self.multi.remove2(handle).map_err(told)?;
                left[*token] -= 1;
                if left[*token] == 0 {
                    idle.push(easy);
                } else {
                    let mut handle = self.multi.add2(easy).map_err(told)?;
                    handle.set_token(*token).map_err(told)?;
                    running[*token] = Some(handle);
                }
            }
            if finished.is_empty() {
                self.multi.poll(&mut [], WAIT).map_err(told)?;
            }
        }
        Ok(idle)
    }
}

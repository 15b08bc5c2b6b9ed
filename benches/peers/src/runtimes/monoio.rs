//! monoio on io_uring.

use std::cell::RefCell;
use std::future::Future;

use monoio::task::JoinHandle;
use monoio::{IoUringDriver, RuntimeBuilder};

use super::uring;
use crate::runtime::{Needs, Runtime};

pub struct Monoio(RefCell<monoio::Runtime<IoUringDriver>>);

impl Runtime for Monoio {
    const NAME: &'static str = "monoio";

    type Join<T: 'static> = JoinHandle<T>;

    fn new(_: Needs) -> Result<Self, String> {
        uring::check()?;
        let runtime = RuntimeBuilder::<IoUringDriver>::new().build().map_err(|error| error.to_string())?;
        Ok(Monoio(RefCell::new(runtime)))
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.borrow_mut().block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        monoio::spawn(future)
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        drop(monoio::spawn(future));
    }
}

//! compio on io_uring.

use std::future::Future;

use compio_runtime::JoinHandle;

use super::uring;
use crate::runtime::{Needs, Runtime, Unwrapped};

pub struct Compio(compio_runtime::Runtime);

impl Runtime for Compio {
    const NAME: &'static str = "compio";

    type Join<T: 'static> = Unwrapped<JoinHandle<T>>;

    fn new(_: Needs) -> Result<Self, String> {
        uring::check()?;
        compio_runtime::Runtime::new().map(Compio).map_err(|error| error.to_string())
    }

    fn block_on<F: Future + 'static>(&'static self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F: Future + 'static>(&'static self, future: F) -> Self::Join<F::Output> {
        Unwrapped(compio_runtime::spawn(future))
    }

    fn spawn_detached<F: Future<Output = ()> + 'static>(&'static self, future: F) {
        compio_runtime::spawn(future).detach();
    }
}

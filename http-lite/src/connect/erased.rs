use std::future::Future;
use std::io;
use std::pin::Pin;

use super::{Connect, Destination, Timer, Transport};
use crate::Scheme;

/// A [`Connect`] whose types are forgotten, so that neither clients nor bodies have type parameters. It costs one box
/// for each connection and one for its timer.
pub(crate) trait Connector {
    fn connect<'a>(&'a self, to: Destination<'a>) -> Connecting<'a>;

    fn timer(&self) -> Box<dyn Timer>;

    fn supports(&self, scheme: Scheme) -> bool;
}

/// A connection that is being made.
pub(crate) type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Transport>>> + 'a>>;

impl<C: Connect> Connector for C {
    fn connect<'a>(&'a self, to: Destination<'a>) -> Connecting<'a> {
        Box::pin(async move {
            let stream: Box<dyn Transport> = Box::new(Connect::connect(self, to).await?);
            Ok(stream)
        })
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(Connect::timer(self))
    }

    fn supports(&self, scheme: Scheme) -> bool {
        Connect::supports(self, scheme)
    }
}

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::Error;

/// Something that only the peer can bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wait {
    /// For it to accept a connection at this address.
    Connect(SocketAddr),
    /// For it to take some bytes of the request.
    Send,
    /// For it to send some bytes of the response.
    Receive,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(address) => write!(f, "connecting to {address}"),
            Self::Send => f.write_str("sending the request"),
            Self::Receive => f.write_str("reading the response"),
        }
    }
}

/// Waits for one step of I/O, but not for longer than `idle`.
pub(crate) async fn within<T>(
    idle: Option<Duration>,
    wait: Wait,
    step: impl Future<Output = io::Result<T>>,
) -> Result<T, Error> {
    let result = match idle {
        None => step.await,
        Some(after) => match reactor::timeout(after, step).await {
            Ok(result) => result,
            Err(_) => return Err(Error::TimedOut { wait, after }),
        },
    };
    result.map_err(|source| match wait {
        Wait::Connect(address) => Error::Connect { address, source },
        wait => Error::Io { wait, source },
    })
}

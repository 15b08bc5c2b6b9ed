//! Sockets and timers for one OS thread.
mod block_on;
mod handle;
mod reactor;
mod readiness;
mod registration;
mod sleep;
mod tcp_listener;
mod tcp_stream;
mod timeout;
mod timers;

pub use self::block_on::block_on;
pub use self::handle::{Entered, Handle};
pub use self::reactor::{Reactor, Turn};
pub use self::readiness::Direction;
pub use self::registration::Registration;
pub use self::sleep::{Sleep, sleep};
pub use self::tcp_listener::TcpListener;
pub use self::tcp_stream::TcpStream;
pub use self::timeout::{Elapsed, Timeout, timeout};

//! An address where somebody listens and nobody answers.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// An address where an attempt to connect waits for as long as this lives: nobody accepts those that came first,
/// and where a backlog is full Linux answers no more.
pub struct SilentAddress {
    listener: Socket,
    _first: Vec<Socket>,
}

impl SilentAddress {
    /// How long an attempt that is answered may take.
    const MOMENT: Duration = Duration::from_millis(200);

    pub fn new() -> Self {
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are sockets");
        let listener = socket();
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a port is free");
        listener.listen(0).expect("a bound socket can listen");
        let address = listener.local_addr().expect("a listener has an address");
        let mut first = Vec::new();
        loop {
            let client = socket();
            match client.connect_timeout(&address, Self::MOMENT) {
                Ok(()) => first.push(client),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::TimedOut);
                    return SilentAddress { listener, _first: first };
                }
            }
            assert!(first.len() < 64, "a backlog of none has room for {first:?}");
        }
    }

    pub fn address(&self) -> SocketAddr {
        let address = self.listener.local_addr().expect("a listener has an address");
        address.as_socket().expect("it is one of IPv4")
    }
}

//! An address where nobody listens.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// An address that refuses connections for as long as this lives.
///
/// Its port is bound, which keeps everybody else from it: also those who connect, whom the system might give the very
/// port that they connect to, and who would be connected to themselves.
pub struct RefusingAddress(Socket);

impl RefusingAddress {
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are sockets");
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a port is free");
        RefusingAddress(socket)
    }

    pub fn address(&self) -> SocketAddr {
        let address = self.0.local_addr().expect("a bound socket has an address");
        address.as_socket().expect("it is one of IPv4")
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address())
    }
}

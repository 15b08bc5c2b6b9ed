//! An address where nobody listens.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

/// An address that refuses connections for as long as this lives.
///
/// A port that was bound and closed again would do, until another test happens to be given it. This
/// one is taken: by the client's end of a connection, to which nobody can connect.
pub struct RefusingAddress {
    client: TcpStream,
    /// The other end, without which there would be no connection.
    _listener: TcpListener,
}

impl RefusingAddress {
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        RefusingAddress {
            client: TcpStream::connect(address).expect("a listener accepts"),
            _listener: listener,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.client.local_addr().expect("a connection has an address")
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address())
    }
}

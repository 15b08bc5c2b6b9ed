use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::url::{Host, Origin};

/// The addresses of a target, to be tried in turn; at least one.
///
/// Nobody is asked and nothing blocks. That leaves addresses, and `localhost` with all names below it, which are
/// loopback by definition (RFC 6761 section 6.3).
pub(crate) fn resolve(target: &Origin) -> io::Result<Vec<SocketAddr>> {
    let hosts: Vec<IpAddr> = match target.host() {
        Host::Ip(address) => vec![*address],
        Host::Name(name) if is_localhost(name) => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Host::Name(name) => {
            let advice = format!(
                "the name {name} cannot be looked up without blocking yet: use an IP address or localhost, and a \
                 Host header if the server needs the name"
            );
            return Err(io::Error::new(io::ErrorKind::Unsupported, advice));
        }
    };
    Ok(hosts.into_iter().map(|host| SocketAddr::new(host, target.port())).collect())
}

fn is_localhost(name: &str) -> bool {
    // A dot at the end only says that no other name is meant.
    let name = name.strip_suffix('.').unwrap_or(name);
    let top = name.rsplit_once('.').map_or(name, |(_, top)| top);
    top.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests;

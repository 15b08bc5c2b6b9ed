use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Error;
use crate::proto::Excerpt;
use crate::url::{Host, Origin};

/// The addresses of a target, to be tried in turn; at least one.
///
/// Nobody is asked and nothing blocks. That leaves addresses, and `localhost` with all names below it, which are
/// loopback by definition (RFC 6761 section 6.3).
pub(crate) fn resolve(target: &Origin) -> Result<Vec<SocketAddr>, Error> {
    let hosts: Vec<IpAddr> = match target.host() {
        Host::Ip(address) => vec![*address],
        Host::Name(name) if is_localhost(name) => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Host::Name(name) => {
            return Err(Error::UnknownHost { name: Excerpt::from(name.as_str()) });
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

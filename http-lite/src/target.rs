use std::net::{IpAddr, Ipv6Addr};

use http::Uri;

use crate::Error;
use crate::proto::Excerpt;

/// Where a request goes, and what it asks for there.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// The URL itself, with its parts checked.
    pub(crate) uri: Uri,
}

/// Who to connect to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Ip(IpAddr),
    Name(String),
}

impl Target {
    /// Reads a URL.
    ///
    /// Stricter than [`Uri`], and with a reason for each refusal: whoever mistypes a URL should read what is wrong
    /// with it, and nobody should be connected to a host other than the one they see (CVE-2016-8624).
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let bad = |problem| Error::BadUrl { url: shown(url), problem };
        if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(bad("it contains a space or a control character"));
        }
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("it does not begin with http://"))?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(Error::UnsupportedScheme { scheme: Excerpt::from(scheme) });
        }
        let (host, port) = host_and_port(split_authority(rest).0).map_err(bad)?;
        let uri = url.parse().map_err(|_| bad("its path has an impossible character, or is too long"))?;
        Ok(Self { host, port, uri })
    }
}

/// Splits what follows a scheme into authority and all the rest.
fn split_authority(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
}

fn host_and_port(authority: &str) -> Result<(Host, u16), &'static str> {
    if authority.contains('@') {
        return Err("a user name or password in a URL is not supported");
    }
    if !authority.is_ascii() {
        return Err("its host name is not ASCII: write it in its xn-- form");
    }
    if let Some(bracketed) = authority.strip_prefix('[') {
        let (host, after) = bracketed.split_once(']').ok_or("its IPv6 address has no closing bracket")?;
        let address: Ipv6Addr = host.parse().map_err(|_| "what is in brackets is not an IPv6 address")?;
        return Ok((Host::Ip(address.into()), port(after)?));
    }
    let (host, after) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    Ok((host_outside_brackets(host)?, port(after)?))
}

fn host_outside_brackets(host: &str) -> Result<Host, &'static str> {
    if host.is_empty() {
        return Err("it names no host");
    }
    if let Ok(address) = host.parse() {
        return Ok(Host::Ip(IpAddr::V4(address)));
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        return Err("its host name has an impossible character");
    }
    Ok(Host::Name(host.to_owned()))
}

/// Reads what follows a host: nothing, or a colon and digits, or a colon alone (RFC 3986 section 3.2.3).
fn port(after_host: &str) -> Result<u16, &'static str> {
    const PROBLEM: &str = "its port is not a number from 1 to 65535";
    if matches!(after_host, "" | ":") {
        return Ok(80);
    }
    let digits = after_host.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).filter(|&port| port != 0).ok_or(PROBLEM)
}

/// The URL for an error message, without what stands before an `@`: messages end up in logs.
fn shown(url: &str) -> Excerpt {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Excerpt::from(url);
    };
    let (authority, path) = split_authority(rest);
    match authority.rsplit_once('@') {
        Some((_, host)) => Excerpt::from(&*format!("{scheme}://***@{host}{path}")),
        None => Excerpt::from(url),
    }
}

#[cfg(test)]
mod tests;

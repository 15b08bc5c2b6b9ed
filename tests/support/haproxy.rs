//! `HAProxy` in front of another server.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::ops::Deref;
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::supervised::{Foreground, Supervised, find};

/// An `HAProxy` that runs until this is dropped.
pub struct HaProxy(Supervised);

impl HaProxy {
    /// Starts `HAProxy` in front of the server at a port. `X-Port` tells the client's port. `rules`
    /// stand in its `frontend`.
    ///
    /// `None` where `HAProxy` is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If `HAProxy` does not start; where it is not installed, in continuous integration alone.
    pub fn start(server: u16, rules: &str) -> Option<Self> {
        let program = find("haproxy", "haproxy")?;
        Some(HaProxy(Supervised::start(&program, 1, &Front { server, rules })))
    }
}

/// What `HAProxy` answers to a command at its own socket.
fn ask(directory: &Path, command: &str) -> Option<String> {
    let mut stream = UnixStream::connect(directory.join("haproxy.sock")).ok()?;
    stream.write_all(command.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer).filter(|answer| !answer.is_empty())
}

impl Deref for HaProxy {
    type Target = Supervised;

    fn deref(&self) -> &Supervised {
        &self.0
    }
}

struct Front<'a> {
    server: u16,
    rules: &'a str,
}

impl Foreground for Front<'_> {
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString> {
        let file = directory.join("haproxy.cfg");
        fs::write(&file, self.configuration(directory, ports[0])).expect("a file can be written");
        vec!["-db".into(), "-f".into(), file.into()]
    }

    /// It answers once it is done with starting.
    fn listens(&self, directory: &Path, _log: &str) -> bool {
        ask(directory, "show info\n").is_some()
    }
}

impl Front<'_> {
    fn configuration(&self, directory: &Path, port: u16) -> String {
        let (directory, server, rules) = (directory.display(), self.server, self.rules);
        format!(
            "global
  stats socket {directory}/haproxy.sock
defaults
  mode http
  timeout connect 60s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:{port}
  http-response set-header X-Port %[src_port]
{rules}
  default_backend back
backend back
  server server 127.0.0.1:{server}
"
        )
    }
}

//! Caddy, configured by the test that needs it.

use std::ffi::OsString;
use std::fs;
use std::ops::Deref;
use std::path::Path;

use super::supervised::{Foreground, Supervised, find};
use super::temp_dir::TempDir;

/// A Caddy that runs until this is dropped.
pub struct Caddy(Supervised);

impl Caddy {
    /// Starts Caddy with a site of the files in `files`. `X-Port` tells the client's port.
    /// `directives` stand in its block.
    ///
    /// `None` where Caddy is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If Caddy does not start; where it is not installed, in continuous integration alone.
    pub fn start(files: &TempDir, directives: &str) -> Option<Self> {
        let program = find("caddy", "caddy")?;
        Some(Caddy(Supervised::start(&program, 1, &Site { files, directives })))
    }
}

impl Deref for Caddy {
    type Target = Supervised;

    fn deref(&self) -> &Supervised {
        &self.0
    }
}

struct Site<'a> {
    files: &'a Path,
    directives: &'a str,
}

impl Foreground for Site<'_> {
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString> {
        let file = directory.join("Caddyfile");
        let (port, files, directives) = (ports[0], self.files.display(), self.directives);
        let configuration = format!(
            "{{
  admin off
  auto_https off
}}
http://:{port} {{
  bind 127.0.0.1
  root * {files}
  header X-Port {{http.request.remote.port}}
  file_server
{directives}
}}
"
        );
        fs::write(&file, configuration).expect("a file can be written");
        vec!["run".into(), "--adapter".into(), "caddyfile".into(), "--config".into(), file.into()]
    }

    fn listens(&self, _directory: &Path, log: &str) -> bool {
        log.contains("serving initial configuration")
    }
}

//! nginx, configured by the test that needs it.

use std::ffi::OsString;
use std::fs;
use std::ops::Deref;
use std::path::Path;

use super::supervised::{Foreground, Supervised, find, has_written_its_id};
use super::temp_dir::TempDir;

/// An nginx that runs until this is dropped.
pub struct Nginx(Supervised);

impl Nginx {
    /// Starts nginx with one site for each of `sites`: what is to stand in its `server` block
    /// besides where it listens. The sites' files are those in `files`. `X-Port` tells the client's
    /// port.
    ///
    /// `None` where nginx is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If nginx does not start; where it is not installed, in continuous integration alone.
    pub fn start(files: &TempDir, sites: &[&str]) -> Option<Self> {
        let program = find("nginx", "nginx-light")?;
        Some(Nginx(Supervised::start(&program, sites.len(), &Sites { files, sites })))
    }
}

impl Deref for Nginx {
    type Target = Supervised;

    fn deref(&self) -> &Supervised {
        &self.0
    }
}

struct Sites<'a> {
    files: &'a Path,
    sites: &'a [&'a str],
}

impl Foreground for Sites<'_> {
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString> {
        fs::write(directory.join("nginx.conf"), self.configuration(directory, ports))
            .expect("a file can be written");
        vec!["-e".into(), "stderr".into(), "-c".into(), "nginx.conf".into(), "-p".into(), directory.into()]
    }

    fn listens(&self, directory: &Path, _log: &str) -> bool {
        has_written_its_id(&directory.join("nginx.pid"))
    }
}

impl Sites<'_> {
    /// Everything that nginx would write elsewhere on the machine goes to `directory`.
    fn configuration(&self, directory: &Path, ports: &[u16]) -> String {
        let (files, directory) = (self.files.display(), directory.display());
        let sites: String = self
            .sites
            .iter()
            .zip(ports)
            .map(|(site, port)| format!("  server {{ listen 127.0.0.1:{port}; {site} }}\n"))
            .collect();
        format!(
            "daemon off;
master_process off;
pid {directory}/nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {directory}/client_body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  root {files};
  add_header X-Port $remote_port always;
{sites}}}
"
        )
    }
}

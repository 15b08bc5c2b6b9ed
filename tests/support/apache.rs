//! Apache's httpd, configured by the test that needs it.

use std::ffi::OsString;
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::supervised::{Foreground, Supervised, find, has_written_its_id, missing};
use super::temp_dir::TempDir;

/// Where Debian keeps its modules.
const MODULES: &str = "/usr/lib/apache2/modules";

/// Those that a site can use.
const USED: [&str; 8] = ["mpm_event", "authz_core", "mime", "alias", "asis", "cgi", "headers", "status"];

/// An Apache that runs until this is dropped.
pub struct Apache(Supervised);

impl Apache {
    /// Starts Apache with a site of the files in `files`. Those named `*.asis` are responses with
    /// their heads, which Apache completes; and see [`write_raw`] and [`write_made`]. `extra` stands
    /// in its configuration.
    ///
    /// `None` where Apache is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If Apache does not start; where it is not installed, in continuous integration alone.
    pub fn start(files: &TempDir, extra: &str) -> Option<Self> {
        let program = find("apache2", "apache2")?;
        if !Path::new(MODULES).is_dir() {
            missing(&format!("Apache has no modules in {MODULES}"));
            return None;
        }
        Some(Apache(Supervised::start(&program, 1, &Site { files, extra })))
    }
}

/// Writes a file of which Apache sends all bytes as they are, and then closes the connection: the
/// program `nph-` and the name.
pub fn write_raw(files: &TempDir, name: &str, response: &[u8]) {
    write_program(&files.join(format!("nph-{name}")), &[response]);
}

/// Writes a program that makes a page of these bytes, whose length Apache does not know before it
/// has sent them: `made-` and the name.
pub fn write_made(files: &TempDir, name: &str, page: &[u8]) {
    write_program(&files.join(format!("made-{name}")), &[b"Content-Type: text/plain\n\n", page]);
}

fn write_program(path: &Path, output: &[&[u8]]) {
    // A program that prints what follows its first line.
    let program = [b"#!/usr/bin/tail -n+2\n", output.concat().as_slice()].concat();
    fs::write(path, program).expect("a file can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a file has permissions");
}

impl Deref for Apache {
    type Target = Supervised;

    fn deref(&self) -> &Supervised {
        &self.0
    }
}

struct Site<'a> {
    files: &'a Path,
    extra: &'a str,
}

impl Foreground for Site<'_> {
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString> {
        let file = directory.join("apache.conf");
        fs::write(&file, self.configuration(directory, ports[0])).expect("a file can be written");
        vec!["-X".into(), "-f".into(), file.into()]
    }

    fn listens(&self, directory: &Path, _log: &str) -> bool {
        has_written_its_id(&directory.join("apache.pid"))
    }
}

impl Site<'_> {
    fn configuration(&self, directory: &Path, port: u16) -> String {
        let (files, directory, extra) = (self.files.display(), directory.display(), self.extra);
        let modules: String =
            USED.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n")).concat();
        format!(
            "ServerRoot {directory}
DefaultRuntimeDir {directory}
PidFile {directory}/apache.pid
Mutex file:{directory} default
{modules}ServerName localhost
# It gives up being root, where it is.
User www-data
Group www-data
TypesConfig /dev/null
ErrorLog /dev/stderr
Listen 127.0.0.1:{port}
DocumentRoot {files}
AddHandler send-as-is asis
<Directory {files}>
  Options +ExecCGI
</Directory>
<FilesMatch ^(nph|made)->
  SetHandler cgi-script
</FilesMatch>
{extra}
"
        )
    }
}

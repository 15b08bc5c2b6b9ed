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
const USED: [&str; 8] =
    ["mpm_event", "authz_core", "mime", "asis", "cgi", "headers", "proxy", "proxy_connect"];

/// An Apache that runs until this is dropped.
pub struct Apache(Supervised);

impl Apache {
    /// Starts Apache with a site of the files in `files`. Those named `*.asis` are responses with
    /// their heads, which Apache completes; and see [`write_raw`], [`write_made`] and
    /// [`write_echo`]. `X-Port` tells the client's port. `extra` stands in its configuration.
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

/// The first line of a program that prints all that follows it.
const PRINT_THE_REST: &[u8] = b"#!/usr/bin/tail -n+2\n";

/// Writes a file of which Apache sends all bytes as they are, and then closes the connection: the
/// program `nph-` and the name.
pub fn write_raw(files: &TempDir, name: &str, response: &[u8]) {
    write_program(&files.join(format!("nph-{name}")), &[PRINT_THE_REST, response].concat());
}

/// Writes a program that makes a page of these bytes, whose length Apache does not know before it
/// has sent them: `made-` and the name.
pub fn write_made(files: &TempDir, name: &str, page: &[u8]) {
    let program = [PRINT_THE_REST, b"Content-Type: text/plain\n\n", page].concat();
    write_program(&files.join(format!("made-{name}")), &program);
}

/// Writes a program that answers with the body of the request: `made-echo`.
pub fn write_echo(files: &TempDir) {
    write_program(&files.join("made-echo"), ECHO.as_bytes());
}

/// It takes in everything before it says anything: Apache hands it the whole body first.
const ECHO: &str = r#"#!/bin/sh
body=$(mktemp)
cat >"$body"
printf 'Content-Type: text/plain\nX-Method: %s\nX-Length: %s\n\n' "$REQUEST_METHOD" "$CONTENT_LENGTH"
cat "$body"
rm "$body"
"#;

fn write_program(path: &Path, program: &[u8]) {
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
Header always set X-Port expr=%{{REMOTE_PORT}}
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

//! httpbin: a site that answers with what it was asked.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::supervised::{Foreground, Supervised, has_written_its_id, missing};

/// Serves httpbin by HTTP/1.1, which the server that comes with it does not by itself. It closes every
/// connection all the same.
const PROGRAM: &str = r#"
import logging, sys
from httpbin import app
from werkzeug.serving import WSGIRequestHandler, make_server
WSGIRequestHandler.protocol_version = "HTTP/1.1"
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True)
with open(sys.argv[2], "w") as listens:
    listens.write("1")
server.serve_forever()
"#;

/// An httpbin that runs until this is dropped.
pub struct HttpBin(Supervised);

impl HttpBin {
    /// Starts httpbin.
    ///
    /// `None` where it is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If it does not start; where it is not installed, in continuous integration alone.
    pub fn start() -> Option<Self> {
        let python = find()?;
        Some(HttpBin(Supervised::start(&python, 1, &Site)))
    }
}

/// The interpreter that has httpbin: `.ci/run` installs it below the directory that this program was
/// built in.
fn find() -> Option<PathBuf> {
    let program = env::current_exe().expect("a program knows where it is");
    let mut pythons = program.ancestors().map(|directory| directory.join("tools/venv/bin/python"));
    let found = pythons.find(|python| python.is_file());
    if found.is_none() {
        missing("httpbin is not installed: `.ci/run` does that");
    }
    found
}

impl Deref for HttpBin {
    type Target = Supervised;

    fn deref(&self) -> &Supervised {
        &self.0
    }
}

struct Site;

impl Site {
    const LISTENS: &str = "listens";
}

impl Foreground for Site {
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString> {
        let file = directory.join("serve.py");
        fs::write(&file, PROGRAM).expect("a file can be written");
        vec![file.into(), ports[0].to_string().into(), directory.join(Site::LISTENS).into()]
    }

    fn listens(&self, directory: &Path, _log: &str) -> bool {
        has_written_its_id(&directory.join(Site::LISTENS))
    }
}

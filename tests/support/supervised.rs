//! Others' servers, which end with the test that has started them.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use super::temp_dir::TempDir;
use super::watchdog::poll_until;

/// Runs a server in the foreground and kills it when standard input ends, which is when the test
/// drops it, or is killed itself. A script's background jobs have no standard input, hence the copy.
/// If the server ends first, nobody is left who would kill a process that was given its id meanwhile.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r line <&3; kill -KILL "$server"; } 2>/dev/null &
wait "$server"
kill "$!" 2>/dev/null
"#;

/// Where all that a server says goes, in its directory.
const LOG: &str = "error.log";

/// How often other ports are tried when somebody else has taken those that were free a moment ago.
const ATTEMPTS: usize = 5;

/// A server that runs in the foreground, and in one process.
pub trait Foreground {
    /// Writes what it needs to be told into `directory`, which is also where it may write; returns
    /// its arguments.
    fn prepare(&self, directory: &Path, ports: &[u16]) -> Vec<OsString>;

    /// Whether it listens on all its ports. Its own word counts, since somebody else might answer
    /// there.
    fn listens(&self, directory: &Path, log: &str) -> bool;
}

/// A server that runs until this is dropped.
pub struct Supervised {
    supervisor: Child,
    ports: Vec<u16>,
    directory: TempDir,
}

impl Supervised {
    /// Starts a program with so many ports and waits until it listens on them.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(program: &Path, ports: usize, server: &impl Foreground) -> Self {
        for _ in 0..ATTEMPTS {
            let directory = TempDir::new();
            let ports = free_ports(ports);
            let arguments = server.prepare(&directory, &ports);
            let log = fs::File::create(directory.join(LOG)).expect("a file can be created");
            let supervisor = Command::new("sh")
                .args([OsStr::new("-c"), SUPERVISOR.as_ref(), "sh".as_ref(), program.as_ref()])
                .args(arguments)
                // Where those look that write into a home without being told where to.
                .env("HOME", &*directory)
                .env("XDG_CONFIG_HOME", &*directory)
                .env("XDG_DATA_HOME", &*directory)
                .stdin(Stdio::piped())
                .stdout(log.try_clone().expect("a file has more than one handle"))
                .stderr(log)
                .spawn()
                .expect("there is a shell");
            let mut supervised = Supervised { supervisor, ports, directory };
            if supervised.listens(server) {
                return supervised;
            }
            let log = supervised.log();
            let in_use = log.to_lowercase().contains("address already in use");
            assert!(in_use, "{} does not start:\n{log}", program.display());
        }
        panic!(
            "{ATTEMPTS} times in a row somebody else took the ports that were meant for {}",
            program.display()
        );
    }

    pub fn port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    /// The URL of a path behind one of its ports.
    pub fn url(&self, number: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports[number])
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.directory.join(LOG)).expect("a file can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The files that it writes.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Waits until it listens. `false` if it ends.
    fn listens(&mut self, server: &impl Foreground) -> bool {
        poll_until("a server neither listens nor ends", || {
            let ended = self.supervisor.try_wait().expect("a child can be waited for").is_some();
            let listens = server.listens(&self.directory, &self.log());
            (ended || listens).then_some(!ended)
        })
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // That ends its standard input, and so the server.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// Where a server is that Debian has in `package`. It keeps them where the PATH of ordinary users
/// does not lead. `None` where it is not installed, which is said on standard error.
///
/// # Panics
///
/// If it is not installed, in continuous integration alone.
pub fn find(program: &str, package: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")])
        .map(|directory| directory.join(program))
        .find(|program| program.is_file());
    if found.is_none() {
        missing(&format!("{program} is not installed: install {package}"));
    }
    found
}

/// Says what a test needs and does not find.
///
/// # Panics
///
/// In continuous integration.
pub fn missing(what: &str) {
    assert!(env::var_os("CI").is_none(), "{what}");
    // Not `eprintln`: libtest hides what a test that passes says.
    let _ = writeln!(io::stderr(), "{what}");
}

/// Ports that are free now, and different from each other.
fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free")).collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().expect("a listener has an address").port())
        .collect()
}

/// Whether a server has written down its process id, which nginx and Apache do once they listen.
pub fn has_written_its_id(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

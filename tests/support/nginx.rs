//! A real web server, configured by the test that needs it.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use super::temp_dir::TempDir;
use super::watchdog::poll_until;

/// Runs nginx in the foreground and kills it when standard input ends, which is when the test drops
/// it, or is killed itself. A script's background jobs have no standard input, hence the copy. If
/// nginx ends first, nobody is left who would kill a process that was given its id meanwhile.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- &
nginx=$!
{ read -r line <&3; kill -KILL "$nginx"; } 2>/dev/null &
wait "$nginx"
kill "$!" 2>/dev/null
"#;

/// How often other ports are tried when somebody else has taken those that were free a moment ago.
const ATTEMPTS: usize = 5;

/// An nginx that runs until this is dropped.
pub struct Nginx {
    supervisor: Child,
    ports: Vec<u16>,
    directory: TempDir,
}

impl Nginx {
    /// Starts nginx with one site for each of `sites`: what is to stand in its `server` block
    /// besides where it listens. The sites' files are those in `files`.
    ///
    /// `None` where nginx is not installed, which is said on standard error.
    ///
    /// # Panics
    ///
    /// If nginx does not start; where it is not installed, in continuous integration alone.
    pub fn start(files: &TempDir, sites: &[&str]) -> Option<Self> {
        let program = find()?;
        for _ in 0..ATTEMPTS {
            let directory = TempDir::new();
            let ports = free_ports(sites.len());
            fs::write(directory.join("nginx.conf"), configuration(files, &directory, sites, &ports))
                .expect("a file can be written");
            let supervisor = Command::new("sh")
                .args(["-c", SUPERVISOR, "sh"])
                .arg(&program)
                .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
                .arg(&*directory)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(fs::File::create(directory.join("error.log")).expect("a file can be created"))
                .spawn()
                .expect("there is a shell");
            let mut nginx = Nginx { supervisor, ports, directory };
            if nginx.listens() {
                return Some(nginx);
            }
            assert!(
                nginx.error_log().contains("Address already in use"),
                "nginx does not start:\n{}",
                nginx.error_log()
            );
        }
        panic!("{ATTEMPTS} times in a row somebody else took the ports that were meant for nginx");
    }

    /// The URL of a path on one of the sites.
    pub fn url(&self, site: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports[site])
    }

    pub fn port(&self, site: usize) -> u16 {
        self.ports[site]
    }

    /// What it has complained about so far.
    pub fn error_log(&self) -> String {
        fs::read_to_string(self.directory.join("error.log")).expect("a file can be read")
    }

    /// Waits until it listens on all ports: then, and not before, it writes down its process id.
    /// `false` if it ends.
    fn listens(&mut self) -> bool {
        let directory = &self.directory;
        let supervisor = &mut self.supervisor;
        poll_until("nginx neither listens nor ends", || {
            let ended = supervisor.try_wait().expect("a child can be waited for").is_some();
            let listens = fs::metadata(directory.join("nginx.pid")).is_ok_and(|file| file.len() > 0);
            (ended || listens).then_some(!ended)
        })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // That ends its standard input, and so nginx.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// Where nginx is. Debian keeps it where the PATH of ordinary users does not lead.
fn find() -> Option<PathBuf> {
    const MISSING: &str = "nginx is not installed: install nginx-light";
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")])
        .map(|directory| directory.join("nginx"))
        .find(|program| program.is_file());
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "{MISSING}");
        // Not `eprintln`: libtest hides what a test that passes says.
        let _ = writeln!(io::stderr(), "{MISSING}");
    }
    found
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

/// Everything that nginx would write elsewhere on the machine goes to `directory`.
fn configuration(files: &TempDir, directory: &TempDir, sites: &[&str], ports: &[u16]) -> String {
    let (files, directory) = (files.display(), directory.display());
    let sites: String = sites
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
{sites}}}
"
    )
}

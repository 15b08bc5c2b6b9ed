//! The servers, each in a process of its own: nginx with one worker, and one of our own that takes its time.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener as Listener, TcpStream as Stream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, id};
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader as AsyncBufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::time::sleep;

use super::plan::{KIBIBYTE, MEBIBYTE};

/// How long the slow server takes for an answer.
const DELAY: Duration = Duration::from_millis(50);
/// How many connections may wait to be accepted: all come at once.
const BACKLOG: u32 = 4_096;
/// How long nginx may take to start.
const START: Duration = Duration::from_secs(10);

/// Runs nginx and kills it when standard input ends, which is also when this process is killed. A script's background
/// jobs have no standard input, hence the copy.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- &
nginx=$!
{ read -r line <&3; kill -KILL "$nginx"; } 2>/dev/null &
wait "$nginx"
kill "$!" 2>/dev/null
"#;

/// Both servers, until this is dropped.
pub struct Servers {
    nginx: Child,
    slow: Child,
    /// Where they listen, in the order of [`Site`](super::plan::Site).
    addresses: [SocketAddr; 2],
    directory: PathBuf,
}

impl Servers {
    /// Starts them.
    ///
    /// # Errors
    ///
    /// If nginx is not installed, or one of them does not start.
    pub fn start() -> Result<Servers, Box<dyn Error>> {
        let directory = env::temp_dir().join(format!("peers-http-{}", id()));
        fs::create_dir_all(&directory)?;
        for (name, bytes) in [("small", KIBIBYTE), ("middle", 16 * MEBIBYTE), ("large", 64 * MEBIBYTE)] {
            io::copy(&mut io::repeat(b'x').take(bytes as u64), &mut File::create(directory.join(name))?)?;
        }
        // The port is free now; whoever takes it in the next moment makes the start fail.
        let fast = Listener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        fs::write(directory.join("nginx.conf"), configuration(&directory, fast))?;
        let nginx = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(find_nginx().ok_or("nginx is not installed: install nginx-light")?)
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(directory.join("error.log"))?)
            .spawn()?;
        let mut slow = Command::new(env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(slow.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
        let servers = Servers { nginx, slow, addresses: [fast, line.trim_end().parse()?], directory };
        let end = Instant::now() + START;
        while Stream::connect(fast).is_err() {
            if Instant::now() >= end {
                return Err(fs::read_to_string(servers.directory.join("error.log"))?.into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(servers)
    }

    /// How a process that measures is told of them.
    pub fn arguments(&self) -> Vec<String> {
        self.addresses.iter().flat_map(|address| ["--server".to_owned(), address.to_string()]).collect()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for process in [&mut self.nginx, &mut self.slow] {
            // That ends its standard input, and so the server.
            drop(process.stdin.take());
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Where nginx is. Debian keeps it where the PATH of ordinary users does not lead.
fn find_nginx() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")])
        .map(|directory| directory.join("nginx"))
        .find(|program| program.is_file())
}

/// Everything that nginx would write elsewhere on the machine goes to `directory`. Connections are never closed.
fn configuration(directory: &Path, address: SocketAddr) -> String {
    let directory = directory.display();
    format!(
        "daemon off;
master_process off;
worker_rlimit_nofile 4096;
pid {directory}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_temp_path {directory}/client_body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  root {directory};
  server {{ listen {address} backlog={BACKLOG}; }}
}}
"
    )
}

/// Is the slow server until standard input ends: it says where it listens, and answers each request after [`DELAY`] with
/// 10 KiB.
///
/// # Errors
///
/// If there is no socket to be had.
pub fn serve_slowly() -> io::Result<()> {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    // It has as many connections as a client.
    let _ = rlimit::increase_nofile_limit(u64::from(BACKLOG));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(answer_slowly(stream));
        }
    })
}

async fn answer_slowly(stream: TcpStream) -> io::Result<()> {
    let body = [b'x'; 10 * KIBIBYTE];
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), &body].concat();
    let mut stream = AsyncBufReader::new(stream);
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        if line == b"\r\n" {
            sleep(DELAY).await;
            stream.write_all(&answer).await?;
        }
        line.clear();
    }
    Ok(())
}

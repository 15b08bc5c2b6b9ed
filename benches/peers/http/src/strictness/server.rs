//! The server: it sends what a case says, and sees over which connection it is asked again.
//!
//! The path of a request is `/CASE/ASKING/first` or `/CASE/ASKING/again`, so that connections of different askings are
//! never mixed up.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::case::{Case, Then};
use crate::peer::HOLD;

/// The body of the answer to a second request.
pub const AGAIN: &[u8] = b"again";

/// How many bytes a line of a request may have.
const LONGEST_LINE: u64 = 16 * 1024;

pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    cases: Vec<Case>,
    /// Over which connection each asking came, and whether the second one came over the same.
    askings: Mutex<HashMap<usize, Asking>>,
}

#[derive(Clone, Copy)]
struct Asking {
    connection: usize,
    reused: bool,
}

/// What a request asks for.
struct Request {
    case: usize,
    asking: usize,
    again: bool,
}

impl Server {
    /// Serves these cases until the process ends.
    ///
    /// # Errors
    ///
    /// If there is no socket to be had.
    pub fn start(cases: Vec<Case>) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { cases, askings: Mutex::default() });
        let server = Server { address, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&shared);
                // A client may close whenever it has seen enough.
                thread::spawn(move || shared.serve(connection, &stream).ok());
            }
        });
        Ok(server)
    }

    pub fn cases(&self) -> &[Case] {
        &self.shared.cases
    }

    /// Where to ask for a case; for the second time, with `again`.
    pub fn url(&self, case: usize, asking: usize, again: bool) -> String {
        let last = if again { "again" } else { "first" };
        format!("http://{}/{case}/{asking}/{last}", self.address)
    }

    /// Whether this asking's second request came over the connection of the first.
    pub fn was_reused(&self, asking: usize) -> bool {
        let askings = self.shared.askings.lock().unwrap_or_else(PoisonError::into_inner);
        askings.get(&asking).is_some_and(|asking| asking.reused)
    }
}

impl Shared {
    fn serve(&self, connection: usize, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(HOLD))?;
        stream.set_write_timeout(Some(HOLD))?;
        stream.set_nodelay(true)?;
        let mut requests = BufReader::new(stream);
        let mut writer = stream;
        while let Some(request) = read_request(&mut requests)? {
            let Some(case) = self.cases.get(request.case) else { return Ok(()) };
            self.note(&request, connection);
            if request.again {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", AGAIN.len());
                writer.write_all(&[head.as_bytes(), AGAIN].concat())?;
                continue;
            }
            writer.write_all(&case.response)?;
            match case.then {
                Then::Close => {
                    stream.shutdown(Shutdown::Write)?;
                    // A close with unread bytes would reset the connection, and take from the client what is on its way.
                    return io::copy(&mut requests, &mut io::sink()).map(drop);
                }
                Then::Hold => {}
                Then::Send { after, more } => {
                    thread::sleep(after);
                    writer.write_all(more)?;
                }
            }
        }
        Ok(())
    }

    fn note(&self, request: &Request, connection: usize) {
        let mut askings = self.askings.lock().unwrap_or_else(PoisonError::into_inner);
        let asking = askings.entry(request.asking).or_insert(Asking { connection, reused: false });
        asking.reused |= request.again && asking.connection == connection;
    }
}

/// Reads a request up to the blank line; `None` if there is none, or none of ours.
fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut first = None;
    loop {
        let mut line = String::new();
        if reader.by_ref().take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => return Ok(first.as_deref().and_then(parse)),
            line => first = first.or_else(|| Some(line.to_owned())),
        }
    }
}

/// What a request line asks for: `GET /3/17/first HTTP/1.1`.
fn parse(line: &str) -> Option<Request> {
    let mut segments = line.split(' ').nth(1)?.split('/').skip(1);
    let case = segments.next()?.parse().ok()?;
    let asking = segments.next()?.parse().ok()?;
    Some(Request { case, asking, again: segments.next()? == "again" })
}

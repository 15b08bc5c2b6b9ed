//! A loop over `mio::Poll` written by hand, with httparse for the heads: without executor, tasks, futures, pool,
//! timeouts or guards. What it takes is the kernel's, so nobody gets much below.

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::{Stack, told};
use crate::speed::plan::{Job, KIBIBYTE};

/// What is read at once.
const BUFFER: usize = 256 * KIBIBYTE;
/// Fields in a head, at most.
const FIELDS: usize = 64;

struct RawMio(RefCell<Loop>);

struct Loop {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    connections: Vec<Connection>,
}

struct Connection {
    stream: TcpStream,
    /// Whether it is still on its way.
    connecting: bool,
    /// What has arrived of a head that is not whole yet.
    head: Vec<u8>,
    /// How many bytes of the body are still to come; `None` while the head is.
    left: Option<usize>,
    /// How many responses are still to come.
    requests: usize,
}

pub fn make(_: &Job) -> Result<Box<dyn Stack>, String> {
    let poll = Poll::new().map_err(told)?;
    let buffer = vec![0; BUFFER];
    Ok(Box::new(RawMio(RefCell::new(Loop {
        poll,
        events: Events::with_capacity(1_024),
        buffer,
        connections: Vec::new(),
    }))))
}

impl Stack for RawMio {
    fn fetch(&self, job: &Job) -> Result<usize, String> {
        self.0.borrow_mut().fetch(job)
    }
}

impl Loop {
    fn fetch(&mut self, job: &Job) -> Result<usize, String> {
        let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", job.path, job.address);
        for number in self.connections.len()..job.tasks {
            let mut stream = TcpStream::connect(job.address).map_err(told)?;
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, Token(number), interest).map_err(told)?;
            let head = Vec::new();
            self.connections.push(Connection { stream, connecting: true, head, left: None, requests: 0 });
        }
        for connection in &mut self.connections {
            connection.requests = job.each;
            if !connection.connecting {
                connection.send(request.as_bytes())?;
            }
        }
        let (mut bytes, mut unfinished) = (0, self.connections.len());
        while unfinished > 0 {
            self.poll.poll(&mut self.events, None).map_err(told)?;
            for event in &self.events {
                let connection = &mut self.connections[event.token().0];
                if connection.requests > 0 {
                    bytes += connection.go_on(event, &mut self.buffer, request.as_bytes())?;
                    unfinished -= usize::from(connection.requests == 0);
                }
            }
        }
        Ok(bytes)
    }
}

impl Connection {
    /// A request is small: it fits into what the kernel keeps.
    fn send(&mut self, request: &[u8]) -> Result<(), String> {
        self.stream.write_all(request).map_err(told)
    }

    /// Does what can be done now, and says how many bytes of bodies there were.
    fn go_on(&mut self, event: &Event, buffer: &mut [u8], request: &[u8]) -> Result<usize, String> {
        if self.connecting && event.is_writable() {
            self.connecting = false;
            self.stream.set_nodelay(true).map_err(told)?;
            self.send(request)?;
        }
        let mut bytes = 0;
        if !event.is_readable() {
            return Ok(bytes);
        }
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) => return Err("the server has closed".into()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(bytes),
                Err(error) => return Err(told(error)),
            };
            bytes += self.take(&buffer[..count], request)?;
            // A read that does not fill the buffer has left nothing.
            if count < buffer.len() || self.requests == 0 {
                return Ok(bytes);
            }
        }
    }

    /// Takes what has arrived: of one response, since no request is sent before the last is answered.
    fn take(&mut self, data: &[u8], request: &[u8]) -> Result<usize, String> {
        let (body, left) = match self.left {
            Some(left) => (data.len(), left),
            None => {
                let Some((head, length)) = self.head(data)? else { return Ok(0) };
                (head, length)
            }
        };
        if body > left {
            return Err("more than was announced".into());
        }
        self.left = Some(left - body);
        if body == left {
            self.left = None;
            self.requests -= 1;
            if self.requests > 0 {
                self.send(request)?;
            }
        }
        Ok(body)
    }

    /// How many bytes there are behind the head, and how many there will be; `None` if the head is not whole.
    fn head(&mut self, data: &[u8]) -> Result<Option<(usize, usize)>, String> {
        let kept = !self.head.is_empty();
        if kept {
            self.head.extend_from_slice(data);
        }
        let head = if kept { &self.head[..] } else { data };
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(end) = response.parse(head).map_err(told)? else {
            if !kept {
                self.head.extend_from_slice(data);
            }
            return Ok(None);
        };
        let length = response.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|field| str::from_utf8(field.value).ok()?.parse().ok());
        let behind = head.len() - end;
        self.head.clear();
        Ok(Some((behind, length.ok_or("no length")?)))
    }
}

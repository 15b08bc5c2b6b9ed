//! Decodes a response and tells what was seen, one line an event.

use http::{HeaderMap, Method};
use http_lite::Limits;
use http_lite::proto::{Event, ProtoError, ResponseReader};

/// What happens after the last byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing: the connection stays open.
    Open,
    /// The server closes the connection.
    Closed,
}

/// The trace of a response to `GET` that comes in one piece, after which the connection is closed.
pub(crate) fn trace(response: impl AsRef<[u8]>) -> Vec<String> {
    trace_of(&Method::GET, &Limits::default(), &[response.as_ref()], Ending::Closed)
}

/// The trace of a response that comes in these pieces. Adjacent pieces of a body are told as one.
pub(crate) fn trace_of(method: &Method, limits: &Limits, pieces: &[&[u8]], ending: Ending) -> Vec<String> {
    let mut reader = ResponseReader::new(method, limits);
    let mut trace = Vec::new();
    for piece in pieces {
        feed(&mut reader, piece);
        if !drain(&mut reader, &mut trace) {
            return trace;
        }
    }
    if ending == Ending::Closed {
        reader.end_of_stream();
        if drain(&mut reader, &mut trace) && trace.last().is_none_or(|last| !last.starts_with("end ")) {
            trace.push("asks for data after the end of the stream".to_owned());
        }
    } else if trace.last().is_none_or(|last| !last.starts_with("end ")) {
        trace.push("waits".to_owned());
    }
    trace
}

pub(crate) fn feed(reader: &mut ResponseReader, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let space = reader.space();
        let count = space.len().min(bytes.len());
        space[..count].copy_from_slice(&bytes[..count]);
        reader.fill(count);
        bytes = &bytes[count..];
    }
}

/// Takes events while there are some. After an error it says no, and checks that the error stays.
pub(crate) fn drain(reader: &mut ResponseReader, trace: &mut Vec<String>) -> bool {
    loop {
        match reader.next_event() {
            Ok(Event::NeedData | Event::Idle) => return true,
            Ok(event) => tell(event, trace),
            Err(error) => {
                assert_eq!(reader.next_event().unwrap_err(), error, "an error must stay");
                trace.push(match error {
                    // How much of the beginning it shows depends on how much was there.
                    ProtoError::NotHttp { .. } => "error NotHttp".to_owned(),
                    error => format!("error {error:?}"),
                });
                return false;
            }
        }
    }
}

fn tell(event: Event, trace: &mut Vec<String>) {
    match event {
        Event::Informational(head) => trace.push(format!("informational {}", head.status().as_u16())),
        Event::Head(head, framing) => trace.push(format!("head {} {framing:?}", head.status().as_u16())),
        Event::Body(bytes) => {
            assert!(!bytes.is_empty(), "a piece of a body holds something");
            match trace.last_mut() {
                Some(last) if last.starts_with("body ") => last.push_str(&bytes.escape_ascii().to_string()),
                _ => trace.push(format!("body {}", bytes.escape_ascii())),
            }
        }
        Event::End { trailers, verdict } => trace.push(format!("end {verdict:?}{}", lines(&trailers))),
        other => trace.push(format!("{other:?}")),
    }
}

fn lines(fields: &HeaderMap) -> String {
    fields.iter().map(|(name, value)| format!(" {name}={}", value.as_bytes().escape_ascii())).collect()
}

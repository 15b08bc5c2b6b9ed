use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::Error;
use crate::proto::{Excerpt, ProtoError, RequestError};
use crate::url::{Scheme, Url};
use crate::wait::Wait;

#[test]
fn an_error_can_go_anywhere() {
    fn check<T: std::error::Error + Send + Sync + 'static>() {}
    check::<Error>();
    check::<ProtoError>();
    check::<RequestError>();
}

#[test]
fn messages_name_what_was_wrong() {
    let address = "127.0.0.1:9".parse().unwrap();
    let refused = io::Error::new(ErrorKind::ConnectionRefused, "nobody there");
    let messages = [
        (Error::Connect { address, source: refused }, "connecting to 127.0.0.1:9 failed: nobody there"),
        (
            Error::TimedOut { wait: Wait::Receive, after: Duration::from_millis(1500) },
            "reading the response made no progress for 1.5s",
        ),
        (Url::parse("http://").unwrap_err().into(), "the URL \"http://\" cannot be used: it names no host"),
        (
            Error::UnsupportedScheme { scheme: Scheme::Https },
            "the scheme \"https\" is not supported: only http is for now",
        ),
        (
            Error::BodyTooLarge { limit: 3 },
            "the body exceeds the limit of 3 bytes: raise it with Body::limit, or read chunk by chunk",
        ),
        (
            ProtoError::BodyTooShort { announced: 5, received: 4 }.into(),
            "the server announced 5 bytes and closed the connection after 4",
        ),
        (RequestError::NoHost.into(), "the request names no host"),
    ];
    for (error, message) in messages {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn what_a_peer_sent_is_shown_escaped_and_cut_short() {
    let bytes = [b"\x1b[31m\r\n\"".as_slice(), &[b'a'; 100]].concat();
    let shown = Excerpt::from(bytes.as_slice()).to_string();
    assert_eq!(shown, format!(r#""\x1b[31m\r\n\"{}"..."#, "a".repeat(40)));
    let error = ProtoError::BadChunkSize { byte: b'\n' };
    assert_eq!(error.to_string(), r"the size of a chunk contains '\n'");
}

#[test]
fn the_source_is_kept() {
    let error = Error::Io { wait: Wait::Send, source: ErrorKind::BrokenPipe.into() };
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.map(io::Error::kind), Some(ErrorKind::BrokenPipe));
    let error = Error::NotUtf8 { source: String::from_utf8(vec![0xff]).unwrap_err().utf8_error() };
    assert!(error.source().is_some());
}

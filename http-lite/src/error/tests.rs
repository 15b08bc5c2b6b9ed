use std::error::Error as _;
use std::io::{self, ErrorKind as IoErrorKind};
use std::time::Duration;

use super::{Error, ErrorKind, Phase};
use crate::Timeout;
use crate::proto::{Excerpt, ProtoError, RequestBodyError, RequestError, Section};
use crate::url::{Scheme, Url};

#[test]
fn an_error_can_go_anywhere_and_is_small() {
    fn check<T: std::error::Error + Send + Sync + 'static>() {}
    check::<Error>();
    check::<ProtoError>();
    check::<RequestError>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn messages_name_what_was_wrong() {
    let origin = Box::new(Url::parse("http://127.0.0.1:9/").unwrap().origin().clone());
    let refused = io::Error::new(IoErrorKind::ConnectionRefused, "nobody there");
    let unreachable = io::Error::new(IoErrorKind::HostUnreachable, "no way");
    let connect = ErrorKind::Connect { origin: origin.clone(), source: refused };
    let no_way = ErrorKind::Connect { origin, source: unreachable };
    let timed_out = ErrorKind::TimedOut { timeout: Timeout::Read, after: Duration::from_millis(1500) };
    let messages = [
        (
            Error::new(connect, Phase::Connect),
            "connecting to http://127.0.0.1:9 failed: nobody there: is the server running, and is this its port?",
        ),
        (Error::new(no_way, Phase::Connect), "connecting to http://127.0.0.1:9 failed: no way"),
        (
            Error::new(timed_out, Phase::Body),
            "reading the response took longer than the read timeout of 1.5s: raise it in Timeouts, or try again later",
        ),
        (
            Error::new(ErrorKind::Io(io::Error::other("torn")), Phase::Send),
            "sending the request failed: torn",
        ),
        (Url::parse("http://").unwrap_err().into(), "the URL \"http://\" cannot be used: it names no host"),
        (
            Error::new(ErrorKind::UnsupportedScheme { scheme: Scheme::Https }, Phase::Prepare),
            "the scheme \"https\" is not supported: use http, or a connector that supports it \
             (ClientBuilder::connector)",
        ),
        (
            Error::new(ErrorKind::BadHeader { name: Excerpt::from("a b") }, Phase::Prepare),
            "the header \"a b\" has an impossible name or value: no spaces or colons in a name, no line breaks or \
             other control characters in a value",
        ),
        (
            Error::new(ErrorKind::BodyTooLarge { limit: 3 }, Phase::Body),
            "the body exceeds the limit of 3 bytes: raise it with Body::limit, or read chunk by chunk",
        ),
        (
            ProtoError::BodyTooShort { announced: 5, received: 4 }.into(),
            "the server announced 5 bytes and closed the connection after 4",
        ),
        (
            ProtoError::TooLarge { section: Section::Head, limit: 7 }.into(),
            "the response head exceeds the limit of 7 bytes: raise Limits::head_bytes if that is expected",
        ),
        (
            ProtoError::TooLarge { section: Section::Trailers, limit: 7 }.into(),
            "the trailer section exceeds the limit of 7 bytes: raise Limits::trailer_bytes if that is expected",
        ),
        (
            ProtoError::TooManyFields { section: Section::Head, limit: 7 }.into(),
            "the response head exceeds the limit of 7 lines: raise Limits::headers if that is expected",
        ),
        (
            ProtoError::TooManyBlankLines { limit: 7 }.into(),
            "more than 7 empty lines come before the response: raise Limits::blank_lines if that is expected",
        ),
        (
            ProtoError::TooManyInformational { limit: 7 }.into(),
            "more than 7 informational responses come before the final one: raise Limits::informational if that is \
             expected",
        ),
        (
            ProtoError::ChunkExtensionsTooLarge { limit: 7 }.into(),
            "the extensions of the chunks exceed the limit of 7 bytes: raise Limits::chunk_extension_bytes if that is \
             expected",
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
    let error = Error::new(ErrorKind::Io(IoErrorKind::BrokenPipe.into()), Phase::Send);
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.map(io::Error::kind), Some(IoErrorKind::BrokenPipe));
    let source = String::from_utf8(vec![0xff]).unwrap_err().utf8_error();
    assert!(Error::new(ErrorKind::NotUtf8 { source }, Phase::Body).source().is_some());
    let protocol = Error::from(ProtoError::ClosedInsideHead);
    assert!(protocol.source().is_some_and(<dyn std::error::Error>::is::<ProtoError>));
    let body = Error::from(RequestBodyError::TooLong { announced: 4 });
    assert!(body.source().is_some_and(<dyn std::error::Error>::is::<RequestBodyError>));
    let request = Error::from(RequestError::NoHost);
    assert!(request.source().is_some_and(<dyn std::error::Error>::is::<RequestError>));
    let url = Error::from(crate::Url::parse("nonsense").unwrap_err());
    assert!(url.source().is_some_and(<dyn std::error::Error>::is::<crate::UrlError>));
    let redirect = Error::from(crate::RedirectError::SeveralLocations);
    assert!(redirect.source().is_some_and(<dyn std::error::Error>::is::<crate::RedirectError>));
    let source: crate::BoxError = "no more".into();
    assert!(Error::new(ErrorKind::BodySource(source), Phase::Send).source().is_some());
}

#[test]
fn an_error_tells_how_far_the_request_was() {
    let error = Error::from(ProtoError::ClosedInsideHead).after(7, true);
    assert_eq!((error.phase(), error.bytes_received()), (Phase::Head, 7));
    assert!(error.may_have_been_processed() && error.is_protocol());
    assert!(!error.is_timeout() && !error.is_connect() && !error.is_request() && !error.is_redirect());
    let timed_out = ErrorKind::TimedOut { timeout: Timeout::Connect, after: Duration::ZERO };
    let error = Error::new(timed_out, Phase::Connect);
    assert!(error.is_timeout() && error.is_connect() && !error.may_have_been_processed());
    assert_eq!(io::Error::from(error).kind(), IoErrorKind::TimedOut);
}

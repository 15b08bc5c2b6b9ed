//! Which failures are followed by a rest: loopback does not bring about all of them.

use std::io::{self, ErrorKind};

use super::Rest;
use crate::Reactor;

/// The next connection may be all right (accept(2) names these errors).
#[test]
fn what_is_about_one_connection_is_followed_by_no_rest() {
    let reactor = Reactor::new().unwrap();
    for (kind, rests) in [
        (ErrorKind::ConnectionAborted, false),
        (ErrorKind::ConnectionRefused, false),
        (ErrorKind::ConnectionReset, false),
        (ErrorKind::OutOfMemory, true),
    ] {
        let rest = Rest::default();
        rest.after(&io::Result::<()>::Err(kind.into()), &reactor.handle());
        assert_eq!(rest.until.get().is_some(), rests, "{kind:?}");
    }
}

use http::Version;

use super::version;
use crate::proto::ProtoError;

#[test]
fn a_version_is_known_as_soon_as_it_has_ended() {
    assert_eq!(version(b"HTTP/1.1 "), Ok(Some(Version::HTTP_11)));
    assert_eq!(version(b"HTTP/1.0\r"), Ok(Some(Version::HTTP_10)));
    for beginning in [&b""[..], b"\r", b"H", b"HTTP", b"HTTP/", b"HTTP/1", b"HTTP/1.1", b"HTTP/1.12"] {
        assert_eq!(version(beginning), Ok(None), "{}", beginning.escape_ascii());
    }
}

#[test]
fn a_version_without_an_end_is_not_waited_for() {
    assert_eq!(version(b"HTTP/123456789012345"), Ok(None));
    assert!(matches!(version(b"HTTP/1234567890123456"), Err(ProtoError::UnsupportedVersion { .. })));
}

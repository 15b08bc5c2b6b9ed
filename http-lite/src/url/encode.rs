use std::borrow::Cow;
use std::fmt::Write;

/// Percent-encodes what cannot stand in a path, a query or a fragment (RFC 3986 section 2.1).
///
/// A `%` with two hexadecimal digits behind it is taken to be encoded already and stays; any other one is encoded.
pub(super) fn encoded(text: &str) -> Cow<'_, str> {
    let stays = |index: usize, byte: u8| may_stand(byte) || is_escape(text.as_bytes(), index);
    if text.bytes().enumerate().all(|(index, byte)| stays(index, byte)) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len() + 16);
    for (index, byte) in text.bytes().enumerate() {
        if stays(index, byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a `String` does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    Cow::Owned(encoded)
}

/// Whether a `%` stands here, with two digits behind it.
fn is_escape(text: &[u8], index: usize) -> bool {
    let escape = text.get(index..).unwrap_or_default();
    matches!(escape, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Whether a byte is one of `pchar`, `/` and `?` (RFC 3986 sections 3.3 to 3.5), apart from escapes.
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-'..=b'/' | b'!' | b'$' | b'&'..=b',' | b':' | b';' | b'=' | b'?' | b'@' | b'_' | b'~')
}

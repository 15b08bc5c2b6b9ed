use std::fmt::Write;

/// Percent-encodes what cannot stand in a path, a query or a fragment (RFC 3986 section 2.1).
///
/// A `%` with two hexadecimal digits behind it is taken to be encoded already and stays; any other one is encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (index, byte) in text.bytes().enumerate() {
        let after = text.as_bytes().get(index + 1..index + 3);
        let is_escape = byte == b'%' && after.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if is_escape || may_stand(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a `String` does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Whether a byte is one of `pchar`, `/` and `?` (RFC 3986 sections 3.3 to 3.5), apart from escapes.
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

use std::fmt;

/// The longest piece of a peer's bytes that an error message shows.
const MAX_BYTES: usize = 48;

/// A piece of what somebody else sent, safe to print: escaped to visible ASCII and cut short.
///
/// An error message ends up in terminals and logs, and neither should obey a server's control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl From<&[u8]> for Excerpt {
    fn from(bytes: &[u8]) -> Self {
        let shown = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        let ellipsis = if shown.len() < bytes.len() { "..." } else { "" };
        Self(format!("\"{}\"{ellipsis}", shown.escape_ascii()))
    }
}

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

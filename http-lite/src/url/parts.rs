use std::borrow::Cow;
use std::fmt;

use super::encode::encoded;
use super::{MAX_BYTES, Scheme, UrlProblem};

/// A URL or a reference, taken apart (RFC 3986 appendix B).
///
/// Nothing about scheme and authority is checked yet; path, query and fragment are percent-encoded.
#[derive(Debug)]
pub(super) struct Parts<'text> {
    scheme: Option<&'text str>,
    pub(super) authority: Option<&'text str>,
    pub(super) path: Cow<'text, str>,
    pub(super) query: Option<Cow<'text, str>>,
    pub(super) fragment: Option<Cow<'text, str>>,
}

impl<'text> Parts<'text> {
    /// Takes a text apart, and refuses what has no place in any part of it.
    pub(super) fn split(text: &'text str) -> Result<Self, UrlProblem> {
        if text.len() > MAX_BYTES {
            return Err(UrlProblem::TooLong);
        }
        // No way out of this loop, so that it takes many bytes at once.
        let is_bad = |byte: u8| (byte == b'\\') | byte.is_ascii_control();
        if text.bytes().fold(false, |found, byte| found | is_bad(byte)) {
            let backslash = text.bytes().find(|&byte| is_bad(byte)) == Some(b'\\');
            return Err(if backslash { UrlProblem::Backslash } else { UrlProblem::ControlCharacter });
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(UrlProblem::SpaceAtTheEdge);
        }
        let (text, fragment) = split_at(text, b'#');
        let (text, query) = split_at(text, b'?');
        let (scheme, text) = split_scheme(text);
        let (authority, path) = split_authority(text);
        Ok(Self {
            scheme,
            authority,
            path: encoded(path),
            query: query.map(encoded),
            fragment: fragment.map(encoded),
        })
    }

    /// The scheme, if there is one.
    ///
    /// What stands before a colon may also be a host before its port, or a user's name before a password, which must
    /// not be shown. Whoever wrote that forgot the scheme.
    pub(super) fn scheme(&self) -> Result<Option<Scheme>, UrlProblem> {
        self.scheme.map(Scheme::parse).transpose().map_err(|problem| match self.authority {
            None if self.begins_with_port() || self.has_user() => UrlProblem::NoScheme,
            _ => problem,
        })
    }

    fn begins_with_port(&self) -> bool {
        self.path.starts_with(|first: char| first.is_ascii_digit())
    }

    fn has_user(&self) -> bool {
        let rest = [Some(&self.path), self.query.as_ref(), self.fragment.as_ref()];
        rest.into_iter().flatten().any(|part| part.contains('@'))
    }
}

impl fmt::Display for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{scheme}:")?;
        }
        if let Some(authority) = self.authority {
            write!(f, "//{authority}")?;
        }
        f.write_str(&self.path)?;
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        if let Some(fragment) = &self.fragment {
            write!(f, "#{fragment}")?;
        }
        Ok(())
    }
}

/// What stands before the first of these characters, and what stands behind it, if it is there.
fn split_at(text: &str, mark: u8) -> (&str, Option<&str>) {
    match split_once(text, mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// As [`str::split_once`], for ASCII: a text of a few bytes is faster looked through than prepared for a search.
pub(super) fn split_once(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

/// A scheme is letters, digits and `+-.` before the first colon, and begins with a letter (RFC 3986 section 3.1).
pub(super) fn split_scheme(text: &str) -> (Option<&str>, &str) {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match split_once(text, b':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, text),
    }
}

fn split_authority(text: &str) -> (Option<&str>, &str) {
    match text.strip_prefix("//") {
        Some(rest) => {
            let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            (Some(authority), path)
        }
        None => (None, text),
    }
}

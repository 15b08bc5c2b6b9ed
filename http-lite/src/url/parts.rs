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
        if let Some(byte) = text.bytes().find(|&byte| byte == b'\\' || byte.is_ascii_control()) {
            return Err(if byte == b'\\' { UrlProblem::Backslash } else { UrlProblem::ControlCharacter });
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(UrlProblem::SpaceAtTheEdge);
        }
        let (text, fragment) = split_at(text, '#');
        let (text, query) = split_at(text, '?');
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
        let is_port = self.path.starts_with(|first: char| first.is_ascii_digit());
        let rest = [Some(&self.path), self.query.as_ref(), self.fragment.as_ref()];
        let is_user = rest.into_iter().flatten().any(|part| part.contains('@'));
        self.scheme.map(Scheme::parse).transpose().map_err(|problem| match self.authority {
            None if is_port || is_user => UrlProblem::NoScheme,
            _ => problem,
        })
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
fn split_at(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// A scheme is letters, digits and `+-.` before the first colon, and begins with a letter (RFC 3986 section 3.1).
pub(super) fn split_scheme(text: &str) -> (Option<&str>, &str) {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, text),
    }
}

fn split_authority(text: &str) -> (Option<&str>, &str) {
    match text.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(authority), path)
        }
        None => (None, text),
    }
}

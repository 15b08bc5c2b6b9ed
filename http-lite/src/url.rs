use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::Uri;
use iri_string::format::ToDedicatedString;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr};

mod origin;
mod parts;
mod encode;
mod error;

pub use error::{UrlError, UrlProblem};
pub use origin::{Host, Origin, Scheme};
use parts::Parts;

/// The longest URL in bytes, after percent-encoding: what an [`http::Uri`] holds.
const MAX_BYTES: usize = u16::MAX as usize - 1;

/// Bytes by which a URL may be longer than its text, before its buffer has to grow: a slash, and some escapes.
const SLACK: usize = 16;

/// A URL that was read, checked and brought into one form: `scheme://host/path?query#fragment`.
///
/// It is stricter than [`Uri`], and has a reason for each refusal: whoever mistypes a URL should read what is wrong
/// with it, and nobody should be connected to a host other than the one they see (CVE-2016-8624).
///
/// - The scheme is `http` or `https`. Scheme and host are in lower case, a default port is left out, an empty path
///   is `/`.
/// - The host is an IPv4 address, an IPv6 address in brackets, or a name in ASCII. What is not ASCII would have to
///   be written in its `xn--` form, which takes large tables; so do it before.
/// - There is no user name and no password: these end up in logs.
/// - In path, query and fragment, what cannot stand there is percent-encoded: spaces, all that is not ASCII (as
///   UTF-8), quotes, brackets other than `()`, `^`, `|`, and a `%` without two digits behind it.
/// - Control characters are refused, and so are backslashes, which some programs read as slashes.
///
/// If redirects were followed, the URL that answered is in the response's [extensions](http::Response::extensions).
///
/// # Examples
///
/// ```
/// use http_lite::Url;
///
/// let url = Url::parse("HTTP://Example.com:80?q=caf\u{e9} noir")?;
/// assert_eq!(url.to_string(), "http://example.com/?q=caf%C3%A9%20noir");
/// assert_eq!(url.join("/a/./b/../c")?.to_string(), "http://example.com/a/c");
///
/// let error = Url::parse("http://me:secret@example.com/").unwrap_err();
/// assert!(!error.to_string().contains("secret"));
/// # Ok::<(), http_lite::UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    origin: Origin,
    /// All but the fragment, which an [`Uri`] cannot hold and which is never sent.
    uri: Uri,
    /// What stands behind the `#`, if there is one.
    fragment: Option<String>,
}

impl Url {
    /// Reads a URL. Dots in its path stay as they are: nothing was joined, so they may be meant.
    ///
    /// # Errors
    ///
    /// If it is not an `http` or `https` URL with a host, or holds what has no place in one: see [`UrlProblem`].
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        Self::read(text).map_err(|problem| UrlError::new(text, problem))
    }

    /// The URL that a reference found at this one means (RFC 3986 section 5.2). Dots in the path are resolved, and
    /// so are those that are written as `%2e`.
    ///
    /// The reference may be anything that can stand in a `Location` header: another URL, `//host/path`, `/path`,
    /// `path`, `?query`, `#fragment`, or nothing. This URL's own fragment is not inherited.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse).
    pub fn join(&self, reference: &str) -> Result<Self, UrlError> {
        self.resolve(reference).map_err(|problem| UrlError::new(reference, problem))
    }

    /// Scheme, host and port: who is asked.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The URL without its fragment: what goes into a request.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// What stands behind the `#`, percent-encoded. It is not sent.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.fragment.as_deref()
    }

    /// The fragment of another URL, if this one has none (RFC 9110 section 10.2.2).
    pub(crate) fn inherit_fragment(mut self, from: &Self) -> Self {
        self.fragment = self.fragment.or_else(|| from.fragment.clone());
        self
    }

    fn read(text: &str) -> Result<Self, UrlProblem> {
        let parts = Parts::split(text)?;
        let scheme = parts.scheme()?.ok_or(UrlProblem::NoScheme)?;
        let origin = Origin::parse(scheme, parts.authority.unwrap_or_default())?;
        // Every request has a URL that is read, so this makes one allocation.
        let mut form = String::with_capacity(text.len() + SLACK);
        origin.push_to(&mut form);
        if !parts.path.starts_with('/') {
            form.push('/');
        }
        form.push_str(&parts.path);
        if let Some(query) = &parts.query {
            form.push('?');
            form.push_str(query);
        }
        // Every character was checked, so that only the length can be wrong.
        let uri = Uri::try_from(form).map_err(|_| UrlProblem::TooLong)?;
        Ok(Self { origin, uri, fragment: parts.fragment.map(Cow::into_owned) })
    }

    fn resolve(&self, reference: &str) -> Result<Self, UrlProblem> {
        let parts = Parts::split(reference)?;
        let scheme = parts.scheme()?.unwrap_or(self.origin.scheme());
        if let Some(authority) = parts.authority {
            // Only for its reason: the library would refuse it without one.
            Origin::parse(scheme, authority)?;
        }
        let base = self.uri.to_string();
        let reference = parts.to_string();
        // The base is a URL, and of the reference everything was checked but this.
        let (Ok(base), Ok(reference)) = (UriAbsoluteStr::new(&base), UriReferenceStr::new(&reference)) else {
            return Err(UrlProblem::Colon);
        };
        Self::read(reference.resolve_against(base).to_dedicated_string().as_str())
    }
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Self::parse(text)
    }
}

impl TryFrom<&Uri> for Url {
    type Error = UrlError;

    fn try_from(uri: &Uri) -> Result<Self, UrlError> {
        Self::parse(&uri.to_string())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)?;
        match &self.fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests;

use http::HeaderName;

/// The redirects that are followed unless something else is asked for.
const DEFAULT_LIMIT: usize = 10;

/// Which redirects are followed, and what is kept from strangers on the way.
///
/// When a redirect leads to another scheme, host or port, the request loses `Authorization`, `Cookie`,
/// `Proxy-Authorization` and their kin, `Host`, `Origin` and `Referer`, every header that is
/// [`sensitive`](Self::sensitive), and every one with a value
/// [marked as sensitive](http::HeaderValue::set_sensitive). They do not come back later, not even if another redirect
/// leads back to where they came from (CVE-2024-45336).
///
/// # Examples
///
/// ```
/// use http::HeaderName;
/// use http_lite::RedirectPolicy;
///
/// // At most three, and nobody but the first server sees the key.
/// let policy = RedirectPolicy::follow(3).sensitive(HeaderName::from_static("x-api-key"));
/// # assert_ne!(policy, RedirectPolicy::follow(3));
/// // The redirect itself is the response.
/// let policy = RedirectPolicy::none();
/// # assert_ne!(policy, RedirectPolicy::default());
/// # assert_eq!(RedirectPolicy::follow(10), RedirectPolicy::default());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RedirectPolicy {
    /// How many redirects are followed; `None` if they are not redirects but responses.
    limit: Option<usize>,
    /// Headers besides those that are sensitive anyway.
    sensitive: Vec<HeaderName>,
}

impl RedirectPolicy {
    /// Follows none: a redirect is a response like any other.
    pub fn none() -> Self {
        Self { limit: None, sensitive: Vec::new() }
    }

    /// Follows up to `limit` redirects in a row; one more is an error. The default is 10.
    pub fn follow(limit: usize) -> Self {
        Self { limit: Some(limit), sensitive: Vec::new() }
    }

    /// Adds a header that is not sent to another scheme, host or port than that of the request.
    pub fn sensitive(mut self, header: HeaderName) -> Self {
        self.sensitive.push(header);
        self
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    pub(super) fn is_sensitive(&self, header: &HeaderName) -> bool {
        self.sensitive.contains(header)
    }
}

impl Default for RedirectPolicy {
    fn default() -> Self {
        Self::follow(DEFAULT_LIMIT)
    }
}

use http::HeaderName;

/// Whether redirects are followed, and what is kept from strangers on the way. How many are followed is one of the
/// [`Limits`](crate::Limits::redirects).
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
/// // Nobody but the first server sees the key.
/// let policy = RedirectPolicy::default().sensitive(HeaderName::from_static("x-api-key"));
/// # assert_ne!(policy, RedirectPolicy::default());
/// // The redirect itself is the response.
/// let policy = RedirectPolicy::none();
/// # assert_ne!(policy, RedirectPolicy::default());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RedirectPolicy {
    /// Whether a redirect is followed; if not, it is a response.
    follows: bool,
    /// Headers besides those that are sensitive anyway.
    sensitive: Vec<HeaderName>,
}

impl RedirectPolicy {
    /// Follows none: a redirect is a response like any other.
    pub fn none() -> Self {
        Self { follows: false, sensitive: Vec::new() }
    }

    /// Adds a header that is not sent to another scheme, host or port than that of the request.
    pub fn sensitive(mut self, header: HeaderName) -> Self {
        self.sensitive.push(header);
        self
    }

    pub(super) fn follows(&self) -> bool {
        self.follows
    }

    pub(super) fn is_sensitive(&self, header: &HeaderName) -> bool {
        self.sensitive.contains(header)
    }
}

/// Follows them.
impl Default for RedirectPolicy {
    fn default() -> Self {
        Self { follows: true, sensitive: Vec::new() }
    }
}

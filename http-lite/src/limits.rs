use std::time::Duration;

/// How much a server may make this client hold or count, and what a client holds on to by itself.
///
/// Everything a server decides has a limit with a name. Each is exact: a head of exactly
/// [`head_bytes`](Self::head_bytes) bytes passes, one byte more does not. How long to wait is the business of
/// [`Timeouts`](crate::Timeouts).
///
/// # Examples
///
/// ```
/// let mut limits = http_lite::Limits::default();
/// limits.body_bytes = 1024;
/// assert_eq!(limits.head_bytes, 64 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a response head, from its status line to its empty line. All header lines count together, because
    /// a limit for each line alone lets a server send lines for ever (CVE-2023-38039). Default: 64 KiB.
    pub head_bytes: usize,
    /// Header lines in a head, and again trailer lines after a body: each costs an entry in a map, however short
    /// it is. Default: 100.
    pub headers: usize,
    /// Empty lines skipped before a response. None should be there, but some servers end the body before with one
    /// too many. Default: 4.
    pub blank_lines: usize,
    /// Informational (1xx) responses skipped before the final one; each may be as large as a head, and without a
    /// limit they never have to end. Default: 16.
    pub informational: usize,
    /// Bytes of chunk extensions in a whole body: nobody reads them, so a server could hide any number of bytes
    /// there (CVE-2023-39326). Default: 16 KiB.
    pub chunk_extension_bytes: usize,
    /// Bytes of the trailers after a chunked body, their empty line included: with less than 2 no chunked body ends.
    /// Default: 16 KiB.
    pub trailer_bytes: usize,
    /// Bytes of a body that [`Body::bytes`](crate::Body::bytes) and [`Body::text`](crate::Body::text) collect into
    /// memory. A body read chunk by chunk has no limit. Default: 10 MiB.
    pub body_bytes: usize,
    /// Redirects that are followed in a row; one more is an error. None are if the
    /// [`RedirectPolicy`](crate::RedirectPolicy) says so. Default: 10.
    pub redirects: usize,
    /// Bytes of a body that nobody wants which are read to save its connection, once it is dropped. Only what has
    /// arrived already is read: nobody waits for the rest. Nor is more read than the connection gives without a wait:
    /// [`TcpConnector`](crate::TcpConnector)'s give about 1 MiB in a turn of the reactor, so a higher limit saves no
    /// more of them. Default: 64 KiB.
    pub drain_bytes: usize,
    /// Connections to one scheme, host and port that are kept while no request uses them. Connections in use have
    /// no limit but those of whoever sends requests. Default: 64.
    pub idle_per_origin: usize,
    /// Connections that are kept while no request uses them, all together. With 0 each request has its own.
    /// Default: 256.
    pub idle_connections: usize,
    /// How long a connection is kept while no request uses it. Servers close theirs after a time of their own, often
    /// of 5 to 75 s. Nobody watches over it in the background: it is closed when a request to the same origin comes
    /// upon it, or when any connection is given back, which may be half that time later. Default: 60 s.
    pub idle_age: Duration,
    /// How old a connection may be when a request begins to use it. What a name means, and who answers at an
    /// address, changes sometimes, and a connection that is never closed never learns of it. Default: an hour.
    pub connection_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            headers: 100,
            blank_lines: 4,
            informational: 16,
            chunk_extension_bytes: 16 * 1024,
            trailer_bytes: 16 * 1024,
            body_bytes: 10 * 1024 * 1024,
            redirects: 10,
            drain_bytes: 64 * 1024,
            idle_per_origin: 64,
            idle_connections: 256,
            idle_age: Duration::from_secs(60),
            connection_age: Duration::from_secs(60 * 60),
        }
    }
}

use std::fmt;
use std::time::Duration;

/// How long to wait for a server; `None` is for ever. A duration that no clock can count is the same.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let mut timeouts = http_lite::Timeouts::default();
/// timeouts.total = Some(Duration::from_secs(60));
/// assert_eq!(timeouts.connect, Some(Duration::from_secs(10)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection, from the first address that is tried to the last. Default: 10 s.
    pub connect: Option<Duration>,
    /// For the server to take some more of the request. Time that the source of the body takes does not count: only
    /// [`total`](Self::total) does that. Default: 30 s.
    pub write: Option<Duration>,
    /// For the head of the response to be complete, from when the request was sent. Informational responses do not
    /// start it anew. Default: 30 s.
    pub head: Option<Duration>,
    /// For some more of the response's body. Any byte starts it anew, so a slow download may take as long as it
    /// likes. It begins when somebody asks for the body and nothing is there: the time before that does not count, but
    /// it goes on if whoever asked is dropped. Default: 30 s.
    pub read: Option<Duration>,
    /// For everything: from when the request is sent, over all redirects and repetitions, to the end of the
    /// response's body. Nothing starts it anew. Default: none.
    pub total: Option<Duration>,
    /// For a server that was asked whether it wants the body ([`expect_continue`](crate::RequestBuilder::expect_continue))
    /// to say so. When it has passed, the body is sent anyway: many servers never answer (RFC 9110 section 10.1.1).
    /// Default: 1 s.
    pub expect_continue: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Self {
            connect: seconds(10),
            write: seconds(30),
            head: seconds(30),
            read: seconds(30),
            total: None,
            expect_continue: seconds(1),
        }
    }
}

impl Timeouts {
    /// No timeout at all but that of `Expect: 100-continue`, which is no error.
    #[must_use]
    pub fn none() -> Self {
        Self { connect: None, write: None, head: None, read: None, total: None, ..Self::default() }
    }

    /// The duration of one of them.
    pub(crate) fn get(&self, timeout: Timeout) -> Option<Duration> {
        match timeout {
            Timeout::Connect => self.connect,
            Timeout::Write => self.write,
            Timeout::Head => self.head,
            Timeout::Read => self.read,
            Timeout::Total => self.total,
            Timeout::ExpectContinue => self.expect_continue,
        }
    }
}

/// One of the [`Timeouts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// [`Timeouts::connect`].
    Connect,
    /// [`Timeouts::write`].
    Write,
    /// [`Timeouts::head`].
    Head,
    /// [`Timeouts::read`].
    Read,
    /// [`Timeouts::total`].
    Total,
    /// [`Timeouts::expect_continue`], which is never an error.
    ExpectContinue,
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Write => "write",
            Self::Head => "head",
            Self::Read => "read",
            Self::Total => "total",
            Self::ExpectContinue => "expect_continue",
        })
    }
}

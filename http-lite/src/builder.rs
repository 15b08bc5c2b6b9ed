use std::fmt;
use std::rc::Rc;

use http::HeaderValue;

use crate::client::Client;
use crate::connect::{Connect, Connector};
use crate::prepared::Settings;
use crate::tcp::TcpConnector;
use crate::{Limits, RedirectPolicy, Timeouts};

/// Makes a [`Client`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use http_lite::{Client, Limits, RedirectPolicy, Timeouts};
///
/// let mut limits = Limits::default();
/// limits.body_bytes = 1024 * 1024;
/// let mut timeouts = Timeouts::default();
/// timeouts.total = Some(Duration::from_secs(10));
///
/// let client = Client::builder()
///     .limits(limits)
///     .timeouts(timeouts)
///     .redirects(RedirectPolicy::none())
///     .user_agent(http::HeaderValue::from_static("example/1.0"))
///     .build();
/// # drop(client);
/// ```
#[must_use = "a builder does nothing until it builds"]
pub struct ClientBuilder {
    connector: Box<dyn Connector>,
    settings: Settings,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self { connector: Box::new(TcpConnector), settings: Settings::default() }
    }

    /// Replaces the [`Limits`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = Rc::new(limits);
        self
    }

    /// Replaces the [`Timeouts`].
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = timeouts;
        self
    }

    /// Says which redirects are followed.
    pub fn redirects(mut self, policy: RedirectPolicy) -> Self {
        self.settings.redirects = Rc::new(policy);
        self
    }

    /// Says what stands in the header `User-Agent`, unless a request has its own.
    pub fn user_agent(mut self, agent: HeaderValue) -> Self {
        self.settings.user_agent = agent;
        self
    }

    /// Says how connections are made. The default is a [`TcpConnector`].
    pub fn connector(mut self, connector: impl Connect + 'static) -> Self {
        self.connector = Box::new(connector);
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> Client {
        Client::with(self.connector, self.settings)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

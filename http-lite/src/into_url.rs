use http::Uri;

use crate::url::{Url, UrlError};

/// What names a URL: text, an [`http::Uri`], or a [`Url`], which need not be read again for each request.
pub trait IntoUrl {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// As [`Url::parse`].
    fn into_url(self) -> Result<Url, UrlError>;
}

impl IntoUrl for Url {
    fn into_url(self) -> Result<Url, UrlError> {
        Ok(self)
    }
}

impl IntoUrl for &Url {
    fn into_url(self) -> Result<Url, UrlError> {
        Ok(self.clone())
    }
}

impl IntoUrl for &str {
    fn into_url(self) -> Result<Url, UrlError> {
        Url::parse(self)
    }
}

impl IntoUrl for String {
    fn into_url(self) -> Result<Url, UrlError> {
        Url::parse(&self)
    }
}

impl IntoUrl for &String {
    fn into_url(self) -> Result<Url, UrlError> {
        Url::parse(self)
    }
}

impl IntoUrl for Uri {
    fn into_url(self) -> Result<Url, UrlError> {
        Url::try_from(&self)
    }
}

impl IntoUrl for &Uri {
    fn into_url(self) -> Result<Url, UrlError> {
        Url::try_from(self)
    }
}

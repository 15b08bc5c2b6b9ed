use iri_string::percent_encode::PercentEncodedForUri;

use crate::url::{Url, UrlError};

/// Adds `name=value` to the query of a URL, both percent-encoded so that they mean nothing but themselves.
///
/// All but letters, digits and `-._~` is encoded: a space is `%20`, which is read everywhere, and not `+`, which is
/// only read in forms.
pub(crate) fn append(url: &Url, name: &str, value: &str) -> Result<Url, UrlError> {
    let between = match url.uri().query() {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    let (name, value) = (PercentEncodedForUri::unreserve(name), PercentEncodedForUri::unreserve(value));
    let text = format!("{}{between}{name}={value}", url.uri());
    Ok(Url::parse(&text)?.inherit_fragment(url))
}

#[cfg(test)]
mod tests;

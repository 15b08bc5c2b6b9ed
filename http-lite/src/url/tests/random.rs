//! Joins beside an oracle: RFC 3986 section 5.2 word for word, without a thought of speed or safety.

use proptest::prelude::*;

use crate::url::Url;

/// The five components of a reference or a URL.
#[derive(Clone, Debug, PartialEq)]
struct Components {
    scheme: Option<String>,
    authority: Option<String>,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

impl Components {
    /// Section 5.3, with an empty path as `/`.
    fn recompose(&self) -> String {
        let mut text = String::new();
        if let Some(scheme) = &self.scheme {
            text += &format!("{scheme}:");
        }
        if let Some(authority) = &self.authority {
            text += &format!("//{authority}");
        }
        text += if self.path.is_empty() && self.scheme.is_some() { "/" } else { &self.path };
        if let Some(query) = &self.query {
            text += &format!("?{query}");
        }
        if let Some(fragment) = &self.fragment {
            text += &format!("#{fragment}");
        }
        text
    }
}

/// Section 5.2.2, for strict parsers.
fn transform(base: &Components, reference: Components) -> Components {
    let fragment = reference.fragment.clone();
    let mut target = if reference.scheme.is_some() {
        Components { path: remove_dot_segments(&reference.path), ..reference }
    } else if reference.authority.is_some() {
        Components { scheme: base.scheme.clone(), path: remove_dot_segments(&reference.path), ..reference }
    } else if reference.path.is_empty() {
        Components { query: reference.query.or_else(|| base.query.clone()), ..base.clone() }
    } else if reference.path.starts_with('/') {
        let path = remove_dot_segments(&reference.path);
        Components { path, query: reference.query, ..base.clone() }
    } else {
        let path = remove_dot_segments(&merge(&base.path, &reference.path));
        Components { path, query: reference.query, ..base.clone() }
    };
    target.fragment = fragment;
    target
}

/// Section 5.2.3, for a base with an authority.
fn merge(base: &str, reference: &str) -> String {
    match base.rfind('/') {
        None => format!("/{reference}"),
        Some(slash) => format!("{}{reference}", &base[..=slash]),
    }
}

/// Section 5.2.4, step by step. An encoded dot is a dot before that (section 6.2.2.2).
fn remove_dot_segments(path: &str) -> String {
    let decoded = |segment: &str| match segment.replace("%2e", ".").replace("%2E", ".").as_str() {
        dots @ ("." | "..") => dots.to_owned(),
        _ => segment.to_owned(),
    };
    let mut input = path.split('/').map(decoded).collect::<Vec<_>>().join("/");
    let mut output = String::new();
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("../").or_else(|| input.strip_prefix("./")) {
            input = rest.to_owned();
        } else if input.starts_with("/./") {
            input = input[2..].to_owned();
        } else if input == "/." {
            input = "/".to_owned();
        } else if input.starts_with("/../") || input == "/.." {
            input = format!("/{}", input.get(4..).unwrap_or_default());
            output.truncate(output.rfind('/').unwrap_or(0));
        } else if input == "." || input == ".." {
            input.clear();
        } else {
            let start = usize::from(input.starts_with('/'));
            let end = input[start..].find('/').map_or(input.len(), |slash| slash + start);
            output += &input[..end];
            input = input[end..].to_owned();
        }
    }
    output
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        3 => Just(""),
        3 => Just("."),
        4 => Just(".."),
        1 => Just("..."),
        3 => Just("a"),
        1 => Just("b;c=d"),
        1 => Just("%2e%2E"),
        1 => Just(".%2e"),
        1 => Just("%2E"),
        1 => Just("%2ea"),
        1 => Just("@"),
        1 => Just("x:"),
    ];
    proptest::collection::vec(segment, 0..9).prop_map(|segments| segments.join("/"))
}

fn piece() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[a-z/?:@.%]{0,6}".prop_map(|text| text.replace('%', "%25")))
}

fn authority() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["a", "b.c", "a:8080", "[::1]", "10.0.0.1:1", "a."]).prop_map(str::to_owned)
}

fn absolute() -> impl Strategy<Value = Components> {
    let scheme = proptest::sample::select(vec!["http", "https"]).prop_map(str::to_owned);
    (scheme, authority(), path(), piece(), piece()).prop_map(|(scheme, authority, path, query, fragment)| {
        // Behind an authority, a path begins with a slash or is empty.
        let path = if path.is_empty() || path.starts_with('/') { path } else { format!("/{path}") };
        Components { scheme: Some(scheme), authority: Some(authority), path, query, fragment }
    })
}

fn reference() -> impl Strategy<Value = Components> {
    let relative =
        (path(), piece(), piece()).prop_filter_map("a scheme or an authority", |(path, query, fragment)| {
            let first = path.split('/').next().unwrap_or_default();
            let is_other = path.starts_with("//") || first.contains(':');
            (!is_other).then_some(Components { scheme: None, authority: None, path, query, fragment })
        });
    let scheme_relative = absolute().prop_map(|url| Components { scheme: None, ..url });
    prop_oneof![3 => relative, 1 => scheme_relative, 1 => absolute()]
}

proptest! {
    // The cases are new in every run, and a failure prints its own; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_join_gives_what_the_rfc_spells_out(base in absolute(), reference in reference()) {
        let expected = transform(&base, reference.clone()).recompose();
        let base = Url::parse(&base.recompose()).unwrap();
        let joined = base.join(&reference.recompose()).unwrap();
        prop_assert_eq!(joined.to_string(), expected);
    }

    #[test]
    fn no_text_is_a_panic_and_every_url_is_in_its_form(
        text in prop_oneof![
            any::<String>(),
            "(https?:)?(//)?[a-z@:.\\[\\]\\\\% \u{e9}0-9]{0,9}[/?#\\PC]{0,9}",
        ],
    ) {
        let base = Url::parse("https://a:8/b/c?d#e").unwrap();
        for url in [Url::parse(&text), base.join(&text)].into_iter().flatten() {
            let form = url.to_string();
            prop_assert!(form.bytes().all(|byte| byte.is_ascii_graphic()), "{}", form);
            prop_assert!(!form.contains(['\\', '"', '<', '>']), "{}", form);
            prop_assert_eq!(Url::parse(&form).unwrap(), url);
        }
    }

    #[test]
    fn an_error_does_not_repeat_a_password(
        before in "(https?://|//|)[a-z]{0,3}[:/?#]{0,2}",
        after in "[:/?#%]{0,2}@[a-z@/:\\[ \\\\]{0,9}",
    ) {
        let base = Url::parse("http://a/").unwrap();
        let text = format!("{before}SECRET{after}");
        for error in [Url::parse(&text), base.join(&text)].into_iter().filter_map(Result::err) {
            prop_assert!(!format!("{error} {error:?}").contains("SECRET"), "{}", error);
        }
    }
}

use std::io;

use super::resolve;
use crate::url::Url;

fn addresses(url: &str) -> io::Result<Vec<String>> {
    let addresses = resolve(Url::parse(url).unwrap().origin())?;
    Ok(addresses.iter().map(ToString::to_string).collect())
}

#[test]
fn an_address_is_its_own() {
    assert_eq!(addresses("http://10.1.2.3:81/").unwrap(), ["10.1.2.3:81"]);
    assert_eq!(addresses("http://[2001:db8::1]/").unwrap(), ["[2001:db8::1]:80"]);
}

/// RFC 6761 section 6.3.
#[test]
fn localhost_and_what_is_below_it_is_loopback() {
    for name in ["localhost", "LocalHost", "localhost.", "a.b.localhost", "x.localhost."] {
        let both = ["127.0.0.1:81", "[::1]:81"];
        assert_eq!(addresses(&format!("http://{name}:81/")).unwrap(), both, "{name}");
    }
}

#[test]
fn any_other_name_is_an_error_that_says_what_to_do() {
    for name in ["example.com", "notlocalhost", "localhost.example", "127.1"] {
        let error = addresses(&format!("http://{name}/")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{name}: {error}");
        assert!(error.to_string().contains("use an IP address or localhost"), "{error}");
    }
}

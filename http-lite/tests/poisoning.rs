//! Whatever comes of a first request, what a server sent for it is never the answer to the second one.

mod support;

use http_lite::Client;
use proptest::collection::vec;
use proptest::prelude::*;
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script};

const EVIL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

/// What a user does with the first response.
#[derive(Clone, Copy, Debug)]
enum Reader {
    Whole,
    OneChunk,
    Nothing,
}

/// What a server sends, piece by piece, all of it before the second request.
fn steps() -> impl Strategy<Value = Vec<ReadStep>> {
    let piece = prop_oneof![
        4 => Just("HTTP/1.1 200 OK\r\n"),
        1 => Just("HTTP/1.1 204 No Content\r\n"),
        1 => Just("HTTP/1.1 103 Early Hints\r\n\r\n"),
        1 => Just("HTTP/1.1 302 Found\r\nLocation: /\r\n"),
        1 => Just("HTTP/1.1 417 No\r\n"),
        3 => Just("Content-Length: 2\r\n"),
        1 => Just("Content-Length: 0\r\n"),
        2 => Just("Transfer-Encoding: chunked\r\n"),
        4 => Just("\r\n"),
        3 => Just("ok"),
        2 => Just("2\r\nok\r\n"),
        2 => Just("0\r\n"),
        4 => Just(EVIL),
    ];
    let step = prop_oneof![
        8 => piece.prop_map(ReadStep::from),
        1 => Just(ReadStep::Pending),
    ];
    let end = prop_oneof![3 => Just(ReadStep::Blocked), 1 => Just(ReadStep::End), 1 => Just(ReadStep::Reset)];
    (vec(step, 1..12), end).prop_map(|(mut steps, end)| {
        steps.push(end);
        steps
    })
}

async fn visit(client: &Client, url: &str, reader: Reader) -> Result<String, http_lite::Error> {
    let mut body = client.post(url).body("hello").expect_continue().send().await?.into_body();
    match reader {
        Reader::Whole => body.text().await,
        Reader::OneChunk => body.chunk().await.map(|_| String::new()),
        Reader::Nothing => Ok(String::new()),
    }
}

proptest! {
    // The cases are new in every run, and a failure prints its own; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// CVE-2026-6733 (undici), aiohttp#13656, RUSTSEC-2020-0093 (async-h1).
    #[test]
    fn what_was_sent_before_a_request_is_never_its_answer(
        steps in steps(),
        reader in prop_oneof![Just(Reader::Whole), Just(Reader::OneChunk), Just(Reader::Nothing)],
    ) {
        run_by_clock(async move |_| {
            // All that is sent unasked comes before the second request, and after it nothing comes on this connection.
            let first = Script::new().read(ReadStep::AfterWritten(40)).reads(steps);
            let others = (0..20).map(|_| Script::new().read(ReadStep::AfterWritten(40)).read(GOOD).read(ReadStep::Blocked));
            let scripts = Scripts::new(std::iter::once(first).chain(others));
            let client = scripts.client();
            let _ = visit(&client, "http://a/", reader).await;
            let made = scripts.connections();
            let second = visit(&client, "http://a/", Reader::Whole).await;
            if scripts.connections() > made {
                assert_eq!(second.unwrap(), "good");
            } else {
                // Over a connection that had fallen silent, and stays so.
                let error = second.unwrap_err();
                assert!(error.is_timeout(), "{error:?}");
            }
        });
    }
}

//! A small, strict HTTP/1.1 client with a sans-I/O core, for one OS thread.
//!
//! It sends requests of every method and hands out bodies as they arrive, over connections that it keeps. It starts no
//! thread and spawns no task: its futures run wherever they are awaited, under any executor, as long as a [`reactor`] is
//! entered on that thread, or over [connections of your own](Connect).
//!
//! ```no_run
//! # async fn example() -> Result<(), http_lite::Error> {
//! let client = http_lite::Client::new();
//! let response = client.get("http://localhost:8080/greeting").query("to", "you").send().await?;
//! println!("{}", response.status());
//! println!("{}", response.into_body().text().await?);
//! # Ok(())
//! # }
//! ```
//!
//! # Scope
//!
//! In: all methods; bodies of requests and responses as bytes or streams, with trailers; `Expect: 100-continue`;
//! upgrades and `CONNECT`; connections that are used again; redirects; timeouts; limits.
//!
//! Not yet: names other than `localhost` (looking them up blocks, or needs a resolver of our own), TLS, proxies,
//! decompression. Not here: cookies, a cache. Never: HTTP/2, pipelining, a server.
//!
//! # Two halves
//!
//! - [`proto`] is HTTP without I/O: bytes in, events out. It can be used alone.
//! - The rest is a shell: [`Client`] finds a connection, one state machine writes the request and reads the response,
//!   [`Body`] hands out what comes of it.
//!
//! # An exchange
//!
//! A request and its response, on one connection. Both columns go on at the same time; `send()` drives them until the
//! head of the response has come, [`Body`] from there on.
//!
//! ```text
//!              Client::get, .header, .body, .send
//!                              │
//!      pool: a connection ─────┴───── none, or it has spoken ──> Connect::connect
//!      that is quiet │                                           │ Timeouts::connect
//!                    └───────────────────┬───────────────────────┘
//!          the request                   │             the response
//!      ┌───────────────────┐             │         ┌──────────────────┐
//!      │ head              │ <───────────┴───────> │ 1xx heads        │ <─┐ Limits::informational
//!      └───────────────────┘                       └──────────────────┘ ──┘
//!       │ Expect: 100-continue                      │   │ Timeouts::head, once the request is out
//!       │   ┌───────────────────┐    100            │   │
//!       ├──>│ asks for the word │ <─────────────────┘   │
//!       │   └───────────────────┘                       v
//!       │     │ 100, or          any final head   ┌──────────────────┐
//!       │     │ Timeouts::       ───────────────> │ head             │ ── 3xx ──> the next request, if the policy says so
//!       │     │ expect_continue  the body stays   └──────────────────┘ ── 101, 2xx to CONNECT ──> Upgraded
//!       v     v                  here              │
//!      ┌───────────────────┐                       v
//!      │ body              │                      ┌──────────────────┐
//!      └───────────────────┘ Timeouts::write      │ body             │ Timeouts::read
//!       │                                         └──────────────────┘
//!       v                                          │
//!      ┌───────────────────┐                       v
//!      │ sent              │                      ┌──────────────────┐
//!      └───────────────────┘ ───────┬──────────── │ end, keep-alive  │
//!                                   │ both        └──────────────────┘
//!                                   v              │ anything else
//!                                  pool            └──> closed
//! ```
//!
//! Dead before anything came back, and used before: it is sent once more, on a new connection, if that can do no harm
//! ([`RequestBuilder::send`]). Any other error closes the connection. So does dropping the future of `send()` in the
//! middle, or a [`Body`] whose rest has not arrived; dropping that of [`Body::chunk`] does not.
//!
//! # Connections that are used again
//!
//! A connection goes back to its client when the response has ended as it should, the request is out, and nothing
//! follows. Before the next request it is [probed](Transport::probe): the operating system is asked whether anything has
//! arrived meanwhile, and if so the connection is closed. What arrives unasked would be taken for the next answer, by
//! clients that only learn of it when their runtime is polled (CVE-2026-6733).
//!
//! # Limits
//!
//! Everything that a server decides has a limit in [`Limits`]:
//!
//! | limit | default | what it bounds |
//! |---|---|---|
//! | [`head_bytes`](Limits::head_bytes) | 64 KiB | a response head, all lines together |
//! | [`headers`](Limits::headers) | 100 | lines in a head, and again in the trailers |
//! | [`blank_lines`](Limits::blank_lines) | 4 | empty lines before a response |
//! | [`informational`](Limits::informational) | 16 | 1xx responses before the final one |
//! | [`chunk_extension_bytes`](Limits::chunk_extension_bytes) | 16 KiB | chunk extensions in a whole body |
//! | [`trailer_bytes`](Limits::trailer_bytes) | 16 KiB | trailers |
//! | [`body_bytes`](Limits::body_bytes) | 10 MiB | a body collected into memory |
//! | [`drain_bytes`](Limits::drain_bytes) | 64 KiB | what is read of a body that nobody wants |
//! | [`idle_per_origin`](Limits::idle_per_origin) | 64 | connections to one origin that nobody uses |
//! | [`idle_connections`](Limits::idle_connections) | 256 | connections that nobody uses |
//! | [`idle_age`](Limits::idle_age) | 60 s | how long nobody uses a connection that is kept |
//! | [`connection_age`](Limits::connection_age) | 1 h | how old a connection may be at a request |
//! | [`redirects`](Limits::redirects) | 10 | redirects in a row |
//!
//! and every wait for one has a timeout in [`Timeouts`]:
//!
//! | timeout | default | what it bounds |
//! |---|---|---|
//! | [`connect`](Timeouts::connect) | 10 s | making a connection |
//! | [`write`](Timeouts::write) | 30 s | a wait for the server to take some more |
//! | [`head`](Timeouts::head) | 30 s | from the end of the request to the end of the head |
//! | [`read`](Timeouts::read) | 30 s | a wait for some more of the body |
//! | [`total`](Timeouts::total) | none | everything, redirects included |
//! | [`expect_continue`](Timeouts::expect_continue) | 1 s | a wait for the word that the body is wanted |
//!
//! # Cancel safety
//!
//! Any future may be dropped at any time. [`Body::chunk`] loses nothing by it. `send()` gives up its connection, which
//! is closed; [`Body::bytes`] and [`Body::text`] drop their body. A [`Body`] that is dropped reads what has arrived of
//! it, and keeps its connection if that was the rest. Each `async fn` says so for itself.
//!
//! # Features
//!
//! None is on by default. `stream`: [`Body`] is a `Stream` of `futures-core`, and a stream can be the body of a request.
//! `http-body`: the same for `http_body::Body`.
//!
//! # No `unsafe`
//!
//! The crate forbids it. Nothing a server sends reaches a slice index, an `unwrap` or an overflow.

#![forbid(unsafe_code)]

mod client;
mod builder;
mod request;
mod into_url;
mod request_body;
mod url;
mod query;
mod prepared;
mod follow;
mod redirect;
mod attempt;
mod pool;
mod exchange;
mod body;
mod upgraded;
mod connect;
mod tcp;
mod resolve;
pub mod proto;
mod limits;
mod timeouts;
mod error;

pub use body::Body;
pub use builder::ClientBuilder;
pub use client::{Client, get};
pub use connect::{Connect, Destination, Probe, Timer, Transport};
pub use error::{BoxError, Error, ErrorKind, Phase};
pub use into_url::IntoUrl;
pub use limits::Limits;
pub use redirect::{RedirectError, RedirectPolicy};
pub use request::RequestBuilder;
pub use request_body::RequestBody;
pub use tcp::{ReactorTimer, TcpConnector};
pub use timeouts::{Timeout, Timeouts};
pub use upgraded::Upgraded;
pub use url::{Host, Origin, Scheme, Url, UrlError, UrlProblem};

/// The README's example is compiled like every other one.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

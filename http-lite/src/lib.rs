//! A small, strict HTTP/1.1 client with a sans-I/O core, for one OS thread.
//!
//! It sends `GET` requests and hands out bodies as they arrive. It starts no thread and spawns no task: its futures
//! run wherever they are awaited, under any executor, as long as a [`reactor`] is entered on that thread.
//!
//! ```no_run
//! # async fn example() -> Result<(), http_lite::Error> {
//! let response = http_lite::get("http://localhost:8080/greeting").await?;
//! println!("{}", response.status());
//! println!("{}", response.into_body().text().await?);
//! # Ok(())
//! # }
//! ```
//!
//! # What it is not
//!
//! Not yet: names other than `localhost` (looking them up blocks, or needs a resolver of our own), TLS, methods
//! other than `GET`, redirects, connections used twice, decompression. Never: HTTP/2, a server.
//!
//! # Two halves
//!
//! - [`proto`] is HTTP without I/O: bytes in, events out. It can be used alone.
//! - The rest is a thin shell: [`Client`] finds and connects to the server, one loop feeds the stream to the reader,
//!   [`Body`] hands out what comes of it.
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
//! | [`idle`](Limits::idle) | 30 s | a single wait for the server |
//!
//! # Cancel safety
//!
//! Any future may be dropped at any time. [`Body::chunk`] loses nothing by it; all others give up their connection,
//! which is closed. Each `async fn` says so for itself.
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

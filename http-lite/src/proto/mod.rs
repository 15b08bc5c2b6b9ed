//! HTTP/1.1 without I/O: bytes in, events out.
//!
//! Nothing here names a socket, a future or a clock. A response can be decoded from a file, from a test or from any
//! stream, wherever its bytes happen to be cut; what to do while there are none is the caller's business.
//!
//! - [`encode_head`] turns the head of a request into bytes, [`BodyEncoder`] its body.
//! - [`ResponseReader`] turns bytes into [`Event`]s, or into the [`ProtoError`] that says what was wrong with them.
//! - [`Framing`] says how the end of a body is known, [`Verdict`] what the connection is good for afterwards.
//!
//! How to use it without the client is told in [`embedding`], with the states of a reader.
//!
//! ```text
//!              head.rs            framing.rs           body.rs ──> chunked.rs
//!  input.rs ──> 1xx heads, head ──> which framing? ──> data, data, end          reader.rs drives them
//!                 └── fields.rs: header lines ────────────────┘ trailers
//! ```
//!
//! It is stricter than it has to be wherever leniency has been somebody's security hole: a bare line feed, a folded
//! line, a sign before a number, two lengths, an unknown transfer coding are errors.

pub mod embedding;

mod request;
mod request_body;
mod asked;
mod reader;
mod head;
mod framing;
mod body;
mod chunked;
mod fields;
mod input;
mod error;
mod excerpt;

pub use asked::Asked;
pub use error::{ProtoError, Section};
pub use excerpt::Excerpt;
pub use framing::{CloseReason, Framing, Verdict};
pub use reader::{Event, NotReusable, ResponseReader};
pub use request::{RequestError, RequestFraming, encode_head};
pub use request_body::{BodyEncoder, Framed, RequestBodyError};

//! What the fuzz targets share: decoding a response in pieces, and hyper as somebody else who decodes it.
//!
//! The targets, in `fuzz_targets/`:
//!
//! - `head`: a whole response. What we accept, httparse and hyper must accept too, and understand alike.
//! - `chunked`: a chunked body, in one piece and in others.
//! - `trailers`: what follows the last chunk, against httparse alone.
//! - `join`: a URL and a reference, as in a redirect. Nothing is decoded there.
//!
//! A target for another module is a file there and a `[[bin]]` in `Cargo.toml`.

mod decode;
mod peer;

pub use decode::{Decoded, cut, decode};
pub use peer::{Understood, hyper_understands};

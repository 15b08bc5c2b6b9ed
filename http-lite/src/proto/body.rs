use bytes::Bytes;
use http::HeaderMap;

use super::chunked::ChunkedDecoder;
use super::input::Input;
use super::{Framing, ProtoError};
use crate::Limits;

/// Takes a body out of the bytes of a connection, and nothing that comes after it.
#[derive(Debug)]
pub(super) enum BodyDecoder {
    /// A body whose length was announced.
    Length {
        /// The length in bytes.
        announced: u64,
        /// What is still to come of it.
        left: u64,
    },
    /// A body in chunks.
    Chunked(ChunkedDecoder),
    /// A body that ends where the stream does.
    ToClose,
}

/// What a body consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Some data, at least one byte.
    Data(Bytes),
    /// The end; only a chunked body can have trailers there.
    End(HeaderMap),
}

impl BodyDecoder {
    pub(super) fn new(framing: Framing, limits: &Limits) -> Self {
        match framing {
            Framing::Empty => Self::Length { announced: 0, left: 0 },
            Framing::Length(announced) => Self::Length { announced, left: announced },
            Framing::Chunked => Self::Chunked(ChunkedDecoder::new(limits)),
            Framing::ToClose => Self::ToClose,
        }
    }

    /// The next piece, once it is there.
    pub(super) fn decode(&mut self, input: &mut Input) -> Result<Option<Piece>, ProtoError> {
        match self {
            Self::Length { left: 0, .. } => Ok(Some(Piece::End(HeaderMap::new()))),
            Self::Length { left, .. } => {
                let Some(data) = input.take_some(*left) else {
                    return Ok(None);
                };
                *left = left.saturating_sub(data.len() as u64);
                Ok(Some(Piece::Data(data)))
            }
            Self::Chunked(decoder) => decoder.decode(input),
            Self::ToClose => Ok(input.take_some(u64::MAX).map(Piece::Data)),
        }
    }

    /// What it means that the stream has ended and no piece is left.
    pub(super) fn closed(&self) -> Result<Piece, ProtoError> {
        match *self {
            Self::Length { announced, left } => {
                Err(ProtoError::BodyTooShort { announced, received: announced.saturating_sub(left) })
            }
            Self::Chunked(ref decoder) => Err(decoder.closed()),
            Self::ToClose => Ok(Piece::End(HeaderMap::new())),
        }
    }
}

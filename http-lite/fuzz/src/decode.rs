use http::{HeaderMap, Response};
use http_lite::Limits;
use http_lite::proto::{Asked, Event, Framing, ProtoError, ResponseReader, Verdict};

/// What our reader made of a response, after which the stream ended.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The final head, if it was accepted.
    pub head: Option<(Response<()>, Framing)>,
    /// Informational heads before it.
    pub informational: usize,
    /// The body, as far as it came.
    pub body: Vec<u8>,
    /// Trailers and verdict, if the response was whole.
    pub end: Option<(HeaderMap, Verdict)>,
    /// What was wrong, if anything was.
    pub error: Option<ProtoError>,
}

impl PartialEq for Decoded {
    fn eq(&self, other: &Self) -> bool {
        // How much of the beginning NotHttp shows depends on how much had come.
        let same_error = match (&self.error, &other.error) {
            (Some(ProtoError::NotHttp { .. }), Some(ProtoError::NotHttp { .. })) => true,
            (ours, theirs) => ours == theirs,
        };
        let head = |decoded: &Self| {
            decoded.head.as_ref().map(|(head, framing)| (head.status(), head.headers().clone(), *framing))
        };
        same_error
            && head(self) == head(other)
            && self.informational == other.informational
            && self.body == other.body
            && self.end == other.end
    }
}

/// Decodes the response that comes in these pieces.
pub fn decode(asked: impl Into<Asked>, pieces: &[&[u8]]) -> Decoded {
    let mut reader = ResponseReader::new(asked, &Limits::default());
    let mut decoded = Decoded::default();
    for piece in pieces {
        let mut piece = *piece;
        while !piece.is_empty() {
            let space = reader.space();
            let count = space.len().min(piece.len());
            space[..count].copy_from_slice(&piece[..count]);
            reader.fill(count);
            piece = &piece[count..];
        }
        if !drain(&mut reader, &mut decoded) {
            return decoded;
        }
    }
    reader.end_of_stream();
    if drain(&mut reader, &mut decoded) {
        assert!(decoded.end.is_some(), "after the end of the stream there is an end or an error");
    }
    decoded
}

/// Takes events while there are some; false after an error.
fn drain(reader: &mut ResponseReader, decoded: &mut Decoded) -> bool {
    loop {
        match reader.next_event() {
            Ok(Event::NeedData | Event::Idle) => return true,
            Ok(Event::Informational(_)) => decoded.informational += 1,
            Ok(Event::Head(head, framing)) => decoded.head = Some((head, framing)),
            Ok(Event::Body(bytes)) => decoded.body.extend_from_slice(&bytes),
            Ok(Event::End { trailers, verdict }) => decoded.end = Some((trailers, verdict)),
            Ok(other) => panic!("an event nobody knows: {other:?}"),
            Err(error) => {
                decoded.error = Some(error);
                return false;
            }
        }
    }
}

/// Cuts bytes into pieces, whose lengths the fuzzer chooses.
pub fn cut<'bytes>(mut bytes: &'bytes [u8], lengths: &[u8]) -> Vec<&'bytes [u8]> {
    let mut pieces = Vec::new();
    for length in lengths {
        let (piece, rest) = bytes.split_at(bytes.len().min(usize::from(*length)));
        pieces.push(piece);
        bytes = rest;
    }
    pieces.push(bytes);
    pieces
}

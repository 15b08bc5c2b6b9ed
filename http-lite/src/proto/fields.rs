use std::io::BufRead;
use std::ops::Range;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use super::{Excerpt, ProtoError, Section};
use crate::Limits;

/// The most fields for which a map makes room at once.
const MAX_RESERVED: usize = 128;

/// Finds the empty line that ends a head or a trailer section, and looks at each byte once however slowly they come.
///
/// It also refuses what `httparse` would let pass or would notice only at the end: lines that end in a bare line
/// feed, folded lines, too many lines, too many bytes. It knows the kind of line by its place alone; what a line
/// says is for the parser.
#[derive(Debug)]
pub(super) struct Scanner {
    section: Section,
    /// The most bytes the section may have, its empty line included.
    max_bytes: usize,
    /// The most lines that may come before the empty one.
    max_lines: usize,
    /// The most header lines among them: the number an error names.
    max_fields: usize,
    /// Where the next search for a line end starts.
    scanned: usize,
    /// Where the line that is being searched starts; at most `scanned`.
    line_start: usize,
    /// Lines found so far.
    lines: usize,
}

impl Scanner {
    pub(super) fn head(limits: &Limits) -> Self {
        // The status line is a line too.
        Self::new(Section::Head, limits.head_bytes, limits.headers.saturating_add(1), limits)
    }

    pub(super) fn trailers(limits: &Limits) -> Self {
        Self::new(Section::Trailers, limits.trailer_bytes, limits.headers, limits)
    }

    fn new(section: Section, max_bytes: usize, max_lines: usize, limits: &Limits) -> Self {
        Self {
            section,
            max_bytes,
            max_lines,
            max_fields: limits.headers,
            scanned: 0,
            line_start: 0,
            lines: 0,
        }
    }

    /// The length of the section, once all of it is there; `bytes` must begin with what it began with before.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, ProtoError> {
        let (section, limit) = (self.section, self.max_bytes);
        let within = bytes.get(..limit).unwrap_or(bytes);
        while let Some(line) = self.next_line(within) {
            match line {
                b"\r\n" => return Ok(Some(self.scanned)),
                [b' ' | b'\t', ..] => return Err(ProtoError::FoldedLine { section }),
                [.., b'\r', b'\n'] => self.count_line()?,
                _ => return Err(ProtoError::BareLineFeed { section }),
            }
        }
        // Had the empty line been the last thing that fits, it would have been found.
        if within.len() == limit {
            return Err(ProtoError::TooLarge { section, limit });
        }
        Ok(None)
    }

    /// Whether it has not begun.
    pub(super) fn is_new(&self) -> bool {
        self.scanned == 0
    }

    /// How many lines came before the empty one.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The next whole line, its line feed included.
    fn next_line<'bytes>(&mut self, bytes: &'bytes [u8]) -> Option<&'bytes [u8]> {
        // The standard library has a fast search for a byte, but does not offer it by name. Reading from a slice never
        // fails.
        let mut unseen = bytes.get(self.scanned..)?;
        let skipped = unseen.skip_until(b'\n').unwrap_or_default();
        self.scanned = self.scanned.saturating_add(skipped);
        let line = bytes.get(self.line_start..self.scanned).filter(|line| line.ends_with(b"\n"))?;
        self.line_start = self.scanned;
        Some(line)
    }

    fn count_line(&mut self) -> Result<(), ProtoError> {
        let (section, limit) = (self.section, self.max_fields);
        self.lines = self.lines.saturating_add(1);
        if self.lines > self.max_lines {
            return Err(ProtoError::TooManyFields { section, limit });
        }
        Ok(())
    }
}

/// Turns a whole trailer section of `lines` lines into a map.
pub(super) fn parse_trailers(trailers: &[u8], lines: usize) -> Result<HeaderMap, ProtoError> {
    let section = Section::Trailers;
    let mut fields = vec![httparse::EMPTY_HEADER; lines];
    match httparse::parse_headers(trailers, &mut fields) {
        Ok(httparse::Status::Complete((_, fields))) => header_map(section, trailers, fields),
        _ => {
            let line = Excerpt::from(first_bad_field(trailers).unwrap_or(trailers));
            Err(ProtoError::BadField { section, line })
        }
    }
}

/// The map of some lines that were parsed from `bytes`; it keeps every value of a repeated name.
///
/// The bytes are copied once, and the values are pieces of the copy: they keep no read buffer alive.
pub(super) fn header_map(
    section: Section,
    bytes: &[u8],
    fields: &[httparse::Header<'_>],
) -> Result<HeaderMap, ProtoError> {
    let copy = Bytes::copy_from_slice(bytes);
    // The map has a limit of its own, which counts for those who raise ours beyond it; it makes room by itself.
    let mut map = HeaderMap::with_capacity(fields.len().min(MAX_RESERVED));
    for field in fields {
        let value = copy.slice(place(field.value, bytes));
        let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(field.name.as_bytes()), HeaderValue::from_maybe_shared(value))
        else {
            let line = Excerpt::from(field.name);
            return Err(ProtoError::BadField { section, line });
        };
        let limit = map.len();
        let too_many = |_| ProtoError::TooManyFields { section, limit };
        map.try_append(name, value).map_err(too_many)?;
    }
    Ok(map)
}

/// Where in `bytes` a piece of it lies; nothing lies at the beginning.
pub(super) fn place(piece: &[u8], bytes: &[u8]) -> Range<usize> {
    let before = piece.as_ptr().addr().saturating_sub(bytes.as_ptr().addr());
    let start = if piece.is_empty() { 0 } else { before.min(bytes.len()) };
    start..start.saturating_add(piece.len()).min(bytes.len())
}

/// The first of some lines that is not a header line, for `httparse` does not say which one it disliked.
pub(super) fn first_bad_field(lines: &[u8]) -> Option<&[u8]> {
    lines.split_inclusive(|&byte| byte == b'\n').find_map(|line| {
        let line = line.strip_suffix(b"\r\n").unwrap_or(line);
        let alone = [line, b"\r\n\r\n"].concat();
        let parsed = httparse::parse_headers(&alone, &mut [httparse::EMPTY_HEADER]).is_ok();
        (!parsed).then_some(line)
    })
}

#[cfg(test)]
mod tests;

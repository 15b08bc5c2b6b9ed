use std::mem::MaybeUninit;

use http::{Response, StatusCode, Version};
use httparse::{Header, ParserConfig, Status};

use super::fields::{Scanner, first_bad_field, header_map, place};
use super::input::Input;
use super::{Excerpt, ProtoError, Section};
use crate::Limits;

/// What every response head begins with.
const NAME: &[u8] = b"HTTP/";

/// A version that has not ended after this many bytes will not be one of ours.
const MAX_VERSION_BYTES: usize = 16;

/// Few heads have more fields than this.
const USUAL_FIELDS: usize = 32;

/// Reads one response head after the other: informational ones, then the final one.
#[derive(Debug)]
pub(super) struct HeadReader {
    /// Empty lines skipped so far, before all the heads together.
    blank_lines: usize,
    /// Informational heads so far.
    informational: usize,
    /// The search for the end of the current head.
    scanner: Scanner,
}

impl HeadReader {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { blank_lines: 0, informational: 0, scanner: Scanner::head(limits) }
    }

    /// The next head, once all of it is there.
    pub(super) fn next_head(
        &mut self,
        input: &mut Input,
        limits: &Limits,
    ) -> Result<Option<Response<()>>, ProtoError> {
        self.skip_blank_lines(input, limits)?;
        // What is not HTTP is refused at its first byte, and not when it has filled the limit.
        let Some(version) = version(input.filled())? else {
            return Ok(None);
        };
        let (length, head) = match self.whole_head(input.filled(), version, limits) {
            Some(whole) => whole,
            None => match self.careful_head(input.filled(), version)? {
                Some(found) => found,
                None => return Ok(None),
            },
        };
        input.skip(length);
        self.scanner = Scanner::head(limits);
        self.check_informational(head.status(), limits)?;
        Ok(Some(head))
    }

    /// The head and its length, if all of it has come at once, as it nearly always has, and nothing is wrong with it.
    /// Then nobody need look for its end before it is parsed.
    fn whole_head(&self, bytes: &[u8], version: Version, limits: &Limits) -> Option<(usize, Response<()>)> {
        // Once only, or a head that comes byte by byte would be parsed from its start for each (hyper#3764).
        if !self.scanner.is_new() {
            return None;
        }
        let mut room = [const { MaybeUninit::uninit() }; USUAL_FIELDS];
        let room = room.get_mut(..limits.headers.min(USUAL_FIELDS))?;
        let bytes = bytes.get(..limits.head_bytes).unwrap_or(bytes);
        parse(bytes, version, room).ok()?
    }

    /// The head and its length, once its end is there.
    fn careful_head(
        &mut self,
        bytes: &[u8],
        version: Version,
    ) -> Result<Option<(usize, Response<()>)>, ProtoError> {
        let Some(length) = self.scanner.find_end(bytes)? else {
            return Ok(None);
        };
        let bytes = bytes.get(..length).unwrap_or(bytes);
        // The status line is no field.
        let fields = self.scanner.lines().saturating_sub(1);
        let mut room = vec![MaybeUninit::uninit(); fields];
        parse(bytes, version, &mut room)?.map(Some).ok_or_else(|| explain(bytes))
    }

    /// What it means that the stream ends here, before the final head.
    pub(super) fn closed(&self, input: &Input) -> ProtoError {
        if self.informational == 0 && input.is_empty() {
            ProtoError::ClosedBeforeHead
        } else {
            ProtoError::ClosedInsideHead
        }
    }

    fn skip_blank_lines(&mut self, input: &mut Input, limits: &Limits) -> Result<(), ProtoError> {
        while input.filled().starts_with(b"\r\n") {
            if self.blank_lines == limits.blank_lines {
                return Err(ProtoError::TooManyBlankLines { limit: limits.blank_lines });
            }
            self.blank_lines = self.blank_lines.saturating_add(1);
            input.skip(2);
        }
        Ok(())
    }

    fn check_informational(&mut self, status: StatusCode, limits: &Limits) -> Result<(), ProtoError> {
        if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
            if self.informational == limits.informational {
                return Err(ProtoError::TooManyInformational { limit: limits.informational });
            }
            self.informational = self.informational.saturating_add(1);
        }
        Ok(())
    }
}

/// The version of the head that `bytes` begins with, once enough of it is there to tell.
fn version(bytes: &[u8]) -> Result<Option<Version>, ProtoError> {
    let Some(after) = bytes.strip_prefix(NAME) else {
        // A lone carriage return may become another empty line.
        let undecided = NAME.starts_with(bytes) || bytes == b"\r";
        return if undecided { Ok(None) } else { Err(ProtoError::NotHttp { start: Excerpt::from(bytes) }) };
    };
    let longest = after.get(..MAX_VERSION_BYTES).unwrap_or(after);
    let version = match longest.iter().position(u8::is_ascii_whitespace) {
        Some(end) => longest.get(..end).unwrap_or_default(),
        None if longest.len() < MAX_VERSION_BYTES => return Ok(None),
        None => longest,
    };
    match version {
        b"1.1" => Ok(Some(Version::HTTP_11)),
        b"1.0" => Ok(Some(Version::HTTP_10)),
        _ => Err(ProtoError::UnsupportedVersion { version: Excerpt::from(version) }),
    }
}

/// Parses the head that `bytes` begins with, if there is room for its fields, and tells its length.
///
/// A status has three digits. Those above 599 mean nothing (RFC 9110 section 15), but are handed on: the caller
/// decides by the class, and an unknown class is no reason to throw away a response.
fn parse<'bytes>(
    bytes: &'bytes [u8],
    version: Version,
    room: &mut [MaybeUninit<Header<'bytes>>],
) -> Result<Option<(usize, Response<()>)>, ProtoError> {
    let mut parsed = httparse::Response::new(&mut []);
    let config = ParserConfig::default();
    let Ok(Status::Complete(length)) = config.parse_response_with_uninit_headers(&mut parsed, bytes, room)
    else {
        return Ok(None);
    };
    let head = bytes.get(..length).unwrap_or(bytes);
    if !has_whole_line_ends(head, parsed.headers) {
        return Ok(None);
    }
    let Some(status) = parsed.code.and_then(|code| StatusCode::from_u16(code).ok()) else {
        return Ok(None);
    };
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = header_map(Section::Head, head, parsed.headers)?;
    Ok(Some((length, response)))
}

/// Whether every line ends in a carriage return and a line feed: `httparse` lets a bare line feed pass. Nowhere else in
/// what it has parsed is there one, so it is enough to look before each field and at the end.
fn has_whole_line_ends(head: &[u8], fields: &[Header<'_>]) -> bool {
    let follows_one = |field: &Header<'_>| {
        let before = head.get(..place(field.name.as_bytes(), head).start);
        before.is_some_and(|before| before.ends_with(b"\r\n"))
    };
    head.ends_with(b"\r\n\r\n") && fields.iter().all(follows_one)
}

/// Finds the line for which a head was refused.
fn explain(head: &[u8]) -> ProtoError {
    let mut halves = head.splitn(2, |&byte| byte == b'\n');
    let status_line = halves.next().unwrap_or_default();
    match first_bad_field(halves.next().unwrap_or_default()) {
        Some(line) => ProtoError::BadField { section: Section::Head, line: Excerpt::from(line) },
        None => ProtoError::BadStatusLine { line: Excerpt::from(status_line.trim_ascii_end()) },
    }
}

#[cfg(test)]
mod tests;

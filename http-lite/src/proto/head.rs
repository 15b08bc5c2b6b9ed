use bytes::Bytes;
use http::{Response, StatusCode, Version};

use super::fields::{Scanner, first_bad_field, header_map};
use super::input::Input;
use super::{Excerpt, ProtoError, Section};
use crate::Limits;

/// What every response head begins with.
const NAME: &[u8] = b"HTTP/";

/// A version that has not ended after this many bytes will not be one of ours.
const MAX_VERSION_BYTES: usize = 16;

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
        let Some(length) = self.scanner.find_end(input.filled())? else {
            return Ok(None);
        };
        // One copy of the head, of which the values are pieces: they keep no read buffer alive.
        let head = Bytes::copy_from_slice(input.filled().get(..length).unwrap_or_default());
        input.skip(length);
        // The status line is no field.
        let fields = self.scanner.lines().saturating_sub(1);
        self.scanner = Scanner::head(limits);
        let head = parse(&head, version, fields)?;
        self.check_informational(head.status(), limits)?;
        Ok(Some(head))
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

/// Parses a whole head with `fields` header lines.
///
/// A status has three digits. Those above 599 mean nothing (RFC 9110 section 15), but are handed on: the caller
/// decides by the class, and an unknown class is no reason to throw away a response.
fn parse(head: &Bytes, version: Version, fields: usize) -> Result<Response<()>, ProtoError> {
    let mut fields = vec![httparse::EMPTY_HEADER; fields];
    let mut parsed = httparse::Response::new(&mut fields);
    let complete = parsed.parse(head).is_ok_and(|status| status.is_complete());
    let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
    let (true, Some(status)) = (complete, status) else {
        return Err(explain(head));
    };
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = header_map(Section::Head, head, parsed.headers)?;
    Ok(response)
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

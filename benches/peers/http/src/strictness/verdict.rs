//! Whether a client did what it had to.

use std::fmt;

use super::case::{Case, Connection, Expected};
use super::server::AGAIN;
use crate::clients::Answer;
use crate::peer::Reply;

/// How much of a body is shown.
const SHOWN: usize = 40;

pub struct Verdict {
    reply: Reply,
    /// Whether the second request, if there was one, came over the connection of the first.
    reused: bool,
    right: bool,
}

impl Verdict {
    pub fn new(case: &Case, reply: Reply, reused: bool) -> Verdict {
        let right = match (&case.expected, &reply) {
            (Expected::Refusal, Reply::Said(said)) => said.iter().all(Result::is_err),
            (Expected::Answer { status, body, connection }, Reply::Said(said)) => {
                let wanted = Answer { status: *status, body: body.clone() };
                said.first() == Some(&Ok(wanted))
                    && (*connection == Connection::Any || (!reused && got_its_own(said)))
            }
            (_, Reply::Late | Reply::Hung | Reply::Died) => false,
        };
        Verdict { reply, reused, right }
    }

    /// Whether it did what the case asks for.
    pub fn is_right(&self) -> bool {
        self.right
    }
}

/// Whether the second request got the answer to the second request. A client that keeps no connections, or that reports
/// an error because it may not use the first one, has done no harm.
fn got_its_own(said: &[Result<Answer, String>]) -> bool {
    match said.get(1) {
        Some(Ok(answer)) => answer.body == AGAIN,
        Some(Err(_)) | None => true,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match &self.reply {
            Reply::Late => return write!(f, "waited in vain"),
            Reply::Hung => return write!(f, "hung"),
            Reply::Died => return write!(f, "died"),
            Reply::Said(said) => said,
        };
        for (number, answer) in said.iter().enumerate() {
            if number > 0 {
                let connection = if self.reused { "the same connection" } else { "another connection" };
                write!(f, "; then over {connection}: ")?;
            }
            match answer {
                Ok(Answer { status, body }) => {
                    let shown = body.get(..SHOWN).unwrap_or(body).escape_ascii();
                    write!(
                        f,
                        "accepted {status} {shown:?} ({} bytes)",
                        body.len(),
                        shown = shown.to_string()
                    )?;
                }
                Err(reason) => write!(f, "refused: {reason}")?,
            }
        }
        Ok(())
    }
}

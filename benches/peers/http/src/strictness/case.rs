//! What is asked of everybody: a response, and what has to be made of it.

use std::time::Duration;

/// One response of our own making.
pub struct Case {
    pub name: &'static str,
    /// Who says so: a section of an RFC, or somebody's bug.
    pub source: &'static str,
    pub method: &'static str,
    /// What the server sends, byte for byte.
    pub response: Vec<u8>,
    pub then: Then,
    pub expected: Expected,
}

/// What the server does once it has sent the response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// It says that there is no more.
    Close,
    /// It keeps the connection, so that a client which waits for more waits in vain.
    Hold,
    /// It sends, after a while, what nobody has asked for, and keeps the connection.
    Send { after: Duration, more: &'static [u8] },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// No answer, but an error.
    Refusal,
    /// This answer.
    Answer { status: u16, body: Vec<u8>, connection: Connection },
}

/// What must become of the connection afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Connection {
    /// That is the client's affair.
    Any,
    /// The next request must go over another one, and get its own answer.
    NotReused,
}

impl Case {
    /// A response to a GET that must be refused, after which the server closes.
    pub fn reject(name: &'static str, source: &'static str, response: impl AsRef<[u8]>) -> Case {
        let response = response.as_ref().to_vec();
        Case { name, source, method: "GET", response, then: Then::Close, expected: Expected::Refusal }
    }

    /// A response to a GET that must be taken as a 200 with this body, after which the server keeps the connection.
    pub fn accept(
        name: &'static str,
        source: &'static str,
        response: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
    ) -> Case {
        let expected =
            Expected::Answer { status: 200, body: body.as_ref().to_vec(), connection: Connection::Any };
        Case { name, source, method: "GET", response: response.as_ref().to_vec(), then: Then::Hold, expected }
    }

    pub fn method(self, method: &'static str) -> Case {
        Case { method, ..self }
    }

    pub fn then(self, then: Then) -> Case {
        Case { then, ..self }
    }

    /// With another status than 200.
    pub fn status(mut self, wanted: u16) -> Case {
        if let Expected::Answer { status, .. } = &mut self.expected {
            *status = wanted;
        }
        self
    }

    /// Whose connection must not be used again.
    pub fn not_reused(mut self) -> Case {
        if let Expected::Answer { connection, .. } = &mut self.expected {
            *connection = Connection::NotReused;
        }
        self
    }

    /// Whether a second request has to show what became of the connection.
    pub fn asks_again(&self) -> bool {
        matches!(self.expected, Expected::Answer { connection: Connection::NotReused, .. })
    }
}

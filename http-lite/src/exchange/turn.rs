/// How much may be moved without a wait, before whoever else is on the thread gets a turn and the timeouts are looked at.
///
/// A socket of the reactor has a budget of its own; another stream need not have one, and may be faster than whoever
/// reads from it, or never have to wait at all.
///
/// One turn is for both directions. The request, which comes first, goes on without the response for half of it at most,
/// and from then on by one step for each piece of that. Both are tried in each poll, and only the request in the one that
/// ends a turn.
pub(super) struct Turn {
    /// How many bytes more.
    left: usize,
}

/// How many bytes there are in a turn: a half is twice what a TCP connection may write in a turn of the reactor, so that
/// this is for other streams.
const BYTES: usize = 4 * 1024 * 1024;

/// What the smallest read or write counts for, and a source that gives nothing: a call takes its time, too.
const CALL: usize = 1024;

impl Turn {
    pub(super) const fn new() -> Self {
        Self { left: BYTES }
    }

    /// One call has moved so many bytes.
    pub(super) fn count(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes.max(CALL));
    }

    /// Whether it is time to look at the response.
    pub(super) fn is_half_over(&self) -> bool {
        self.left <= BYTES / 2
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }
}

/// How much may be moved without a wait, before whoever else is on the thread gets a turn.
///
/// A socket of the reactor has a budget of its own; another stream need not have one, and may be faster than whoever
/// reads from it, or never have to wait at all.
pub(super) struct Turn {
    left: usize,
}

/// What the smallest read or write counts for: a call takes its time, too.
const CALL: usize = 1024;

impl Turn {
    pub(super) const fn of(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// One call has moved so many bytes.
    pub(super) fn count(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes.max(CALL));
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }
}

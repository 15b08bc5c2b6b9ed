//! How much a socket may do before the others get their turn.

/// How many operations use up a budget, however little each of them moves.
const OPERATIONS: u32 = 128;

/// How many bytes one direction of a source may move between two turns of its reactor.
///
/// A socket that always has something never makes its task wait, and a task that does not wait keeps
/// its thread to itself: no other task, no timer and no other socket gets to do anything. So who has
/// used up the budget and wants more waits for the next turn, like for an event. The turn does
/// not sleep then, and wakes that task after those that have events.
///
/// A read or a write of a stream ([`Registration::poll_stream`](crate::Registration::poll_stream) and `try_stream`), and
/// a message sent or received, counts for the bytes that it moves, and for 1/128 of the budget at least: 128 small ones
/// use it up as well, as do 128 that fail. All other operations ([`poll_io`](crate::Registration::poll_io) and its kin) count
/// for that 1/128, whatever they move: connections accepted, bytes that are peeked at. Whoever really waits between
/// two operations never notices, since what ends the wait is a turn.
///
/// Where both ends of a connection are on one thread this makes them faster, too: they take turns with
/// chunks that are still in the processor's cache, instead of filling the kernel's buffers with
/// megabytes first (`cargo bench -p onethread-benches --bench bulk` shows the curve). Where the other end is another
/// process, the price is one system call that does not sleep for each budget that is used up; who would rather not pay
/// it sets a larger one, or none.
///
/// It counts where the source's reactor is the [entered](crate::Handle::enter) one. Where none is,
/// nobody might turn, and what need not wait for the kernel waits for nothing.
///
/// # Examples
///
/// ```
/// use reactor::{Budget, TcpListener};
///
/// # fn main() -> std::io::Result<()> {
/// reactor::block_on(async {
///     // For all sources that join from now on.
///     reactor::Handle::current()?.set_budget(Budget::bytes(256 * 1024));
///     // For this one: connections are accepted as long as there are any.
///     let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
///     listener.registration().set_budget(Budget::UNLIMITED);
///     Ok(())
/// })?
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget(u32);

impl Budget {
    /// No limit: the source may keep its thread for as long as the kernel has something for it.
    pub const UNLIMITED: Budget = Budget(u32::MAX);

    /// So many bytes between two turns. The last operation may exceed it: it is not cut short. With 0
    /// there is a turn between any two operations.
    #[must_use]
    pub const fn bytes(bytes: u32) -> Self {
        Budget(bytes)
    }

    /// The whole of it.
    pub(crate) fn full(self) -> u32 {
        self.0
    }

    /// What an operation that has moved so many bytes takes of it.
    pub(crate) fn charge(self, bytes: usize) -> u32 {
        if self == Self::UNLIMITED {
            return 0;
        }
        let least = self.0.div_ceil(OPERATIONS);
        u32::try_from(bytes).unwrap_or(u32::MAX).max(least)
    }
}

impl Default for Budget {
    /// 64 KiB: a chunk and its copy in the kernel fit into the cache next to the processor.
    fn default() -> Self {
        Budget(64 * 1024)
    }
}

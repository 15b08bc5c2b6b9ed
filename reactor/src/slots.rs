//! All sources of one reactor, by token.

use std::rc::Rc;
use std::task::Waker;

use mio::Token;
use slotmap::{DefaultKey, Key, KeyData, SlotMap};

use crate::readiness::Readiness;
use crate::{Budget, Direction};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("a slot and its generation share one `mio::Token`, which takes 64 bits");

/// The slots of all sources of one reactor.
///
/// Each is known to the kernel by a [`Token`] that names the slot and its generation, so that an
/// event for a source which is gone cannot be taken for one of the source that now has the slot
/// (mio#172).
#[derive(Default)]
pub(crate) struct Slots {
    slots: SlotMap<DefaultKey, Rc<Readiness>>,
    /// Those that want to be woken by the next turn, event or not; each direction at most once.
    giving_way: Vec<(Token, Direction)>,
    /// The budget of those to come.
    pub(crate) budget: Budget,
}

impl Slots {
    /// A slot for a new source.
    pub(crate) fn insert(&mut self, readiness: Rc<Readiness>) -> Token {
        let key = self.slots.insert(readiness);
        Token(usize::try_from(key.data().as_ffi()).expect("a key takes 64 bits, and so does a usize"))
    }

    /// Frees the slot. What is known of the source is returned: it holds wakers, to be dropped once no
    /// slot is borrowed.
    pub(crate) fn remove(&mut self, token: Token) -> Option<Rc<Readiness>> {
        self.slots.remove(key(token))
    }

    pub(crate) fn get(&self, token: Token) -> Option<&Readiness> {
        self.slots.get(key(token)).map(|readiness| &**readiness)
    }

    /// How many sources there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Has the next turn wake whoever waits for that source.
    pub(crate) fn give_way(&mut self, token: Token, direction: Direction) {
        self.giving_way.push((token, direction));
    }

    /// Whether there is anybody whom the next turn is to wake.
    pub(crate) fn is_given_way(&self) -> bool {
        !self.giving_way.is_empty()
    }

    /// Moves those who gave way into `woken`.
    pub(crate) fn end_giving_way(&mut self, woken: &mut Vec<Waker>) {
        for (token, direction) in self.giving_way.drain(..) {
            let readiness = self.slots.get(key(token));
            woken.extend(readiness.and_then(|readiness| readiness.side(direction).was_given_way()));
        }
    }

    /// Whether somebody waits for any of them. It looks at each, so it is for a virtual clock alone.
    pub(crate) fn any_waiter(&self) -> bool {
        self.slots.values().any(|readiness| readiness.is_waited_for())
    }

    /// Frees nothing, but takes out everybody who waits for anything, and lifts all limits.
    pub(crate) fn close(&mut self, woken: &mut Vec<Waker>) {
        for readiness in self.slots.values() {
            readiness.set_budget(Budget::UNLIMITED);
            woken.extend(readiness.take_wakers());
        }
    }
}

fn key(token: Token) -> DefaultKey {
    DefaultKey::from(KeyData::from_ffi(token.0 as u64))
}

#[cfg(test)]
mod tests;

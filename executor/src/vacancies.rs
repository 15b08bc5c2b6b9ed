//! Which slots hold no task.

/// How many of the slots that were left last are at hand.
const LATEST: usize = 128;

/// The numbers of the vacant slots. Those that were left last are taken first, since their memory is still warm, and then
/// the lowest: so many tasks that are added one after the other lie in memory in that order, whatever order others have
/// left in.
///
/// But for the latest, it is a tree of bits. A bit of the lowest level is a slot; one of any other level is a word of the level
/// below, and set if that has a bit set.
#[derive(Debug, Default)]
pub(crate) struct Vacancies {
    /// As many as there is room for, the one that was left last behind the others.
    latest: Vec<u32>,
    /// The lowest level first; the highest one has one word.
    levels: Vec<Vec<u64>>,
}

impl Vacancies {
    /// Adds a slot that has become vacant.
    #[inline]
    pub(crate) fn insert(&mut self, number: u32) {
        if self.latest.len() < LATEST {
            self.latest.push(number);
        } else {
            self.insert_into_tree(number);
        }
    }

    /// Takes one.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<u32> {
        self.latest.pop().or_else(|| self.pop_lowest())
    }

    fn insert_into_tree(&mut self, number: u32) {
        let mut index = number as usize;
        for level in &mut self.levels {
            let Some(word) = level.get_mut(index / 64) else {
                return self.insert_after_growing(number);
            };
            let was_empty = *word == 0;
            *word |= 1 << (index % 64);
            if !was_empty {
                return;
            }
            index /= 64;
        }
        if self.levels.is_empty() {
            self.insert_after_growing(number);
        }
    }

    fn pop_lowest(&mut self) -> Option<u32> {
        let mut index = 0;
        for level in self.levels.iter().rev() {
            let word = level[index];
            if word == 0 {
                return None;
            }
            index = index * 64 + word.trailing_zeros() as usize;
        }
        let number = u32::try_from(index).ok()?;
        for level in &mut self.levels {
            let word = &mut level[index / 64];
            *word &= !(1 << (index % 64));
            if *word != 0 {
                return Some(number);
            }
            index /= 64;
        }
        (!self.levels.is_empty()).then_some(number)
    }

    /// Makes room for all slots up to that one, and then some, and adds it.
    #[cold]
    fn insert_after_growing(&mut self, number: u32) {
        let mut vacant = Vec::new();
        while let Some(vacancy) = self.pop_lowest() {
            vacant.push(vacancy);
        }
        self.levels.clear();
        // Twice as many as needed, so that this happens seldom.
        let mut bits = 2 * (number as usize + 1);
        loop {
            let words = bits.div_ceil(64);
            self.levels.push(vec![0; words]);
            if words == 1 {
                break;
            }
            bits = words;
        }
        vacant.into_iter().chain([number]).for_each(|number| self.insert_into_tree(number));
    }
}

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::Limits;
use crate::exchange::Exchange;
use crate::url::Origin;

mod bucket;

pub(crate) use bucket::Bucket;

/// The connections of a client that no request uses.
///
/// They are closed when they are too many or too old; nobody does that in the background, but whoever gives one back
/// or asks for one. Nothing of a connection is dropped or asked while anything here is borrowed: it may be foreign
/// code.
pub(crate) struct Pool {
    /// One for each origin. Whoever uses a connection keeps its bucket, so that it is looked up once.
    buckets: RefCell<HashMap<Origin, Rc<Bucket>>>,
    /// The one that was looked for last: mostly the next request goes there, too, and to compare is faster than to hash.
    last: RefCell<Option<Rc<Bucket>>>,
    /// How many connections there are in all buckets.
    idle: Cell<usize>,
    /// How many buckets are too many, so that the empty ones are to be thrown out.
    too_many: Cell<usize>,
    /// When all buckets were last searched for connections that are too old.
    swept: Cell<Option<Instant>>,
    per_origin: usize,
    in_total: usize,
    idle_age: Duration,
    connection_age: Duration,
}

/// How many buckets there may be before anybody looks for empty ones.
const FEW_BUCKETS: usize = 64;

impl Pool {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            buckets: RefCell::default(),
            last: RefCell::default(),
            idle: Cell::new(0),
            too_many: Cell::new(FEW_BUCKETS),
            swept: Cell::new(None),
            per_origin: limits.idle_per_origin,
            in_total: limits.idle_connections,
            idle_age: limits.idle_age,
            connection_age: limits.connection_age,
        }
    }

    /// Where the connections to this origin are.
    pub(crate) fn bucket(&self, origin: &Origin) -> Rc<Bucket> {
        if let Some(bucket) = &*self.last.borrow()
            && bucket.is_for(origin)
        {
            return Rc::clone(bucket);
        }
        let bucket = self.find_bucket(origin);
        self.last.replace(Some(Rc::clone(&bucket)));
        bucket
    }

    fn find_bucket(&self, origin: &Origin) -> Rc<Bucket> {
        let mut buckets = self.buckets.borrow_mut();
        if let Some(bucket) = buckets.get(origin) {
            return Rc::clone(bucket);
        }
        if buckets.len() >= self.too_many.get() {
            // A bucket that is empty and that nobody has holds nothing whose drop could be foreign code.
            buckets.retain(|_, bucket| Rc::strong_count(bucket) > 1 || bucket.len() > 0);
            self.too_many.set(FEW_BUCKETS.max(buckets.len().saturating_mul(2)));
        }
        let bucket = Rc::new(Bucket::new(origin.clone()));
        buckets.insert(origin.clone(), Rc::clone(&bucket));
        bucket
    }

    /// A connection that is as its last request left it, the one that was used last; `None` if there is none.
    pub(crate) fn checkout(&self, bucket: &Bucket, now: Instant) -> Option<Box<Exchange>> {
        while let Some((mut exchange, since)) = self.take(bucket, Bucket::newest) {
            if !self.is_too_old(&exchange, since, now) && exchange.is_quiet() {
                return Some(exchange);
            }
            // Dropped, and so closed. An older one may be better: servers do not close all at once.
        }
        None
    }

    /// Keeps a connection for the next request, or closes it if there are enough.
    pub(crate) fn checkin(&self, bucket: &Bucket, exchange: Box<Exchange>, now: Instant) {
        self.sweep(now);
        if self.per_origin == 0 || self.in_total == 0 || self.is_too_old(&exchange, now, now) {
            return;
        }
        if bucket.len() >= self.per_origin {
            drop(self.take(bucket, Bucket::oldest));
        }
        if self.idle.get() >= self.in_total
            && let Some(bucket) = self.longest_unused()
        {
            drop(self.take(&bucket, Bucket::oldest));
        }
        bucket.put(exchange, now);
        self.idle.set(self.idle.get().saturating_add(1));
    }

    fn take(
        &self,
        bucket: &Bucket,
        which: impl FnOnce(&Bucket) -> Option<(Box<Exchange>, Instant)>,
    ) -> Option<(Box<Exchange>, Instant)> {
        let taken = which(bucket)?;
        self.idle.set(self.idle.get().saturating_sub(1));
        Some(taken)
    }

    fn is_too_old(&self, exchange: &Exchange, since: Instant, now: Instant) -> bool {
        has_passed(self.idle_age, since, now) || has_passed(self.connection_age, exchange.opened(), now)
    }

    /// Closes all connections that nobody has used for too long, twice in that time at most.
    fn sweep(&self, now: Instant) {
        let pause = self.idle_age / 2;
        if self.swept.get().is_some_and(|swept| !has_passed(pause, swept, now)) {
            return;
        }
        self.swept.set(Some(now));
        let buckets: Vec<_> = self.buckets.borrow().values().map(Rc::clone).collect();
        for bucket in buckets {
            while bucket.unused_since().is_some_and(|since| has_passed(self.idle_age, since, now)) {
                drop(self.take(&bucket, Bucket::oldest));
            }
        }
    }

    /// Where the connection is that was not used for the longest time.
    fn longest_unused(&self) -> Option<Rc<Bucket>> {
        let buckets = self.buckets.borrow();
        let unused = buckets.values().filter_map(|bucket| Some((bucket.unused_since()?, bucket)));
        unused.min_by_key(|(since, _)| *since).map(|(_, bucket)| Rc::clone(bucket))
    }
}

/// Whether so much time has passed; never, if it is too long for the clock.
fn has_passed(time: Duration, since: Instant, now: Instant) -> bool {
    since.checked_add(time).is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests;

//! The simplest timers that cost the same however many there are: a bucket for each millisecond.

use std::time::{Duration, Instant};

/// How many milliseconds ahead a deadline can be.
const BUCKETS: usize = 1 << 14;

/// Timers, each with something that is given back when it fires.
pub struct Wheel<T> {
    start: Instant,
    /// The milliseconds since `start` up to which everything has fired.
    now: usize,
    /// The timers of each millisecond, with their numbers.
    buckets: Vec<Vec<(usize, T)>>,
    /// Where in its bucket each timer is, by its number.
    places: Vec<usize>,
    /// Numbers to be used again.
    free: Vec<usize>,
    pending: usize,
}

/// A timer that was set.
pub struct Timer {
    tick: usize,
    number: usize,
}

impl<T> Wheel<T> {
    pub fn new(start: Instant) -> Self {
        let buckets = (0..BUCKETS).map(|_| Vec::new()).collect();
        Wheel { start, now: 0, buckets, places: Vec::new(), free: Vec::new(), pending: 0 }
    }

    pub fn insert(&mut self, deadline: Instant, value: T) -> Timer {
        let tick = self.tick_after(deadline).max(self.now + 1);
        assert!(tick - self.now < BUCKETS, "that is too far ahead");
        let bucket = &mut self.buckets[tick % BUCKETS];
        let number = match self.free.pop() {
            Some(number) => {
                self.places[number] = bucket.len();
                number
            }
            None => {
                self.places.push(bucket.len());
                self.places.len() - 1
            }
        };
        bucket.push((number, value));
        self.pending += 1;
        Timer { tick, number }
    }

    /// Takes out one that has not fired, and says whose it was.
    pub fn remove(&mut self, timer: Timer) -> T {
        let (bucket, place) = (&mut self.buckets[timer.tick % BUCKETS], self.places[timer.number]);
        let (_, value) = bucket.swap_remove(place);
        if let Some((moved, _)) = bucket.get(place) {
            self.places[*moved] = place;
        }
        self.free.push(timer.number);
        self.pending -= 1;
        value
    }

    pub fn has_fired(&self, timer: &Timer) -> bool {
        timer.tick <= self.now
    }

    /// Takes out those whose time has come.
    pub fn fire(&mut self, now: Instant, mut fired: impl FnMut(T)) {
        let until = now.saturating_duration_since(self.start).as_millis() as usize;
        while self.now < until && self.pending > 0 {
            self.now += 1;
            let bucket = &mut self.buckets[self.now % BUCKETS];
            self.pending -= bucket.len();
            for (number, value) in bucket.drain(..) {
                self.free.push(number);
                fired(value);
            }
        }
        self.now = until;
        if self.pending == 0 {
            // The next ones lie in memory in the order in which they are set.
            self.free.clear();
            self.places.clear();
        }
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        if self.pending == 0 {
            return None;
        }
        let mut ticks = self.now + 1..self.now + BUCKETS;
        let tick = ticks.find(|tick| !self.buckets[tick % BUCKETS].is_empty())?;
        Some(self.start + Duration::from_millis(tick as u64))
    }

    /// The first full millisecond at or after that time.
    fn tick_after(&self, deadline: Instant) -> usize {
        let since = deadline.saturating_duration_since(self.start).as_micros();
        usize::try_from(since.div_ceil(1_000)).expect("a program does not run that long")
    }
}

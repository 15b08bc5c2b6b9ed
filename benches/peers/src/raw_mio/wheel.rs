//! The simplest timers that cost the same however many there are: a bucket for each millisecond.

use std::time::{Duration, Instant};

/// How many milliseconds ahead a deadline can be.
const BUCKETS: usize = 4096;

pub struct Wheel {
    start: Instant,
    /// The milliseconds since `start` up to which everything has fired.
    now: usize,
    /// The timers of each millisecond, by their numbers.
    buckets: Vec<Vec<usize>>,
    /// Where in the buckets each timer is.
    places: Vec<Place>,
    /// Numbers to be used again.
    free: Vec<usize>,
    pending: usize,
}

struct Place {
    bucket: usize,
    index: usize,
}

impl Wheel {
    pub fn new(start: Instant) -> Self {
        let buckets = vec![Vec::new(); BUCKETS];
        Wheel { start, now: 0, buckets, places: Vec::new(), free: Vec::new(), pending: 0 }
    }

    pub fn insert(&mut self, deadline: Instant) -> usize {
        let tick = self.tick_after(deadline).max(self.now + 1);
        assert!(tick - self.now < BUCKETS, "that is too far ahead");
        let bucket = tick % BUCKETS;
        let place = Place { bucket, index: self.buckets[bucket].len() };
        let timer = match self.free.pop() {
            Some(timer) => {
                self.places[timer] = place;
                timer
            }
            None => {
                self.places.push(place);
                self.places.len() - 1
            }
        };
        self.buckets[bucket].push(timer);
        self.pending += 1;
        timer
    }

    pub fn remove(&mut self, timer: usize) {
        let Place { bucket, index } = self.places[timer];
        self.buckets[bucket].swap_remove(index);
        if let Some(&moved) = self.buckets[bucket].get(index) {
            self.places[moved].index = index;
        }
        self.free.push(timer);
        self.pending -= 1;
    }

    /// Takes out those whose time has come, and counts them.
    pub fn fire(&mut self, now: Instant) -> usize {
        let before = self.pending;
        let until = now.saturating_duration_since(self.start).as_millis() as usize;
        while self.now < until && self.pending > 0 {
            self.now += 1;
            let bucket = &mut self.buckets[self.now % BUCKETS];
            self.pending -= bucket.len();
            self.free.append(bucket);
        }
        self.now = until;
        before - self.pending
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let mut ticks = self.now + 1..self.now + BUCKETS;
        let tick = ticks.find(|tick| self.pending > 0 && !self.buckets[tick % BUCKETS].is_empty())?;
        Some(self.start + Duration::from_millis(tick as u64))
    }

    /// The first full millisecond at or after that time.
    fn tick_after(&self, deadline: Instant) -> usize {
        let since = deadline.saturating_duration_since(self.start).as_micros();
        usize::try_from(since.div_ceil(1_000)).expect("a program does not run that long")
    }
}

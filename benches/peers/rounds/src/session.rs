//! One run: every contestant at every workload, in rounds, within a bounded time.

use std::time::{Duration, Instant};

use crate::measuring::{Measuring, Task};
use crate::results::{Outcome, Results};
use crate::workload::{Scale, Workload};

/// How much time there is, and how often to measure in it.
#[derive(Clone, Copy)]
struct Limits {
    /// For all of the run.
    run: Duration,
    /// For a workload: after that no further round is begun.
    workload: Duration,
    /// For one sample of one contestant.
    sample: Duration,
    /// Rounds to make if there is time.
    rounds: usize,
}

impl Limits {
    fn of(scale: Scale) -> Self {
        let seconds = Duration::from_secs;
        match scale {
            Scale::Quick => Limits { run: seconds(115), workload: seconds(4), sample: seconds(4), rounds: 5 },
            Scale::Full => {
                Limits { run: seconds(1_190), workload: seconds(40), sample: seconds(20), rounds: 31 }
            }
        }
    }
}

/// A workload, and who takes part in it, in the order of the tables.
pub struct Entry {
    pub workload: &'static Workload,
    pub contestants: Vec<&'static str>,
}

/// Measures one entry after the other, and says on standard error how far it is. The processes get these arguments
/// beside those that say what they are to measure.
pub fn run(entries: &[Entry], scale: Scale, arguments: &[String]) -> Vec<Results> {
    let limits = Limits::of(scale);
    let end = Instant::now() + limits.run;
    let mut all = Vec::new();
    for entry in entries {
        let start = Instant::now();
        let results = Measurement::new(entry, scale, arguments, limits, end).run();
        eprintln!(
            "{}: {} rounds, {:.1} s",
            entry.workload.name,
            results.rounds,
            start.elapsed().as_secs_f64()
        );
        all.push(results);
    }
    all
}

/// One workload at all contestants.
///
/// The contestants take turns, so that whatever else the machine does meanwhile hits all alike; and each has a
/// process of its own, so that none inherits another's allocator, thread-locals or threads. Those that wait
/// for their turn are asleep in a `read`.
struct Measurement<'a> {
    workload: &'static Workload,
    scale: Scale,
    arguments: &'a [String],
    limits: Limits,
    /// When the whole run is over.
    end: Instant,
    contestants: Vec<Contestant>,
}

struct Contestant {
    name: &'static str,
    /// Its process, or why there is none.
    process: Result<Measuring, String>,
    samples: Vec<f64>,
}

impl<'a> Measurement<'a> {
    fn new(entry: &Entry, scale: Scale, arguments: &'a [String], limits: Limits, end: Instant) -> Self {
        let contestant = |&name: &&'static str| {
            let process = Err("out of time".into());
            Contestant { name, process, samples: Vec::new() }
        };
        let contestants = entry.contestants.iter().map(contestant).collect();
        Measurement { workload: entry.workload, scale, arguments, limits, end, contestants }
    }

    fn run(mut self) -> Results {
        let stop = self.end.min(Instant::now() + self.limits.workload);
        let fresh = self.workload.unit.is_memory();
        self.start_all();
        if !fresh {
            // The first sample of a process warms it up.
            self.round(0);
            self.contestants.iter_mut().for_each(|contestant| contestant.samples.clear());
        }
        for round in 0..self.limits.rounds {
            // Fewer than three rounds have no median worth the name: they may take longer.
            if Instant::now() >= self.end || (round >= 3 && Instant::now() >= stop) {
                break;
            }
            if fresh && round > 0 {
                self.start_all();
            }
            self.round(round);
        }
        Results::new(self.workload, self.contestants.into_iter().map(Contestant::outcome).collect())
    }

    fn start_all(&mut self) {
        for place in 0..self.contestants.len() {
            let Some(limit) = self.time_left() else { return };
            let contestant = &mut self.contestants[place];
            let (workload, scale, arguments) = (self.workload, self.scale, self.arguments);
            let task = Task { contestant: contestant.name, workload, scale, arguments };
            contestant.process = Measuring::start(task, limit);
        }
    }

    /// One sample of each. In each round another one begins, so that nobody always comes after the same.
    fn round(&mut self, round: usize) {
        for turn in 0..self.contestants.len() {
            let Some(limit) = self.time_left() else { return };
            let place = (turn + round) % self.contestants.len();
            self.contestants[place].sample(limit);
        }
    }

    /// How long a sample may take; `None` when the run is over.
    fn time_left(&self) -> Option<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left.min(self.limits.sample))
    }
}

impl Contestant {
    fn sample(&mut self, limit: Duration) {
        let Ok(process) = &mut self.process else { return };
        match process.sample(limit) {
            Ok(value) => self.samples.push(value),
            Err(reason) => self.process = Err(reason),
        }
    }

    fn outcome(self) -> Outcome {
        let samples = match self.process {
            // A contestant that hung or died once is not to be trusted with what it did before.
            Err(reason) => Err(reason),
            Ok(_) if self.samples.is_empty() => Err("out of time".into()),
            Ok(_) => Ok(self.samples),
        };
        Outcome { contestant: self.name, samples }
    }
}

//! One run: every runtime at every workload, in rounds, within a bounded time.

use std::time::{Duration, Instant};

use crate::measuring::Measuring;
use crate::results::{Outcome, Results};
use crate::runtimes;
use crate::workloads::{Scale, Unit, Workload};

/// How much time there is, and how often to measure in it.
#[derive(Clone, Copy)]
struct Limits {
    /// For all of the run.
    run: Duration,
    /// For a workload: after that no further round is begun.
    workload: Duration,
    /// For one sample of one runtime.
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

/// Measures the workloads one after the other, of the runtimes named in `of` or of all if there are none, and says on standard error how far it is.
pub fn run(workloads: &[&'static Workload], of: &[String], scale: Scale) -> Vec<Results> {
    let limits = Limits::of(scale);
    let end = Instant::now() + limits.run;
    let mut all = Vec::new();
    for workload in workloads {
        let start = Instant::now();
        let results = Measurement::new(workload, of, scale, limits, end).run();
        eprintln!("{}: {} rounds, {:.1} s", workload.name, results.rounds, start.elapsed().as_secs_f64());
        all.push(results);
    }
    all
}

/// One workload at all runtimes.
///
/// The runtimes take turns, so that whatever else the machine does meanwhile hits all alike; and each has a
/// process of its own, so that none inherits another's allocator, thread-locals or threads. Those that wait
/// for their turn are asleep in a `read`.
struct Measurement {
    workload: &'static Workload,
    scale: Scale,
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

impl Measurement {
    fn new(workload: &'static Workload, of: &[String], scale: Scale, limits: Limits, end: Instant) -> Self {
        let contestants = runtimes::names(workload.group())
            .filter(|name| of.is_empty() || of.iter().any(|each| each == name))
            .map(|name| Contestant { name, process: Err("out of time".into()), samples: Vec::new() })
            .collect();
        Measurement { workload, scale, limits, end, contestants }
    }

    fn run(mut self) -> Results {
        let stop = self.end.min(Instant::now() + self.limits.workload);
        let fresh = self.workload.unit == Unit::Bytes;
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
            contestant.process = Measuring::start(contestant.name, self.workload, self.scale, limit);
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
            // A runtime that hung or died once is not to be trusted with what it did before.
            Err(reason) => Err(reason),
            Ok(_) if self.samples.is_empty() => Err("out of time".into()),
            Ok(_) => Ok(self.samples),
        };
        Outcome { runtime: self.name, samples }
    }
}

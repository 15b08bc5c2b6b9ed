//! What was measured, and what follows from it.

use crate::workload::Workload;

/// One workload: what each contestant took.
pub struct Results {
    pub workload: &'static Workload,
    /// How many rounds were made.
    pub rounds: usize,
    outcomes: Vec<Outcome>,
}

/// One contestant at one workload.
pub struct Outcome {
    pub contestant: &'static str,
    /// A sample for each round, in the workload's unit; or why there are none.
    pub samples: Result<Vec<f64>, String>,
}

/// A line of a table.
pub struct Row<'a> {
    pub contestant: &'static str,
    /// The figures, or why there are none.
    pub figures: Result<Figures, &'a str>,
}

/// What the samples of one contestant come to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Figures {
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// The median, over the rounds, of its sample divided by the baseline's of the same round; `None` if the
    /// baseline has no samples.
    pub ratio: Option<f64>,
}

impl Results {
    pub fn new(workload: &'static Workload, outcomes: Vec<Outcome>) -> Self {
        let rounds = outcomes.iter().flat_map(|outcome| &outcome.samples).map(Vec::len).max();
        Results { workload, rounds: rounds.unwrap_or(0), outcomes }
    }

    /// A row for each contestant.
    pub fn rows<'a>(&'a self) -> Vec<Row<'a>> {
        let mut outcomes = self.outcomes.iter();
        let baseline = outcomes.find(|outcome| outcome.contestant == self.workload.baseline);
        let baseline = baseline.and_then(|outcome| outcome.samples.as_deref().ok());
        let row = |outcome: &'a Outcome| {
            let Outcome { contestant, samples } = outcome;
            let figures = samples.as_deref().map(|samples| Figures::new(samples, baseline));
            Row { contestant, figures: figures.map_err(String::as_str) }
        };
        self.outcomes.iter().map(row).collect()
    }

    /// The figures of one contestant, if it has any.
    pub fn figures(&self, contestant: &str) -> Option<Figures> {
        self.rows().into_iter().find(|row| row.contestant == contestant)?.figures.ok()
    }
}

impl Figures {
    fn new(samples: &[f64], baseline: Option<&[f64]>) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let ratios = |baseline: &[f64]| samples.iter().zip(baseline).map(|(own, base)| own / base).collect();
        Figures {
            median: median(sorted.clone()),
            min: sorted[0],
            max: sorted[sorted.len() - 1],
            ratio: baseline.map(|baseline| median(ratios(baseline))),
        }
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::{Figures, median};

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median(vec![4.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
    }

    #[test]
    fn ratios_compare_samples_of_the_same_round() {
        // The machine was ten times slower in the second round; both contestants were.
        let figures = Figures::new(&[1.0, 10.0, 1.0], Some(&[2.0, 20.0, 2.0]));
        assert_eq!(figures, Figures { median: 1.0, min: 1.0, max: 10.0, ratio: Some(0.5) });
        assert_eq!(Figures::new(&[1.0], None).ratio, None);
    }
}

//! What two ways of doing the same have cost, side by side.

use std::fmt;
use std::time::Duration;

use super::download::Download;
use super::os::Count;

/// One way, and what it cost.
pub struct Run {
    /// What the way is called.
    pub name: &'static str,
    pub downloads: Vec<Download>,
    pub total: Duration,
    /// How often the process gave up a core or lost it meanwhile.
    pub context_switches: Count,
}

/// A table with a column for each run.
pub struct Report<'a>(pub &'a [Run]);

impl Run {
    /// The most OS threads that were seen while the downloads were in flight.
    fn threads(&self) -> Count {
        self.downloads.iter().map(|download| download.threads).max().unwrap_or(Count(None))
    }

    /// How long it would have taken without any concurrency.
    fn sum(&self) -> Duration {
        self.downloads.iter().map(|download| download.time).sum()
    }
}

impl Report<'_> {
    fn row(&self, f: &mut fmt::Formatter<'_>, name: &str, cell: impl Fn(&Run) -> String) -> fmt::Result {
        write!(f, "{name:<36}")?;
        for run in self.0 {
            write!(f, "  {:>28}", cell(run))?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row(f, "", |run| run.name.to_owned())?;
        let sites = self.0.first().map_or(&[][..], |run| &run.downloads);
        for (number, site) in sites.iter().enumerate() {
            self.row(f, &site.url, |run| run.downloads[number].to_string())?;
        }
        self.row(f, "total time", |run| milliseconds(run.total))?;
        self.row(f, "one after the other it would be", |run| milliseconds(run.sum()))?;
        self.row(f, "OS threads while both are in flight", |run| run.threads().to_string())?;
        self.row(f, "context switches", |run| run.context_switches.to_string())
    }
}

impl fmt::Display for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.result.is_err() {
            return f.write_str("failed");
        }
        let status = self.status.map_or(0, |status| status.as_u16());
        write!(f, "{status}  {} bytes  {}", self.bytes, milliseconds(self.time))
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

//! How many instructions a request takes: counted by valgrind, not measured by a clock, so that no noise can touch it.
//!
//! Those of the kernel are not counted, so the loop written by hand has few.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process;
use std::time::Duration;

use rounds::measuring::{Measuring, Task};
use rounds::workload::{Scale, Unit};

use super::{Servers, Workload, stacks};

/// Everything takes many times as long under valgrind.
const LIMIT: Duration = Duration::from_secs(120);

/// A table: of the stacks named in `of`, or of all if there are none. What valgrind has to say of each process goes to
/// `profiles`, if there is such a folder.
///
/// # Errors
///
/// If there are no servers to be had.
pub fn table(
    workloads: &[&'static Workload],
    of: &[String],
    profiles: Option<&Path>,
) -> Result<String, Box<dyn Error>> {
    let servers = Servers::start()?;
    let workloads: Vec<_> =
        workloads.iter().filter(|workload| workload.measured.unit == Unit::Nanoseconds).collect();
    let names: Vec<_> = workloads.iter().map(|workload| workload.measured.name).collect();
    let mut table = format!("| instructions per operation | {} |\n|---|", names.join(" | "));
    table.push_str(&"---:|".repeat(names.len()));
    let wanted = |name: &&str| of.is_empty() || of.iter().any(|each| each == name);
    for stack in stacks::names().filter(wanted) {
        write!(table, "\n| {stack} |")?;
        for workload in &workloads {
            match per_operation(stack, workload, &servers.arguments(), profiles) {
                Ok(count) => write!(table, " {count} |")?,
                Err(reason) => write!(table, " n/a: {reason} |")?,
            }
        }
    }
    table.push('\n');
    Ok(table)
}

/// Those of a process that takes one sample, less those of one that takes three: what is done once is not in it.
fn per_operation(
    stack: &str,
    workload: &Workload,
    servers: &[String],
    profiles: Option<&Path>,
) -> Result<u64, String> {
    let operations = workload.kind.operations(&workload.kind.plan(Scale::Quick)) as u64;
    let task =
        Task { contestant: stack, workload: &workload.measured, scale: Scale::Quick, arguments: servers };
    let (one, three) = (count(task, 1, profiles)?, count(task, 3, profiles)?);
    Ok(three.saturating_sub(one) / (2 * operations))
}

fn count(task: Task<'_>, samples: usize, profiles: Option<&Path>) -> Result<u64, String> {
    let file = format!("{}-{}-{samples}.{}.callgrind", task.contestant, task.workload.name, process::id());
    let path = profiles.map_or_else(env::temp_dir, Path::to_path_buf).join(file.replace([' ', ':'], "_"));
    let output = format!("--callgrind-out-file={}", path.display());
    let valgrind = ["valgrind", "--quiet", "--tool=callgrind", &output];
    let mut measuring = Measuring::start_under(&valgrind, task, LIMIT)?;
    for _ in 0..samples {
        measuring.sample(LIMIT)?;
    }
    measuring.finish(LIMIT)?;
    let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    if profiles.is_none() {
        // It is of no use any more, and lies where such files are cleared away.
        let _ = fs::remove_file(&path);
    }
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    totals.and_then(|count| count.trim().parse().ok()).ok_or("valgrind has counted nothing".into())
}

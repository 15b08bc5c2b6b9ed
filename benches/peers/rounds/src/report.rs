//! The results as Markdown tables and as CSV.

use std::fmt::{self, Write};

use crate::OURS;
use crate::results::{Results, Row};
use crate::workload::Group;

/// Tables for people, for each of these groups of workloads: the goals, then each workload.
///
/// # Errors
///
/// None, where `out` has none: a `String` has not.
pub fn markdown(out: &mut impl Write, groups: &[&Group], all: &[Results]) -> fmt::Result {
    for group in groups {
        let all: Vec<_> = all.iter().filter(|results| results.workload.group == *group).collect();
        if all.is_empty() {
            continue;
        }
        writeln!(out, "# The {}\n\n## Goals\n", group.name)?;
        goals(out, group, &all)?;
        all.iter().try_for_each(|results| table(out, results))?;
        writeln!(out)?;
    }
    Ok(())
}

fn goals(out: &mut impl Write, group: &Group, all: &[&Results]) -> fmt::Result {
    let (floor, rule) = match group.floor {
        None => (String::new(), ""),
        Some(floor) => (format!(" ratio of {floor} |"), "---:|"),
    };
    writeln!(out, "| workload | {OURS} | baseline | ratio | goal | |{floor}")?;
    writeln!(out, "|---|---:|---:|---:|---:|---|{rule}")?;
    all.iter().try_for_each(|results| goal(out, results))
}

fn goal(out: &mut impl Write, results: &Results) -> fmt::Result {
    let workload = results.workload;
    let unit = workload.unit.symbol();
    let median = |contestant| match results.figures(contestant) {
        Some(figures) => format!("{:.1} {unit}", figures.median),
        None => "n/a".into(),
    };
    let (own, base) = (median(OURS), median(workload.baseline));
    let (ratio, verdict) = match results.figures(OURS).and_then(|figures| figures.ratio) {
        Some(ratio) => (format!("{ratio:.2}"), if ratio <= workload.goal { "met" } else { "missed" }),
        None => ("n/a".into(), "n/a"),
    };
    let (title, baseline, goal) = (workload.title, workload.baseline, workload.goal);
    write!(out, "| {title} | {own} | {base} ({baseline}) | {ratio} | {goal:.2} | {verdict} |")?;
    if let Some(floor) = workload.group.floor {
        let floor = results.figures(floor).and_then(|figures| figures.ratio);
        write!(out, " {} |", floor.map_or("n/a".into(), |ratio| format!("{ratio:.2}")))?;
    }
    writeln!(out)
}

fn table(out: &mut impl Write, results: &Results) -> fmt::Result {
    let workload = results.workload;
    let unit = workload.unit.symbol();
    writeln!(out, "\n## {} ({})\n", workload.title, workload.name)?;
    writeln!(out, "| | median, {unit} | min - max | ratio to {} |", workload.baseline)?;
    writeln!(out, "|---|---:|---:|---:|")?;
    for Row { contestant, figures } in results.rows() {
        match figures {
            Ok(figures) => {
                let ratio = figures.ratio.map_or("n/a".into(), |ratio| format!("{ratio:.2}"));
                let (median, min, max) = (figures.median, figures.min, figures.max);
                writeln!(out, "| {contestant} | {median:.1} | {min:.1} - {max:.1} | {ratio} |")?;
            }
            Err(reason) => writeln!(out, "| {contestant} | n/a: {reason} | | |")?,
        }
    }
    Ok(())
}

/// A line for each workload and contestant, for programs. What was not measured has empty fields.
///
/// # Errors
///
/// None, where `out` has none: a `String` has not.
pub fn csv(out: &mut impl Write, all: &[Results]) -> fmt::Result {
    writeln!(out, "group,workload,runtime,unit,rounds,median,min,max,ratio,baseline,reason")?;
    for results in all {
        let (workload, rounds) = (results.workload, results.rounds);
        for Row { contestant, figures } in results.rows() {
            let (group, unit) = (workload.group.name, workload.unit.symbol());
            write!(out, "{group},{},{contestant},{unit},", workload.name)?;
            match figures {
                Ok(figures) => {
                    let ratio = figures.ratio.map_or(String::new(), |ratio| format!("{ratio:.4}"));
                    let (median, min, max) = (figures.median, figures.min, figures.max);
                    write!(out, "{rounds},{median:.3},{min:.3},{max:.3},{ratio},")?;
                    writeln!(out, "{},", workload.baseline)?;
                }
                Err(reason) => {
                    writeln!(out, ",,,,,{},\"{}\"", workload.baseline, reason.replace('"', "'"))?;
                }
            }
        }
    }
    Ok(())
}

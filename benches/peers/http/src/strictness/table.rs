//! The verdicts as Markdown, counted, and as CSV, one by one.

use std::fmt::Write;

use super::Column;
use super::case::{Case, Expected};
use super::verdict::Verdict;
use crate::clients::OURS;

/// The counts, then each case that anybody was wrong in.
pub fn markdown(cases: &[Case], columns: &[Column]) -> String {
    let mut out = String::new();
    let is_reject = |case: &Case| case.expected == Expected::Refusal;
    let rejects = cases.iter().filter(|case| is_reject(case)).count();
    let accepts = cases.len() - rejects;
    let count = |column: &Column, refusals: bool| match &column.verdicts {
        Ok(verdicts) => {
            let wrong =
                |(case, verdict): &(&Case, &Verdict)| is_reject(case) == refusals && !verdict.is_right();
            cases.iter().zip(verdicts).filter(wrong).count().to_string()
        }
        Err(_) => "n/a".into(),
    };
    let lines = [
        (format!("{rejects} to refuse: accepted"), true),
        (format!("{accepts} to accept: refused or wrong"), false),
    ];
    line(&mut out, "", columns.iter().map(|column| column.peer.name));
    line(&mut out, "---", columns.iter().map(|_| "---:"));
    for (title, refusals) in lines {
        line(&mut out, &title, columns.iter().map(|column| count(column, refusals)));
    }
    for Column { peer, verdicts } in columns {
        if let Err(reason) = verdicts {
            let _ = writeln!(out, "\n{}: n/a, {reason}", peer.name);
        }
    }
    let _ = writeln!(out, "\nWho is wrong in what:\n\n| case | must be | by | wrong |\n|---|---|---|---|");
    for (place, case) in cases.iter().enumerate() {
        let wrong = |column: &&Column| {
            column
                .verdicts
                .as_ref()
                .is_ok_and(|verdicts| verdicts.get(place).is_some_and(|verdict| !verdict.is_right()))
        };
        let names: Vec<_> = columns.iter().filter(wrong).map(|column| column.peer.name).collect();
        if !names.is_empty() {
            let must = if is_reject(case) { "refused" } else { "accepted" };
            let _ = writeln!(out, "| {} | {must} | {} | {} |", case.name, case.source, names.join(", "));
        }
    }
    for Column { peer, verdicts } in columns.iter().filter(|column| column.peer.name == OURS) {
        for (case, verdict) in cases.iter().zip(verdicts.iter().flatten()) {
            if !verdict.is_right() {
                let _ = writeln!(out, "\n{}, {}: {verdict}", peer.name, case.name);
            }
        }
    }
    out
}

fn line(out: &mut String, first: &str, cells: impl Iterator<Item = impl AsRef<str>>) {
    let _ = write!(out, "| {first} |");
    for cell in cells {
        let _ = write!(out, " {} |", cell.as_ref());
    }
    out.push('\n');
}

/// A line for each case and client.
pub fn csv(cases: &[Case], columns: &[Column]) -> String {
    let mut out = String::from("case,source,method,must be,client,right,verdict\n");
    for Column { peer, verdicts } in columns {
        for (case, verdict) in cases.iter().zip(verdicts.iter().flatten()) {
            let must = if case.expected == Expected::Refusal { "refused" } else { "accepted" };
            let (name, source, method) = (case.name, quoted(case.source), case.method);
            let (right, verdict) = (verdict.is_right(), quoted(&verdict.to_string()));
            let _ = writeln!(out, "{name},{source},{method},{must},{},{right},{verdict}", peer.name);
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'"))
}

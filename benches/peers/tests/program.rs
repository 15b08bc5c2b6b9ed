//! The program itself: every runtime gives a figure or a reason.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_onethread-peers")).args(arguments).output().unwrap()
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_quick_run_fills_tables_and_files() {
    let (csv, svg) = (scratch("figures.csv"), scratch("figures.svg"));
    let files = ["--csv", csv.to_str().unwrap(), "--svg", svg.to_str().unwrap()];
    let output = run(&[&["--quick", "--only", "yield-1", "--only", "yield-now"], &files[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let tables = String::from_utf8(output.stdout).unwrap();
    assert_eq!(tables.lines().filter(|line| line.starts_with("| onethread | ")).count(), 2, "{tables}");
    assert!(tables.contains("| futures LocalPool | n/a: it has no I/O driver | | |"), "{tables}");

    let csv = fs::read_to_string(csv).unwrap();
    assert_eq!(csv.lines().count(), 1 + 2 * 10, "{csv}");
    let fields = csv.lines().map(|line| line.split(',').count());
    assert!(fields.clone().all(|count| count == fields.clone().next().unwrap()), "{csv}");
    // Without these two there is nothing to compare.
    for runtime in ["onethread", "tokio current_thread"] {
        let line =
            csv.lines().find(|line| line.starts_with(&format!("executor,yield-1,{runtime},ns,"))).unwrap();
        let ratio: f64 = line.split(',').nth(8).unwrap().parse().unwrap();
        assert!(ratio > 0.0, "{line}");
    }
    let svg = fs::read_to_string(svg).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
}

#[test]
fn an_unknown_workload_is_an_error_that_says_where_to_look() {
    let output = run(&["--only", "nonsense"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--list"));
}

#[test]
fn only_who_is_asked_for_is_measured() {
    let options =
        ["--quick", "--only", "echo-1", "--only", "sleep-drop", "--of", "onethread", "--of", "raw mio"];
    let output = run(&options);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tables = String::from_utf8(output.stdout).unwrap();
    for runtime in ["onethread", "raw mio"] {
        let row = format!("| {runtime} | ");
        let rows: Vec<_> = tables.lines().filter(|line| line.starts_with(&row)).collect();
        assert!(rows.len() == 2 && rows.iter().all(|row| row.ends_with(" | n/a |")), "{tables}");
    }
    assert!(!tables.contains("| tokio current_thread | "), "{tables}");
}

#[test]
fn the_names_of_groups_and_runtimes_are_checked() {
    for (option, advice) in [("--group", "--help"), ("--of", "the tables")] {
        let output = run(&[option, "nonsense"]);
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("nonsense") && message.contains(advice), "{message}");
    }
}

//! What the README says of strictness and poisoning, of our client, and that the questions bite at all.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_peers-http")).args(arguments).output().unwrap();
    let tables = String::from_utf8(output.stdout.clone()).unwrap();
    (output, tables)
}

/// The cells of the first line that begins with this, without the first cell.
fn cells<'a>(tables: &'a str, beginning: &str) -> Vec<&'a str> {
    let line = tables.lines().find(|line| line.trim_start_matches("| ").starts_with(beginning)).unwrap();
    line.split('|').skip(2).map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn ours_is_right_in_every_case_and_hyper_is_not() {
    let (output, tables) = run(&["strictness", "--of", "onethread", "--of", "hyper client::conn"]);
    assert!(output.status.success(), "{tables}\n{}", String::from_utf8_lossy(&output.stderr));
    for (beginning, least) in [(" to refuse", 56), (" to accept", 29)] {
        let line = tables.lines().find(|line| line.contains(beginning)).unwrap();
        let cases: usize = line.trim_start_matches("| ").split(' ').next().unwrap().parse().unwrap();
        assert!(cases >= least, "{line}");
        let wrong: Vec<usize> = line.split('|').skip(2).filter_map(|cell| cell.trim().parse().ok()).collect();
        assert!(wrong.len() == 2 && wrong[0] == 0 && wrong[1] > 0, "{line}");
    }
}

/// CVE-2026-6733, aiohttp#13656.
#[test]
fn a_response_on_an_idle_connection_poisons_others_but_not_ours() {
    let (output, tables) = run(&["poisoning", "--of", "onethread", "--of", "reqwest", "--of", "ureq"]);
    assert!(output.status.success(), "{tables}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(cells(&tables, "onethread"), ["its own answer, over another connection"], "{tables}");
    assert_eq!(cells(&tables, "ureq"), ["its own answer, over another connection"], "{tables}");
    assert_eq!(cells(&tables, "reqwest"), ["**EVIL**"], "{tables}");
}

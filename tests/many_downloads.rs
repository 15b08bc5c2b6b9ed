//! The example `many_downloads` as somebody sees it who runs it.

mod support;

use support::example::example;
use support::process::{Finished, Process};

fn assert_all_correct(finished: &Finished, count: u32) {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines[0], format!("{count} of {count} downloads correct"));
    let threads = if cfg!(target_os = "linux") { "1" } else { "n/a" };
    assert_eq!(lines[2], format!("OS threads while they were in flight {threads}"));
}

// async-io#40
#[test]
fn a_thousand_downloads_arrive_on_one_os_thread() {
    assert_all_correct(&Process::run(&mut example("many_downloads")), 1000);
}

#[test]
fn their_number_is_an_argument() {
    assert_all_correct(&Process::run(example("many_downloads").arg("30")), 30);
    let finished = Process::run(example("many_downloads").arg("many"));
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("\"many\" is no number of downloads"), "{finished:?}");
}

#[cfg(unix)]
mod limits {
    use std::process::Command;

    use super::*;

    /// Runs the example after `ulimit` with these arguments.
    fn limited(ulimit: &str, count: &str) -> Finished {
        let program = example("many_downloads");
        let script = format!("ulimit {ulimit} && exec \"$0\" {count}");
        Process::run(Command::new("sh").args(["-c", &script]).arg(program.get_program()))
    }

    #[test]
    fn a_soft_limit_on_open_files_is_raised() {
        assert_all_correct(&limited("-S -n 100", "150"), 150);
    }

    #[test]
    fn a_hard_limit_on_open_files_is_named() {
        let finished = limited("-n 200", "1000");
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert_eq!(finished.stdout, "");
        assert!(
            finished.stderr.starts_with("many_downloads: ")
                && finished.stderr.contains("the limit is 200")
                && finished.stderr.contains("ulimit -n "),
            "{finished:?}"
        );
    }
}

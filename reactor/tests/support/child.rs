//! Tests that need a process of their own.

use std::env;
use std::io::ErrorKind;
use std::process::{Command, Output};

/// Says which test runs in a child process, and so that it is one.
const VARIABLE: &str = "REACTOR_TEST_CHILD";

/// Whether this is the child process that runs `test`.
pub(crate) fn is_child(test: &str) -> bool {
    env::var(VARIABLE).is_ok_and(|name| name == test)
}

/// Runs this test program again, with `test` alone, under `wrapper`, a program and its arguments,
/// if there is one.
pub(crate) fn command(test: &str, wrapper: &[&str]) -> Command {
    let program = env::current_exe().expect("a test program knows its path");
    let mut command = match wrapper {
        [] => Command::new(program),
        [wrapper, arguments @ ..] => {
            let mut command = Command::new(wrapper);
            command.args(arguments).arg(program);
            command
        }
    };
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(VARIABLE, test);
    command
}

/// Fails, with all that the child had to say, unless its one test has run and passed.
#[track_caller]
pub(crate) fn assert_passed(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "the child process failed: {}\n{stdout}\n{stderr}",
        output.status
    );
}

/// Whether `strace` can be run with these options; says why if it cannot.
pub(crate) fn strace_works(options: &[&str]) -> bool {
    match Command::new("strace").args(["-o", "/dev/null"]).args(options).arg("true").output() {
        Ok(trial) if trial.status.success() => return true,
        Ok(trial) => skip(&format!("strace may not trace: {}", String::from_utf8_lossy(&trial.stderr))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip("there is no strace; it is in the package `strace`");
        }
        Err(error) => panic!("{error}"),
    }
    false
}

/// Says on stderr that a test cannot do its work here; where all must be checked, which `CI` in the
/// environment says, that is a failure.
pub(crate) fn skip(reason: &str) {
    assert!(env::var_os("CI").is_none(), "cannot be checked here: {reason}");
    eprintln!("skipped: {reason}");
}

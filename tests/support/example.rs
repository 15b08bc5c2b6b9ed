//! The examples as programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use super::process::Process;

/// How long an example may take to be built, with everything it depends on.
const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// The examples that this process has built. Locked meanwhile, so that a second test does not build
/// at the same time.
static BUILT: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// A command for an example, which is fresh.
pub fn example(name: &'static str) -> Command {
    let program = profile_directory().join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    let mut built = BUILT.lock().expect("the examples can be built");
    if !built.contains(&name) {
        build(name);
        built.push(name);
    }
    Command::new(program)
}

/// Where this very program has been built: `target/debug`, say.
fn profile_directory() -> PathBuf {
    let program = env::current_exe().expect("a program knows where it is");
    let directory = program.parent().and_then(Path::parent);
    directory.expect("a suite is built in deps/, below its profile's directory").to_owned()
}

/// Builds an example as this suite has been built: for the same profile, into the same place.
/// Usually there is nothing to do, because `cargo test` builds the examples as well.
fn build(name: &str) {
    let directory = profile_directory();
    let profile = match directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "build",
        "--offline",
        "--profile",
        profile,
        "--example",
        name,
    ]);
    if let Some(target) = directory.parent() {
        command.arg("--target-dir").arg(target);
    }
    let finished = Process::start(&mut command).finish(BUILD_PATIENCE);
    assert_eq!(finished.code, Some(0), "the example {name} cannot be built:\n{}", finished.stderr);
}

//! Downloads a thousand pages at once, on one OS thread, and checks every one of them.
//!
//! ```text
//! cargo run --release --example many_downloads
//! cargo run --release --example many_downloads -- 2000
//! ```

mod support;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use executor::join_all;
use support::download::Failure;
use support::local_sites::{self, LocalSites, page};
use support::os;

/// How long the sites take to answer.
const DELAY: Duration = Duration::from_millis(300);

/// Files that a process needs besides its connections.
const OTHER_FILES: u64 = 32;

fn main() -> ExitCode {
    local_sites::serve_if_asked();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("many_downloads: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let count: u32 = match env::args().nth(1) {
        Some(argument) => {
            argument.parse().map_err(|error| format!("{argument:?} is no number of downloads: {error}"))?
        }
        None => 1000,
    };
    // One descriptor for each connection. The child inherits the limit.
    allow_files(u64::from(count) + OTHER_FILES)?;
    let sites = LocalSites::start(2, DELAY)?;

    let start = Instant::now();
    let downloads = (0..count).map(|number| download(&sites, number));
    let results = reactor::block_on(join_all(downloads))?;
    let total = start.elapsed();

    let threads = results.iter().flatten().max().copied();
    for error in results.iter().filter_map(|result| result.as_ref().err()).take(3) {
        eprintln!("many_downloads: {error}");
    }
    let correct = results.iter().flatten().count();
    let in_turn = DELAY * count;
    let mut stdout = io::stdout();
    writeln!(stdout, "{correct} of {count} downloads correct")?;
    writeln!(
        stdout,
        "total time {} ms; one after the other at least {} ms",
        total.as_millis(),
        in_turn.as_millis()
    )?;
    writeln!(stdout, "OS threads while they were in flight {}", threads.unwrap_or(os::Count(None)))?;
    if correct == results.len() { Ok(()) } else { Err("not all downloads were correct".into()) }
}

/// Downloads page `number` of one of the sites, compares it, and says how many OS threads there
/// were.
async fn download(sites: &LocalSites, number: u32) -> Result<os::Count, Failure> {
    let site = number % 2;
    let url = format!("{}{number}", sites.urls[site as usize]);
    let text = http_lite::get(&url).await?.into_body().text().await?;
    if text != page(site, number) {
        return Err(format!("{url} gave another page than it has").into());
    }
    Ok(os::threads())
}

/// Raises this process's limit on open files if it is lower than `wanted`.
#[cfg(unix)]
fn allow_files(wanted: u64) -> Result<(), Failure> {
    let limit = rlimit::increase_nofile_limit(wanted.max(rlimit::Resource::NOFILE.get_soft()?))?;
    if limit < wanted {
        return Err(format!(
            "this needs {wanted} open files, and the limit is {limit}: raise it with `ulimit -n {wanted}`"
        )
        .into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn allow_files(_: u64) -> Result<(), Failure> {
    Ok(())
}

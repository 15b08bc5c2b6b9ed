//! The example `two_sites` as somebody sees it who runs it.

#[path = "../support/mod.rs"]
mod support;

mod failures;

use std::ffi::OsStr;
use std::fs;
use std::sync::{Arc, Barrier};

use support::example::example;
use support::process::{Finished, Process};
use support::server::{Server, Step};
use support::temp_dir::TempDir;

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

fn two_sites<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Finished {
    Process::run(example("two_sites").args(arguments))
}

/// What stands in the table behind a row's name.
fn row<'table>(finished: &'table Finished, name: &str) -> Vec<&'table str> {
    let rest = finished.stdout.lines().find_map(|line| line.strip_prefix(name));
    rest.unwrap_or_else(|| panic!("no row {name:?} in {finished:?}")).split_whitespace().collect()
}

/// The cells of the two sites' rows, in words: `200 711 bytes 301 ms`, for each run.
fn site_rows(finished: &Finished) -> [Vec<&str>; 2] {
    let mut rows = finished
        .stdout
        .lines()
        .filter(|line| line.starts_with("http://"))
        .map(|line| line.split_whitespace().skip(1).collect());
    [(); 2].map(|()| rows.next().unwrap_or_else(|| panic!("no two sites in {finished:?}")))
}

/// The number of OS threads, as printed, for each run.
fn assert_threads(finished: &Finished, expected: &[&str]) {
    let threads = row(finished, "OS threads while both are in flight");
    if cfg!(target_os = "linux") {
        assert_eq!(threads, expected, "{finished:?}");
    } else {
        assert_eq!(threads, vec!["n/a"; expected.len()], "{finished:?}");
    }
}

/// Both sites have answered in each of `runs` runs.
fn assert_both_arrived(finished: &Finished, runs: usize) {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "{finished:?}");
    for site in site_rows(finished) {
        let statuses: Vec<&str> = site.iter().copied().step_by(5).collect();
        assert_eq!(statuses, vec!["200"; runs], "{finished:?}");
    }
}

#[test]
fn two_sites_arrive_on_one_os_thread() {
    let finished = two_sites::<&str>([]);
    assert_both_arrived(&finished, 1);
    assert_threads(&finished, &["1"]);
    let switches = row(&finished, "context switches");
    if cfg!(target_os = "linux") {
        assert!(matches!(switches[..], [number] if number.parse::<u64>().is_ok()), "{switches:?}");
    } else {
        assert_eq!(switches, ["n/a"]);
    }
}

#[test]
fn the_other_way_takes_a_thread_for_each_site() {
    let finished = two_sites(["--threads"]);
    assert_both_arrived(&finished, 1);
    assert_threads(&finished, &["3"]);
}

#[test]
fn both_ways_stand_side_by_side() {
    let finished = two_sites(["--both"]);
    assert_both_arrived(&finished, 2);
    assert_threads(&finished, &["1", "3"]);
    let heading: Vec<&str> = finished
        .stdout
        .lines()
        .next()
        .unwrap_or_default()
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(heading, ["one thread", "a thread for each"]);
}

/// Neither site answers before both have been asked.
#[test]
fn the_second_site_is_asked_before_the_first_has_answered() {
    for way in [None, Some("--threads")] {
        let barrier = Arc::new(Barrier::new(2));
        let server = || Server::play([Step::Read, Step::Meet(Arc::clone(&barrier)), Step::Send(GOOD.into())]);
        let urls = [server(), server()].map(|server| server.url());
        let finished = two_sites(way.into_iter().chain(urls.iter().map(String::as_str)));
        assert_both_arrived(&finished, 1);
    }
}

#[test]
fn both_bodies_are_saved_whole() {
    for way in [None, Some("--threads")] {
        let directory = TempDir::new();
        let output = ["-o".as_ref(), directory.as_os_str()];
        let finished = two_sites(way.map(OsStr::new).into_iter().chain(output));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        // No `.part` is left.
        assert_eq!(directory.names(), ["1-index.html", "2-index.html"]);
        for (number, site) in site_rows(&finished).into_iter().enumerate() {
            let name = format!("{}-index.html", number + 1);
            let body = fs::read_to_string(directory.join(name)).unwrap();
            assert_eq!(site[1..3], [&body.len().to_string(), "bytes"], "{finished:?}");
            assert_whole_page(number, &body);
        }
    }
}

/// A page of a local site has numbered lines, and each says how many there are.
fn assert_whole_page(site: usize, body: &str) {
    let lines: Vec<&str> = body.lines().filter(|line| line.starts_with("site ")).collect();
    assert!(!lines.is_empty(), "{body}");
    for (number, line) in lines.iter().enumerate() {
        let expected = format!("site {site}, page 0, line {number:>5} of {}", lines.len());
        assert_eq!(*line, expected);
    }
    assert!(body.starts_with("<!doctype html>\n"), "{body}");
    assert!(body.ends_with("</pre>\n"), "{body}");
}

#[test]
fn a_directory_that_does_not_exist_is_made() {
    let directory = TempDir::new();
    let deeper = directory.join("a/b");
    let finished = two_sites([OsStr::new("-o"), deeper.as_os_str()]);
    assert_both_arrived(&finished, 1);
    assert!(deeper.join("2-index.html").is_file());
}

/// A killed program cannot kill its child. The child has to notice.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_program_takes_its_sites_along() {
    use std::net::{Ipv4Addr, TcpStream};
    use std::process::Command;
    use support::procfs::{children_of, listening_ports};
    use support::watchdog::{PATIENCE, poll_until};

    // A pipe with a name that nobody reads: it cannot open its file, and stays there with its
    // sites.
    let directory = TempDir::new();
    let made = Process::run(Command::new("mkfifo").arg(directory.join("1-index.html.part")));
    assert_eq!(made.code, Some(0), "{made:?}");
    let mut program = Process::start(example("two_sites").arg("-o").arg(&*directory));

    let (sites, ports) = poll_until("the two local sites start", || {
        let sites = children_of(program.id()).first().copied()?;
        let ports = listening_ports(sites);
        (ports.len() == 2).then_some((sites, ports))
    });
    let refuses = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err();
    assert!(!ports.iter().copied().any(refuses), "the sites listen");

    let _orphan = Orphan(sites);
    program.kill();
    poll_until("the sites of a killed program are gone", || ports.iter().copied().all(refuses).then_some(()));
    // They share its standard error, which ends when they have ended.
    assert_eq!(program.finish(PATIENCE).code, None);
}

/// A process that should end by itself. If the test finds that it does not, it must not stay all the
/// same; if it does, its id may be another's by now.
#[cfg(target_os = "linux")]
struct Orphan(u32);

#[cfg(target_os = "linux")]
impl Drop for Orphan {
    fn drop(&mut self) {
        if std::thread::panicking() {
            Process::run(std::process::Command::new("kill").args(["-KILL", &self.0.to_string()]));
        }
    }
}

//! Downloads two sites at once, on one OS thread; with `--threads`, on two threads more.
//!
//! ```text
//! cargo run --release --example two_sites                   two sites of its own, 300 ms each
//! cargo run --release --example two_sites -- --both         with tasks, with threads, side by side
//! cargo run --release --example two_sites -- -o DIR URL URL
//! ```

mod support;

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use executor::join;
use http::{Method, Request, Uri};
use http_lite::proto::{self, Event, RequestFraming, ResponseReader};
use http_lite::{Limits, Timeouts};
use support::download::{Download, Failure, Progress, Site};
use support::local_sites::{self, LocalSites};
use support::os::{self, Count};
use support::report::{Report, Run};

/// How long a site of our own takes to answer.
const DELAY: Duration = Duration::from_millis(300);

const USAGE: &str = "usage: two_sites [--threads | --both] [-o DIR] [URL URL]

Downloads two sites at once: those at the URLs, or two that it starts itself.

  --threads  on a thread for each, instead of one thread for both
  --both     first the one way, then the other, side by side
  -o DIR     saves the bodies in DIR; one that is not complete is called *.part";

// ANCHOR: async
async fn get_two_sites_async(one: &Site, two: &Site) -> [Download; 2] {
    // Nothing runs yet: these are two values that say what could be done.
    let future_one = download_async(one);
    let future_two = download_async(two);

    // Now both run, on this thread: while one waits for its site, the other goes on.
    join!(future_one, future_two).into()
}
// ANCHOR_END: async

async fn download_async(site: &Site) -> Download {
    let mut progress = Progress::start(site);
    let result = receive_async(site, &mut progress).await;
    progress.finish(result)
}

async fn receive_async(site: &Site, progress: &mut Progress) -> Result<(), Failure> {
    let response = http_lite::get(&site.url).await?;
    progress.head(response.status(), site)?;
    let mut body = response.into_body();
    while let Some(chunk) = body.chunk().await? {
        progress.chunk(&chunk)?;
    }
    Ok(())
}

// ANCHOR: threads
fn get_two_sites(one: &Site, two: &Site) -> [(Download, Count); 2] {
    thread::scope(|scope| {
        // Each runs on a thread of its own, which sleeps while it waits for its site.
        let thread_one = scope.spawn(|| download(one));
        let thread_two = scope.spawn(|| download(two));

        [thread_one, thread_two].map(|thread| thread.join().expect("a download does not panic"))
    })
}
// ANCHOR_END: threads

/// Also says how often its thread was switched away from: a thread that has ended is no longer
/// there to be asked.
fn download(site: &Site) -> (Download, Count) {
    let mut progress = Progress::start(site);
    let result = receive(site, &mut progress);
    (progress.finish(result), os::context_switches())
}

/// The same protocol over a blocking socket: `proto` does not know what kind of socket its bytes
/// come from.
fn receive(site: &Site, progress: &mut Progress) -> Result<(), Failure> {
    let uri: Uri = site.url.parse()?;
    if let Some(scheme) = uri.scheme_str().filter(|scheme| *scheme != "http") {
        return Err(format!("the scheme {scheme:?} is not supported: only http is for now").into());
    }
    let host = uri.host().ok_or("the URL names no host")?.trim_matches(['[', ']']);
    let (limits, timeouts) = (Limits::default(), Timeouts::default());
    let mut stream = connect(host, uri.port_u16().unwrap_or(80), timeouts.read)?;
    let request = Request::get(uri).header("Connection", "close").body(())?;
    stream.write_all(&proto::encode_head(&request, RequestFraming::Empty)?)?;

    let mut reader = ResponseReader::new(&Method::GET, &limits);
    loop {
        match reader.next_event()? {
            Event::NeedData => match stream.read(reader.space())? {
                0 => reader.end_of_stream(),
                length => reader.fill(length),
            },
            Event::Head(head, _) => progress.head(head.status(), site)?,
            Event::Body(chunk) => progress.chunk(&chunk)?,
            // After the end, and nothing came that does not belong there.
            Event::Idle => return Ok(()),
            _ => {}
        }
    }
}

/// Connects to the first address that answers. No wait for the peer is longer than `idle`.
fn connect(host: &str, port: u16, idle: Option<Duration>) -> io::Result<TcpStream> {
    let mut result = Err(io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address")));
    for address in (host, port).to_socket_addrs()? {
        result = match idle {
            Some(idle) => TcpStream::connect_timeout(&address, idle),
            None => TcpStream::connect(address),
        };
        if result.is_ok() {
            break;
        }
    }
    let stream = result?;
    stream.set_read_timeout(idle)?;
    stream.set_write_timeout(idle)?;
    Ok(stream)
}

/// Which way to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Tasks,
    Threads,
    Both,
}

struct Arguments {
    way: Way,
    directory: Option<PathBuf>,
    urls: Vec<String>,
}

fn main() -> ExitCode {
    local_sites::serve_if_asked();
    let arguments = match parse_arguments() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("two_sites: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(runs) => report(&runs),
        Err(error) => {
            eprintln!("two_sites: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` if it is help that is wanted.
fn parse_arguments() -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;

    let mut arguments = Arguments { way: Way::Tasks, directory: None, urls: Vec::new() };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("threads") => arguments.way = Way::Threads,
            Long("both") => arguments.way = Way::Both,
            Short('o') | Long("output") => arguments.directory = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(None),
            Value(url) => arguments.urls.push(url.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    match arguments.urls.len() {
        0 | 2 => Ok(Some(arguments)),
        count => Err(format!("two sites need two URLs, not {count}").into()),
    }
}

fn run(arguments: &Arguments) -> Result<Vec<Run>, Failure> {
    // Kept until the end: dropping it ends the sites.
    let local = if arguments.urls.is_empty() { Some(LocalSites::start(2, DELAY)?) } else { None };
    let urls = local.as_ref().map_or(&arguments.urls, |local| &local.urls);
    if let Some(directory) = &arguments.directory {
        fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    let site = |index: usize| {
        let url = urls[index].clone();
        let save_as = arguments.directory.as_ref().map(|directory| directory.join(file_name(index, &url)));
        Site { url, save_as }
    };
    let (one, two) = (site(0), site(1));

    let mut runs = Vec::new();
    if arguments.way != Way::Threads {
        runs.push(run_tasks(&one, &two)?);
    }
    if arguments.way != Way::Tasks {
        runs.push(run_threads(&one, &two));
    }
    Ok(runs)
}

fn run_tasks(one: &Site, two: &Site) -> Result<Run, Failure> {
    let (start, switches) = (Instant::now(), os::context_switches());
    let downloads = reactor::block_on(get_two_sites_async(one, two))?;
    let context_switches = os::context_switches().since(switches);
    Ok(Run { name: "one thread", downloads: downloads.into(), total: start.elapsed(), context_switches })
}

fn run_threads(one: &Site, two: &Site) -> Run {
    let (start, switches) = (Instant::now(), os::context_switches());
    let (downloads, theirs): (Vec<_>, Vec<_>) = get_two_sites(one, two).into_iter().unzip();
    let own = os::context_switches().since(switches);
    let context_switches = theirs.into_iter().fold(own, Count::plus);
    Run { name: "a thread for each", downloads, total: start.elapsed(), context_switches }
}

/// A name for the body of a URL: its number, and the last part of its path.
fn file_name(index: usize, url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.splitn(4, '/').nth(3).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    format!("{}-{}", index + 1, if last.is_empty() { "index.html" } else { last })
}

/// Prints the table, and what failed by name.
fn report(runs: &[Run]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    if let Err(error) = write!(io::stdout(), "{}", Report(runs)) {
        eprintln!("two_sites: the report cannot be written: {error}");
        code = ExitCode::FAILURE;
    }
    for run in runs {
        for download in &run.downloads {
            if let Err(error) = &download.result {
                let way = if runs.len() > 1 { format!(" ({})", run.name) } else { String::new() };
                eprintln!("two_sites: {}{way}: {error}", download.url);
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

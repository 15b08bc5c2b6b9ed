//! Many pages of a real server, one after the other, through networks with faults: each is the right page or an
//! error.

use std::cell::Cell;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http_lite::{Client, Connect, Destination, Error, ErrorKind, TcpConnector, Timeouts};

use super::support::fault_proxy::FaultProxy;
use super::support::fault_script::{Script, Step};
use super::support::nginx::Nginx;
use super::support::random::Xorshift;
use super::support::temp_dir::TempDir;
use super::support::watchdog::{PATIENCE, block_on, poll_until};

/// How long a hasty client waits for a network that does not move.
const IDLE: Duration = Duration::from_millis(150);

/// How many pages there are.
const PAGES: usize = 6;

/// A server, and the pages that it has.
struct Site {
    nginx: Nginx,
    _files: TempDir,
    /// The page at `/0`, the one at `/1`, and so on. No two are alike.
    pages: Vec<Vec<u8>>,
}

impl Site {
    /// `None` without nginx.
    fn new() -> Option<Self> {
        let files = TempDir::new();
        let mut random = Xorshift(11);
        let pages: Vec<Vec<u8>> = (0..PAGES).map(|number| random.bytes(number * number * 4000)).collect();
        for (number, page) in pages.iter().enumerate() {
            fs::write(files.join(number.to_string()), page).unwrap();
        }
        // Every second page comes in chunks.
        let site = "location ~ [135]$ { ssi on; ssi_types *; }";
        Some(Site { nginx: Nginx::start(&files, &[site])?, _files: files, pages })
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.nginx.port(0)))
    }

    /// How long the response is that has this page, head and all.
    fn response_bytes(&self, number: usize) -> usize {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET /{number} HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut responses = Vec::new();
        stream.read_to_end(&mut responses).unwrap();
        let next = responses.windows(9).rposition(|window| window == b"HTTP/1.1 ");
        next.expect("there is a second response")
    }
}

/// A client that soon loses its patience, and the number of its attempts to connect.
fn hasty() -> (Client, Rc<Cell<usize>>) {
    let mut timeouts = Timeouts::none();
    timeouts.head = Some(IDLE);
    timeouts.read = Some(IDLE);
    timeouts.write = Some(IDLE);
    let attempts = Rc::new(Cell::new(0));
    let connector = Counted { connector: TcpConnector::default(), attempts: Rc::clone(&attempts) };
    (Client::builder().timeouts(timeouts).connector(connector).build(), attempts)
}

/// Counts the attempts to connect. The proxy is not asked: it may be late to notice a client that is gone again.
struct Counted {
    connector: TcpConnector,
    attempts: Rc<Cell<usize>>,
}

impl Connect for Counted {
    type Stream = <TcpConnector as Connect>::Stream;
    type Timer = <TcpConnector as Connect>::Timer;

    async fn connect(&self, to: Destination<'_>) -> io::Result<Self::Stream> {
        self.attempts.set(self.attempts.get() + 1);
        self.connector.connect(to).await
    }

    fn timer(&self) -> Self::Timer {
        self.connector.timer()
    }
}

async fn page(client: &Client, proxy: &FaultProxy, number: usize) -> Result<Vec<u8>, Error> {
    let response = client.get(format!("{}{number}", proxy.url())).send().await?;
    assert_eq!(response.status(), 200);
    Ok(response.into_body().bytes().await?.to_vec())
}

/// How a network treats its connections, after one of the good ones.
fn network(seed: u64) -> impl Fn(usize) -> Script {
    move |connection| match connection % 4 {
        3 => Script::slow(seed * 1000 + connection as u64),
        _ => Script::broken(seed * 1000 + connection as u64),
    }
}

#[test]
fn every_page_is_the_right_one_or_an_error_whatever_the_network_does() {
    let Some(site) = Site::new() else { return };
    let (address, pages) = (site.address(), Arc::new(site.pages.clone()));
    let (right, wrong) = block_on(async move || {
        let seeds = (1..=24).map(|seed| visit(address, seed, Arc::clone(&pages)));
        let visits = executor::join_all(seeds).await;
        visits.into_iter().fold((0, 0), |(right, wrong), visit| (right + visit.0, wrong + visit.1))
    });
    assert_eq!(right + wrong, 24 * PAGES * 2);
    assert!(right > 20 && wrong > 10, "a network between good and bad: {right} pages, {wrong} errors");
}

/// How many pages arrive through the network of this seed, and how many do not.
async fn visit(address: SocketAddr, seed: u64, pages: Arc<Vec<Vec<u8>>>) -> (usize, usize) {
    let proxy = FaultProxy::each(address, network(seed));
    let (client, attempts) = hasty();
    let (mut right, mut wrong, mut failed) = (0, 0, true);
    for number in (0..PAGES).chain(0..PAGES) {
        let result = page(&client, &proxy, number).await;
        let made = attempts.take();
        assert!(made <= 1, "seed {seed}, page {number}: {made} connections");
        assert!(made == 1 || !failed, "seed {seed}, page {number}: over a connection that had failed");
        failed = result.is_err();
        match result {
            Ok(body) => assert!(body == pages[number], "seed {seed}, page {number}: {} bytes", body.len()),
            Err(error) => assert!(
                error.is_timeout() || error.is_connect() || error.is_protocol() || is_io(&error),
                "{error:?}"
            ),
        }
        if failed { wrong += 1 } else { right += 1 }
    }
    (right, wrong)
}

fn is_io(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io(_))
}

#[test]
fn a_network_that_is_only_slow_costs_one_connection() {
    let Some(site) = Site::new() else { return };
    let (address, pages) = (site.address(), site.pages.clone());
    block_on(async move || {
        let proxy = FaultProxy::new(address, Script::slow(3));
        let client = Client::new();
        for number in (0..PAGES).chain(0..PAGES) {
            assert!(page(&client, &proxy, number).await.unwrap() == pages[number]);
        }
        assert_eq!(proxy.connections(), 1);
    });
}

/// What nobody asked for: whole responses, beginnings, ends of bodies, and nothing in particular.
const FORGERIES: [&[u8]; 7] = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL",
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 2",
    b"0\r\n\r\n",
    b"\r\n",
    b"EVIL",
];

/// Response-queue poisoning: CVE-2026-6733 of undici, aiohttp#13656. The bytes come right behind a response, or while
/// the connection is idle.
#[test]
fn a_response_that_nobody_asked_for_answers_no_request() {
    let Some(site) = Site::new() else { return };
    let lengths: Vec<usize> = (0..PAGES).map(|number| site.response_bytes(number)).collect();
    for seed in 1..=20 {
        let connections = poisoned(&lengths, seed);
        let (address, pages) = (site.address(), site.pages.clone());
        block_on(async move || visit_poisoned(address, &pages, connections).await);
    }
}

/// How many pages come over a connection before somebody adds something, and how.
fn poisoned(lengths: &[usize], seed: u64) -> Vec<(usize, Script)> {
    let mut random = Xorshift(seed);
    let mut next = 0;
    let mut connection = || {
        let visits = 1 + random.below(3);
        let bytes = (next..next + visits).map(|number| lengths[number % PAGES]).sum();
        next += visits;
        let delay = [Step::Forward(0), Step::Delay(Duration::from_millis(5))][random.below(2)];
        let addition = match random.below(FORGERIES.len() + 1) {
            0 => Step::Garbage(1 + random.below(100)),
            number => Step::Forge(FORGERIES[number - 1]),
        };
        (visits, Script { seed, ..Script::to_client([Step::Forward(bytes), delay, addition]) })
    };
    (0..6).map(|_| connection()).collect()
}

async fn visit_poisoned(address: SocketAddr, pages: &[Vec<u8>], connections: Vec<(usize, Script)>) {
    let (visits, scripts): (Vec<usize>, Vec<Script>) = connections.into_iter().unzip();
    let proxy = FaultProxy::each(address, move |connection| scripts[connection].clone());
    let client = Client::new();
    let mut numbers = (0..PAGES).cycle();
    for (connection, visits) in visits.into_iter().enumerate() {
        for number in numbers.by_ref().take(visits) {
            let body = page(&client, &proxy, number).await.unwrap();
            assert!(body == pages[number], "page {number}");
            assert_eq!(proxy.connections(), connection + 1);
        }
        // This thread does something else meanwhile, and looks at no socket.
        poll_until("bytes are made up", || (proxy.made_up() > connection).then_some(()));
    }
}

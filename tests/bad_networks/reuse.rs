//! Many pages of a real server, one after the other, through networks with faults: each is the right page or an
//! error.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_lite::{Client, Error, Timeouts};

use super::support::fault_proxy::FaultProxy;
use super::support::fault_script::Script;
use super::support::nginx::Nginx;
use super::support::random::Xorshift;
use super::support::temp_dir::TempDir;
use super::support::watchdog::block_on;

/// How long a client waits for a network that does not move.
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
}

fn client() -> Client {
    let mut timeouts = Timeouts::none();
    (timeouts.head, timeouts.read) = (Some(IDLE), Some(IDLE));
    Client::builder().timeouts(timeouts).build()
}

async fn page(client: &Client, proxy: &FaultProxy, number: usize) -> Result<Vec<u8>, Error> {
    let response = client.get(&format!("{}{number}", proxy.url())).send().await?;
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
    assert!(right > 50 && wrong > 50, "a network between good and bad: {right} pages, {wrong} errors");
}

/// How many pages arrive through the network of this seed, and how many do not.
async fn visit(address: SocketAddr, seed: u64, pages: Arc<Vec<Vec<u8>>>) -> (usize, usize) {
    let proxy = FaultProxy::each(address, network(seed));
    let client = client();
    let (mut right, mut wrong) = (0, 0);
    for number in (0..PAGES).chain(0..PAGES) {
        let before = proxy.connections();
        match page(&client, &proxy, number).await {
            Ok(body) => {
                assert!(body == pages[number], "seed {seed}, page {number}: {} bytes", body.len());
                right += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                wrong += 1;
            }
        }
        assert!(proxy.connections() <= before + 2, "seed {seed}: it tries again once at most");
    }
    (right, wrong)
}

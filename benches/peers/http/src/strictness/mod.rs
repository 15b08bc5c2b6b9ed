//! How strict clients are: responses that must be refused and responses that must be understood, asked of everybody.

pub mod case;
mod rejects;
mod accepts;
pub mod server;
mod table;
mod verdict;

use std::fs;
use std::io;
use std::path::Path;
use std::thread;

use self::case::Case;
use self::server::Server;
use self::verdict::Verdict;
use crate::clients::OURS;
use crate::peer::{self, Asked, Peer};

/// What one client made of all cases, or why it was not asked.
struct Column {
    peer: Peer,
    verdicts: Result<Vec<Verdict>, String>,
}

/// Asks all cases, or the one of that name, of all clients, or of those named in `of`; prints a table, and writes every verdict to `csv`.
///
/// # Errors
///
/// If there is no socket to be had, a file cannot be written, or the project's own client was wrong anywhere.
pub fn run(of: &[String], only: Option<&str>, csv: Option<&Path>) -> Result<(), Box<dyn std::error::Error>> {
    let wanted = |case: &Case| only.is_none_or(|name| case.name == name);
    let cases: Vec<_> = rejects::all().into_iter().chain(accepts::all()).filter(wanted).collect();
    let server = Server::start(cases)?;
    let peers =
        peer::all().into_iter().filter(|peer| of.is_empty() || of.iter().any(|name| name == peer.name));
    let columns = ask_all(&server, peers.collect());
    print!("{}", table::markdown(server.cases(), &columns));
    if let Some(path) = csv {
        fs::write(path, table::csv(server.cases(), &columns))?;
    }
    let ours = columns.iter().find(|column| column.peer.name == OURS);
    let wrong = ours.map_or(Ok(0), |column| match &column.verdicts {
        Ok(verdicts) => Ok(verdicts.iter().filter(|verdict| !verdict.is_right()).count()),
        Err(reason) => Err(reason.clone()),
    })?;
    if wrong > 0 { Err(io::Error::other(format!("{OURS} is wrong in {wrong} cases")).into()) } else { Ok(()) }
}

/// A thread for each client: most of the time is spent on those that wait in vain.
fn ask_all(server: &Server, peers: Vec<Peer>) -> Vec<Column> {
    thread::scope(|scope| {
        let asking: Vec<_> = peers
            .into_iter()
            .enumerate()
            .map(|(number, peer)| scope.spawn(move || Column { peer, verdicts: ask(server, number, peer) }))
            .collect();
        asking.into_iter().map(|asking| asking.join().expect("asking does not panic")).collect()
    })
}

fn ask(server: &Server, number: usize, peer: Peer) -> Result<Vec<Verdict>, String> {
    let mut asked = Asked::start(peer)?;
    let cases = server.cases();
    let verdicts = cases.iter().enumerate().map(|(place, case)| {
        let asking = number * cases.len() + place;
        let mut urls = vec![server.url(place, asking, false)];
        if case.asks_again() {
            urls.push(server.url(place, asking, true));
        }
        let reply = asked.ask(case.method, &urls)?;
        Ok(Verdict::new(case, reply, server.was_reused(asking)))
    });
    verdicts.collect()
}

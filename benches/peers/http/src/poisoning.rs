//! The trap of a client on one thread: a complete response arrives on an idle connection, and whoever uses that
//! connection next without a look takes it for the answer to the next request.
//!
//! The server answers, and 50 ms later sends another whole response that nobody has asked for. The client asks again
//! 150 ms after the first answer. Meanwhile nothing of it has run: its one thread was busy elsewhere.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::clients::OURS;
use crate::peer::{self, Asked, Peer, Reply};
use crate::strictness::case::{Case, Then};
use crate::strictness::server::{AGAIN, Server};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const EVIL: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
/// When the second response comes.
const AFTER: Duration = Duration::from_millis(50);
/// When the client asks again, in milliseconds.
const PAUSE: &str = "150";

/// What became of the second request.
#[derive(PartialEq, Eq)]
enum Outcome {
    /// It got its own answer.
    Safe { reused: bool },
    /// It got the other response.
    Poisoned,
    /// It got neither, for this reason.
    Failed(String),
}

/// Asks all clients that can pause, or those of them that are named in `of`, and prints what became of them.
///
/// # Errors
///
/// If there is no socket to be had, or if the project's own client did not get its own answer.
pub fn run(of: &[String]) -> Result<(), Box<dyn Error>> {
    let case = Case::accept("poisoning", "CVE-2026-6733; aiohttp#13656", ANSWER, "hello");
    let server = Server::start(vec![case.then(Then::Send { after: AFTER, more: EVIL })])?;
    println!("| client | the second request gets |\n|---|---|");
    let mut ours = None;
    let wanted = |peer: &Peer| peer.pauses && (of.is_empty() || of.iter().any(|name| name == peer.name));
    for (asking, peer) in peer::all().into_iter().filter(wanted).enumerate() {
        let outcome = ask(&server, asking, peer).unwrap_or_else(Outcome::Failed);
        let told = match &outcome {
            Outcome::Safe { reused: false } => "its own answer, over another connection",
            Outcome::Safe { reused: true } => "its own answer, over the same connection",
            Outcome::Poisoned => "**EVIL**",
            Outcome::Failed(reason) => reason,
        };
        println!("| {} | {told} |", peer.name);
        if peer.name == OURS {
            ours = Some(outcome);
        }
    }
    match ours {
        None | Some(Outcome::Safe { .. }) => Ok(()),
        Some(_) => Err(io::Error::other(format!("{OURS} did not get its own answer")).into()),
    }
}

fn ask(server: &Server, asking: usize, peer: Peer) -> Result<Outcome, String> {
    let words = [server.url(0, asking, false), PAUSE.into(), server.url(0, asking, true)];
    let reply = Asked::start(peer)?.ask("GET", &words)?;
    let Reply::Said(said) = reply else { return Err("it hung or died".into()) };
    let [Ok(first), second] = said.as_slice() else { return Err("the first request got no answer".into()) };
    if first.body != b"hello" {
        return Err("the first request got another answer".into());
    }
    Ok(match second {
        Ok(second) if second.body == AGAIN => Outcome::Safe { reused: server.was_reused(asking) },
        Ok(second) if EVIL.ends_with(&second.body) => Outcome::Poisoned,
        Ok(second) => Outcome::Failed(format!("another answer: {}", second.body.escape_ascii())),
        Err(reason) => Outcome::Failed(format!("an error: {reason}")),
    })
}

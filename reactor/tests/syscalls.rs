//! What an echo costs in system calls, as `strace` counts them.
#![cfg(target_os = "linux")]

mod support;

use std::env;
use std::fs;
use std::process;

use executor::{join_all, spawn};
use reactor::TcpStream;

use support::child::{assert_passed, command, is_child, strace_works};
use support::{connection, read_some, run, write_all};

/// How many round trips a child process makes, and a second one, on all connections together.
const FEW: usize = 500;
const MANY: usize = 2500;

/// Says to the child process how many.
const ROUND_TRIPS: &str = "REACTOR_TEST_ROUND_TRIPS";

/// Each end writes, waits and reads: nothing is asked twice, and nothing is registered again (async-io
/// takes 18).
#[test]
fn an_echo_on_one_connection_takes_six_system_calls() {
    const NAME: &str = "an_echo_on_one_connection_takes_six_system_calls";
    assert_at_most(6.05, NAME, 1);
}

/// One wait finds many that are ready.
#[test]
fn an_echo_on_one_of_fifty_connections_takes_little_more_than_four() {
    const NAME: &str = "an_echo_on_one_of_fifty_connections_takes_little_more_than_four";
    assert_at_most(4.1, NAME, 50);
}

/// Asserts how many system calls a round trip takes: what more round trips take more of, so that all that
/// happens once does not count.
fn assert_at_most(limit: f64, test: &str, connections: usize) {
    if is_child(test) {
        let round_trips: usize = env::var(ROUND_TRIPS).unwrap().parse().unwrap();
        return run(echo(connections, round_trips / connections));
    }
    if !strace_works(&[]) {
        return;
    }
    let more = calls(test, MANY) - calls(test, FEW);
    let each = more as f64 / (MANY - FEW) as f64;
    assert!(each <= limit, "{each} system calls for a round trip");
    assert!(each >= 4.0, "two writes and two reads are the least: not all is counted, if there are {each}");
}

/// The system calls of all threads of a child process that makes so many round trips.
fn calls(test: &str, round_trips: usize) -> usize {
    let path = env::temp_dir().join(format!("onethread-{}-{test}.strace", process::id()));
    let file = path.to_str().expect("a temporary path is text");
    let mut command = command(test, &["strace", "-f", "-o", file]);
    assert_passed(&command.env(ROUND_TRIPS, round_trips.to_string()).output().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // A call that was under way while another thread did something has a second line.
    text.lines().filter(|line| line.contains('(') && !line.contains(" resumed>")).count()
}

async fn echo(connections: usize, round_trips: usize) {
    let mut clients = Vec::new();
    for _ in 0..connections {
        let (client, server) = connection().await;
        clients.push(spawn(ask(client, round_trips)));
        spawn(answer(server)).detach();
    }
    join_all(clients).await.into_iter().for_each(Result::unwrap);
}

async fn ask(stream: TcpStream, round_trips: usize) {
    let mut buffer = [0; 1024];
    for _ in 0..round_trips {
        write_all(&stream, &[7; 64]).await.unwrap();
        assert_eq!(read_some(&stream, &mut buffer).await.unwrap(), 64);
    }
}

async fn answer(stream: TcpStream) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = read_some(&stream, &mut buffer).await {
        write_all(&stream, &buffer[..length]).await.unwrap();
    }
}

//! What an echo, and a connection, cost in system calls, as `strace` counts them.
#![cfg(target_os = "linux")]

mod support;

use std::env;
use std::fs;
use std::future::Future;
use std::process;

use executor::{join_all, spawn};
use reactor::{TcpListener, TcpStream};

use support::child::{assert_passed, command, is_child, strace_works};
use support::{ANY_PORT, connection, read_some, run, write_all};

/// How many round trips a child process makes, and a second one, on all connections together; or how many connections.
const FEW: usize = 500;
const MANY: usize = 2500;

/// Says to the child process how many.
const ROUND_TRIPS: &str = "REACTOR_TEST_ROUND_TRIPS";

/// Each end writes, waits and reads: nothing is asked twice, and nothing is registered again (async-io
/// takes 18).
#[test]
fn an_echo_on_one_connection_takes_six_system_calls() {
    const NAME: &str = "an_echo_on_one_connection_takes_six_system_calls";
    assert_at_most(4.0, 6.05, NAME, |round_trips| echo(1, round_trips));
}

/// One wait finds many that are ready.
#[test]
fn an_echo_on_one_of_fifty_connections_takes_little_more_than_four() {
    const NAME: &str = "an_echo_on_one_of_fifty_connections_takes_little_more_than_four";
    assert_at_most(4.0, 4.1, NAME, |round_trips| echo(50, round_trips / 50));
}

/// The client: `socket`, `connect`, `getpeername`, `epoll_ctl`, two reads, `epoll_ctl`, `close`. The server: two times `accept`, of
/// which one is in vain, a write and `close`; it never has to wait, so it is not watched. Between them two waits.
#[test]
fn a_connection_that_is_answered_at_once_takes_fourteen_system_calls() {
    const NAME: &str = "a_connection_that_is_answered_at_once_takes_fourteen_system_calls";
    assert_at_most(11.0, 14.05, NAME, connect);
}

/// Asserts how many system calls a round trip takes: what more round trips take more of, so that all that
/// happens once does not count. Fewer than the `least` are too good to be true.
fn assert_at_most<F: Future<Output = ()>>(least: f64, limit: f64, test: &str, work: impl FnOnce(usize) -> F) {
    if is_child(test) {
        return run(work(env::var(ROUND_TRIPS).unwrap().parse().unwrap()));
    }
    if !strace_works(&[]) {
        return;
    }
    let more = calls(test, MANY) - calls(test, FEW);
    let each = more as f64 / (MANY - FEW) as f64;
    assert!(each <= limit, "{each} system calls for each, and not {limit}");
    assert!(each >= least, "not all is counted, if there are {each}");
}

/// The system calls of all threads of a child process that makes so many round trips.
fn calls(test: &str, round_trips: usize) -> usize {
    let path = env::temp_dir().join(format!("onethread-{}-{test}.strace", process::id()));
    let file = path.to_str().expect("a temporary path is text");
    let mut command = command(test, &["strace", "-f", "-o", file]);
    assert_passed(&command.env(ROUND_TRIPS, round_trips.to_string()).output().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // A call that was under way while another thread did something has a second line. And without optimisations the
    // standard library asks whether a descriptor is open (`fcntl`) before it closes that.
    let counts = |line: &&str| line.contains('(') && !line.contains(" resumed>") && !line.contains(" fcntl(");
    text.lines().filter(counts).count()
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

/// One connection after the other: a byte, and the end.
async fn connect(times: usize) {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let address = listener.local_addr().unwrap();
    let server = spawn(async move {
        for _ in 0..times {
            let (stream, _) = listener.accept().await.unwrap();
            write_all(&stream, b"x").await.unwrap();
        }
    });
    let mut buffer = [0; 16];
    for _ in 0..times {
        let stream = TcpStream::connect(address).await.unwrap();
        assert_eq!(read_some(&stream, &mut buffer).await.unwrap(), 1);
        assert_eq!(read_some(&stream, &mut buffer).await.unwrap(), 0);
    }
    server.await.unwrap();
}

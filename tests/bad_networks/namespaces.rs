//! Networks where packets vanish, bounce or queue, made of namespaces of the test's own.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use executor::join;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpListener, TcpStream, sleep, timeout};

use super::ANY_PORT;
use super::support::child::{command, is_child};
use super::support::meter::metered;
use super::support::network::{BEYOND, BLACK_HOLE, FAR, NOBODY, NOWHERE, Network};
use super::support::process::Process;
use super::support::procfs::{open_descriptors, watched_descriptors};
use super::support::random::Xorshift;
use super::support::watchdog::block_on;

const MOMENT: Duration = Duration::from_millis(50);
/// Where nobody else listens: the network is the test's own.
const PORT: u16 = 7000;

/// Runs `test`, of this module, as `inside` on the near host.
fn on_the_near_host(test: &str, inside: impl FnOnce()) {
    let name = format!("namespaces::{test}");
    if is_child(&name) {
        inside();
    } else if let Some(network) = Network::new() {
        Process::run(&mut command(&name, &network.near())).assert_passed();
    }
}

fn at(host: &str) -> SocketAddr {
    SocketAddr::new(host.parse().unwrap(), PORT)
}

/// SYN after SYN goes out, and no answer ever comes.
#[test]
fn an_attempt_to_reach_a_black_hole_is_given_up_in_time_and_costs_nothing() {
    on_the_near_host("an_attempt_to_reach_a_black_hole_is_given_up_in_time_and_costs_nothing", || {
        metered(async |meter| {
            let before = meter.effort();
            let attempt = timeout(MOMENT, TcpStream::connect(at(BLACK_HOLE)));
            // Meanwhile others are served.
            let ((), attempt) = join!(a_connection_here(), attempt);
            assert!(attempt.is_err());
            let effort = meter.since(before);
            assert!(effort.polls <= 20 && effort.parks <= 40, "a wait is no work: {effort:?}");
        });
    });
}

async fn a_connection_here() {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let (client, server) = join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    client.and(server.map(drop)).unwrap();
}

#[test]
fn a_thousand_attempts_to_reach_a_black_hole_leave_nothing_behind_when_they_are_dropped() {
    on_the_near_host(
        "a_thousand_attempts_to_reach_a_black_hole_leave_nothing_behind_when_they_are_dropped",
        || {
            block_on(async || {
                let before = (open_descriptors(), watched_descriptors());
                for _ in 0..10 {
                    let attempts = executor::join_all((0..100).map(|_| TcpStream::connect(at(BLACK_HOLE))));
                    let mut attempts = Box::pin(attempts);
                    let poll = attempts.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                    assert!(poll.is_pending());
                    assert_eq!(open_descriptors(), before.0 + 100);
                    assert_eq!(watched_descriptors(), before.1 + 100);
                    drop(attempts);
                    assert_eq!((open_descriptors(), watched_descriptors()), before);
                }
            });
        },
    );
}

#[test]
fn where_no_route_leads_an_attempt_fails_at_once() {
    on_the_near_host("where_no_route_leads_an_attempt_fails_at_once", || {
        block_on(async || {
            let attempt = pin!(TcpStream::connect(at(NOWHERE)));
            let Poll::Ready(Err(error)) = attempt.poll(&mut Context::from_waker(Waker::noop())) else {
                panic!("there is nothing to wait for");
            };
            assert_eq!(error.kind(), ErrorKind::NetworkUnreachable);
        });
    });
}

/// How an attempt fails.
async fn failure(address: SocketAddr) -> ErrorKind {
    TcpStream::connect(address).await.unwrap_err().kind()
}

/// The answer to the first packet is that there is no way, from a host that should know it.
#[test]
fn an_attempt_fails_when_a_router_says_that_there_is_no_way() {
    on_the_near_host("an_attempt_fails_when_a_router_says_that_there_is_no_way", || {
        assert_eq!(block_on(|| failure(at(BEYOND))), ErrorKind::HostUnreachable);
    });
}

/// The kernel asks a second long who has the address.
#[test]
fn an_attempt_fails_when_nobody_has_the_address() {
    on_the_near_host("an_attempt_fails_when_nobody_has_the_address", || {
        assert_eq!(block_on(|| failure(at(NOBODY))), ErrorKind::HostUnreachable);
    });
}

#[test]
fn a_writer_waits_for_a_slow_cable_and_does_not_spin() {
    const NAME: &str = "namespaces::a_writer_waits_for_a_slow_cable_and_does_not_spin";
    const SIDE: &str = "ONETHREAD_TEST_SIDE";
    if is_child(NAME) {
        return if std::env::var_os(SIDE).is_some() {
            receive_over_the_cable();
        } else {
            send_over_the_cable();
        };
    }
    let Some(network) = Network::new() else { return };
    network.limit("100mbit");
    let far = Process::start(command(NAME, &network.far()).env(SIDE, "far"));
    Process::run(&mut command(NAME, &network.near())).assert_passed();
    far.finish(MOMENT * 100).assert_passed();
}

/// Half a second's worth, and more than the kernel has room for.
fn load() -> Vec<u8> {
    Xorshift(9).bytes(6 << 20)
}

fn send_over_the_cable() {
    metered(async |meter| {
        let mut stream = loop {
            match TcpStream::connect(at(FAR)).await {
                Ok(stream) => break stream,
                // The far host has not got so far yet.
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
            }
            sleep(Duration::from_millis(5)).await;
        };
        let (load, before) = (load(), meter.effort());
        let (mut sent, mut writes) = (0, 0);
        while sent < load.len() {
            let end = load.len().min(sent + (16 << 10));
            sent += stream.write(&load[sent..end]).await.unwrap();
            writes += 1;
        }
        let effort = meter.since(before);
        assert!(effort.parks > 1, "the cable is not slow: {effort:?}");
        // No poll without a write: where there is room again, it is for more than one.
        assert!(effort.polls <= writes && effort.parks <= writes, "{effort:?} for {writes} writes");

        stream.close().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "all of it");
    });
}

fn receive_over_the_cable() {
    block_on(async || {
        let listener = TcpListener::bind(at(FAR)).unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).await.unwrap();
        assert!(received == load(), "{} bytes have arrived", received.len());
        stream.write_all(b"all of it").await.unwrap();
    });
}

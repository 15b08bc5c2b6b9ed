//! A listener to which connections cannot be handed over.

use std::cell::Cell;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use executor::{JoinHandle, spawn};
use futures_lite::AsyncReadExt;
use reactor::{TcpListener, TcpStream, sleep};
use rlimit::Resource;

use super::ANY_PORT;
use super::support::child::{command, is_child};
use super::support::fault_proxy::reset_on_close;
use super::support::meter::metered;
use super::support::process::Process;
use super::support::watchdog::block_on;

/// How long the process stays without a descriptor to spare.
const SHORTAGE: Duration = Duration::from_millis(300);

/// A server as one writes it: an error at accept is noted, and it goes on.
fn serve(listener: TcpListener, clients: usize, errors: &Rc<Cell<usize>>) -> JoinHandle<Vec<TcpStream>> {
    let errors = Rc::clone(errors);
    spawn(async move {
        let mut streams = Vec::new();
        while streams.len() < clients {
            match listener.accept().await {
                Ok((stream, _)) => streams.push(stream),
                Err(_) => errors.set(errors.get() + 1),
            }
        }
        streams
    })
}

/// The connections wait meanwhile, and no new event will tell of them: the edge is past. Whoever
/// accepts in a loop must neither miss them nor keep the thread from what would free descriptors.
#[test]
fn a_server_without_descriptors_neither_spins_nor_ends_and_accepts_what_waits_when_it_has_some() {
    const NAME: &str = "accepting::a_server_without_descriptors_neither_spins_nor_ends_and_accepts_what_waits_when_it_has_some";
    if !is_child(NAME) {
        return Process::run(&mut command(NAME, &[])).assert_passed();
    }
    metered(async |meter| {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients: Vec<_> = (0..10).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
        let occupied = occupy_all_descriptors();
        let (errors, before, start) = (Rc::new(Cell::new(0)), meter.effort(), Instant::now());
        let server = serve(listener, clients.len(), &errors);
        sleep(SHORTAGE).await;
        let (effort, elapsed) = (meter.since(before), start.elapsed().as_millis() as usize);
        assert!(errors.get() > 0, "there was no shortage");
        // One in 50 ms.
        assert!(errors.get() <= 1 + elapsed / 50, "{} errors in {elapsed} ms", errors.get());
        assert!(effort.polls <= 5 + elapsed / 10, "{effort:?} in {elapsed} ms");

        drop(occupied);
        let streams = server.await.unwrap();
        assert_eq!(streams.len(), clients.len());
        drop(streams);
        for client in &mut clients {
            assert_eq!(client.read(&mut [0; 8]).unwrap(), 0, "it was accepted, and closed");
        }
    });
}

fn occupy_all_descriptors() -> Vec<File> {
    let (_, hard) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(64, hard).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// Linux itself hands over connections that were aborted; other systems, and firewalls, have this
/// error instead. strace makes it up.
#[test]
fn connections_that_were_aborted_before_they_were_accepted_are_an_error_each_and_no_more() {
    const NAME: &str =
        "accepting::connections_that_were_aborted_before_they_were_accepted_are_an_error_each_and_no_more";
    const ABORT: &str = "inject=accept4:error=ECONNABORTED:when=1..3";
    const STRACE: [&str; 8] = ["strace", "-f", "-o", "/dev/null", "-e", "trace=accept4", "-e", ABORT];
    if !is_child(NAME) {
        return match std::process::Command::new(STRACE[0]).args(&STRACE[1..]).arg("true").output() {
            Ok(trial) if trial.status.success() => {
                Process::run(&mut command(NAME, &STRACE)).assert_passed();
            }
            trial => super::support::child::skip(&format!("strace cannot trace: {trial:?}")),
        };
    }
    block_on(async || {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        for _ in 0..3 {
            let error = listener.accept().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        }
        let (mut stream, _) = listener.accept().await.unwrap();
        client.write_all(b"still here").unwrap();
        let mut received = [0; 10];
        stream.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"still here");
    });
}

#[test]
fn a_connection_that_was_reset_before_it_was_accepted_disturbs_no_other_one() {
    block_on(async || {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let errors = Rc::new(Cell::new(0));
        let address = listener.local_addr().unwrap();
        let reset = std::net::TcpStream::connect(address).unwrap();
        reset_on_close(&reset);
        drop(reset);
        let mut client = std::net::TcpStream::connect(address).unwrap();
        client.write_all(b"good").unwrap();
        let mut streams = serve(listener, 2, &errors).await.unwrap();
        assert_eq!(errors.get(), 0);
        let error = streams[0].read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let mut received = [0; 4];
        streams[1].read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"good");
    });
}

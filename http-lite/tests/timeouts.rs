//! How long a client waits, by a clock that no test has to wait for.

mod support;

use std::time::Duration;

use http_lite::{Error, ErrorKind, Phase, RequestBody, Timeout, Timeouts};
use support::run_by_clock;
use support::script::Scripts;
use wakecheck::io::{ReadStep, Script, WriteStep};

const SECOND: Duration = Duration::from_secs(1);

/// Which timeout has passed, and how long it was.
fn passed(error: &Error) -> (Timeout, Duration) {
    match error.kind() {
        ErrorKind::TimedOut { timeout, after } => (*timeout, *after),
        _ => panic!("{error:?}"),
    }
}

/// No timeouts but these.
fn only(change: impl FnOnce(&mut Timeouts)) -> Timeouts {
    let mut timeouts = Timeouts::none();
    change(&mut timeouts);
    timeouts
}

/// A connection that answers once, and then says nothing.
fn answer(response: &str) -> Script {
    Script::new().read(ReadStep::AfterWritten(40)).read(response).read(ReadStep::Blocked)
}

#[test]
fn a_connection_that_does_not_come_about_is_given_up() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let request =
            Scripts::unreachable().client().get("http://a/").timeouts(only(|t| t.connect = Some(3 * SECOND)));
        let error = request.send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Connect, 3 * SECOND));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert!(error.is_timeout() && error.is_connect() && !error.may_have_been_processed());
        assert_eq!(error.phase(), Phase::Connect);
    });
}

#[test]
fn a_server_that_takes_no_more_of_a_request_is_given_up() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let script =
            Script::new().read(ReadStep::Blocked).write(WriteStep::Most(10)).write(WriteStep::Blocked);
        let request =
            Scripts::new([script]).client().get("http://a/").timeouts(only(|t| t.write = Some(3 * SECOND)));
        let error = request.send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Write, 3 * SECOND));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert_eq!(error.phase(), Phase::Send);
        assert!(!error.may_have_been_processed());
    });
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let scripts = Scripts::new([answer("HTTP/1.1 2")]);
        let client = scripts.client();
        let request = client.get("http://a/").timeouts(only(|t| t.head = Some(3 * SECOND)));
        let error = request.send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Head, 3 * SECOND));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert_eq!((error.phase(), error.bytes_received()), (Phase::Head, 10));
        assert!(error.may_have_been_processed());
        assert!(scripts.peer(0).is_dropped());
    });
}

#[test]
fn a_body_that_stops_coming_is_given_up() {
    run_by_clock(async |clock| {
        let scripts = Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]);
        let client = scripts.client();
        let request = client.get("http://a/").timeouts(only(|t| t.read = Some(3 * SECOND)));
        let mut body = request.send().await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "hel");
        // Nobody asks: that does not count.
        reactor::sleep(60 * SECOND).await;
        let start = clock.now();
        let error = body.chunk().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Read, 3 * SECOND));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert!(scripts.peer(0).is_dropped());
    });
}

/// Sends a byte every second, on a task of its own.
fn drip(scripts: &Scripts, count: usize) {
    let scripts = scripts.clone();
    let dripping = executor::spawn(async move {
        for _ in 0..count {
            reactor::sleep(SECOND).await;
            let peer = scripts.peer(0);
            if peer.is_dropped() {
                return;
            }
            peer.read("x");
            peer.read(ReadStep::Blocked);
            peer.release_reads();
        }
    });
    // It goes on by itself.
    drop(dripping);
}

/// The server of urllib3's and httpbin's `/drip`.
#[test]
fn a_slow_drip_passes_the_read_timeout_and_not_the_total_one() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n";
    run_by_clock(async move |_| {
        let scripts = Scripts::new([answer(head)]);
        let request = scripts.client().get("http://a/").timeouts(only(|t| t.read = Some(2 * SECOND)));
        let response = request.send().await.unwrap();
        drip(&scripts, 60);
        assert_eq!(response.into_body().text().await.unwrap().len(), 60);
    });
    run_by_clock(async move |clock| {
        let start = clock.now();
        let scripts = Scripts::new([answer(head)]);
        let request = scripts.client().get("http://a/").timeouts(only(|t| t.read = Some(2 * SECOND)));
        let response = request.timeout(10 * SECOND + SECOND / 2).send().await.unwrap();
        drip(&scripts, 60);
        let error = response.into_body().text().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Total, 10 * SECOND + SECOND / 2));
        assert_eq!(clock.now() - start, 10 * SECOND + SECOND / 2);
        assert_eq!(error.bytes_received(), head.len() as u64 + 10);
    });
}

/// ureq#1194.
#[test]
fn the_total_timeout_is_not_started_anew_by_redirects() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let elsewhere =
            "HTTP/1.1 302 Found\r\nLocation: /b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let late = || Script::new().read(ReadStep::Blocked).read(elsewhere);
        let scripts = Scripts::new([late(), late(), late(), late()]);
        let releasing = scripts.clone();
        let answering = executor::spawn(async move {
            for number in 0..4 {
                reactor::sleep(SECOND).await;
                if releasing.connections() > number {
                    releasing.peer(number).release_reads();
                }
            }
        });
        drop(answering);
        let request = scripts.client().get("http://a/").timeouts(only(|t| t.head = Some(2 * SECOND)));
        let error = request.timeout(5 * SECOND / 2).send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Total, 5 * SECOND / 2));
        assert_eq!(clock.now() - start, 5 * SECOND / 2);
        assert_eq!(scripts.connections(), 3);
    });
}

#[test]
fn the_total_timeout_covers_the_connection() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let error =
            Scripts::unreachable().client().get("http://a/").timeout(SECOND).send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Total, SECOND));
        assert_eq!(clock.now() - start, SECOND);
    });
}

#[test]
fn a_source_that_takes_its_time_is_not_the_servers_fault() {
    run_by_clock(async |clock| {
        let start = clock.now();
        // The head has 108 bytes, and what ends the body has 5.
        let script = Script::new().read(ReadStep::AfterWritten(110)).read("HTTP/1.1 204 No Content\r\n\r\n");
        let request =
            Scripts::new([script]).client().post("http://a/").body(RequestBody::from_reader(Slow(None)));
        request.send().await.unwrap();
        assert!(clock.now() - start >= 100 * SECOND);
    });
}

/// hyper#2746.
#[test]
fn the_longest_duration_of_all_is_for_ever_and_no_panic() {
    run_by_clock(async |_| {
        let forever = Some(Duration::MAX);
        let timeouts = only(|t| {
            (t.connect, t.write, t.head, t.read, t.total, t.expect_continue) =
                (forever, forever, forever, forever, forever, forever);
        });
        let scripts =
            Scripts::new([answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").halting()]).halting();
        let response = scripts.client().get("http://a/").timeouts(timeouts).send().await.unwrap();
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
    });
}

#[test]
fn an_exchange_that_never_waits_sets_no_timer() {
    // There is no reactor: a timer would panic.
    let scripts = Scripts::new([Script::new().read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]);
    let response = wakecheck::task::run(scripts.client().get("http://a/").send()).unwrap();
    assert_eq!(wakecheck::task::run(response.into_body().text()).unwrap(), "ok");
}

#[test]
fn a_timeout_of_zero_gives_up_at_the_first_wait() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let error = Scripts::unreachable()
            .client()
            .get("http://a/")
            .timeout(Duration::ZERO)
            .send()
            .await
            .unwrap_err();
        assert_eq!(passed(&error), (Timeout::Total, Duration::ZERO));
        assert_eq!(clock.now(), start);
    });
}

#[test]
fn a_connection_that_is_used_again_is_watched_over_like_a_new_one() {
    run_by_clock(async |clock| {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let scripts = Scripts::new([answer(ok)]);
        let client = scripts.client();
        let request = || {
            client
                .get("http://a/")
                .timeouts(only(|t| (t.head, t.total) = (Some(3 * SECOND), Some(5 * SECOND))))
        };
        request().send().await.unwrap().into_body().bytes().await.unwrap();
        // What was left of the first total timeout would not be enough for the head's.
        reactor::sleep(4 * SECOND).await;
        let start = clock.now();
        let error = request().send().await.unwrap_err();
        assert_eq!((passed(&error), error.phase()), ((Timeout::Head, 3 * SECOND), Phase::Head));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert_eq!(scripts.connections(), 1);
    });
}

#[test]
fn the_total_timeout_of_a_request_over_a_used_connection_is_its_own() {
    run_by_clock(async |clock| {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let scripts = Scripts::new([answer(ok)]);
        let client = scripts.builder().timeouts(Timeouts::none()).build();
        client.get("http://a/").timeout(SECOND).send().await.unwrap().into_body().bytes().await.unwrap();
        reactor::sleep(10 * SECOND).await;
        let start = clock.now();
        let error = client.get("http://a/").timeout(2 * SECOND).send().await.unwrap_err();
        assert_eq!(passed(&error), (Timeout::Total, 2 * SECOND));
        assert_eq!(clock.now() - start, 2 * SECOND);
    });
}

/// The second response is there as soon as it is asked for, and then its reader takes a long time.
#[test]
fn the_time_before_a_body_is_asked_for_does_not_count_on_a_used_connection_either() {
    run_by_clock(async |clock| {
        let script = Script::new()
            .read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .read(ReadStep::AfterWritten(100))
            .read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            .read(ReadStep::Blocked);
        let scripts = Scripts::new([script]);
        let client = scripts.builder().timeouts(only(|t| t.read = Some(3 * SECOND))).build();
        client.get("http://a/").send().await.unwrap().into_body().bytes().await.unwrap();
        let mut body = client.get("http://a/").send().await.unwrap().into_body();
        reactor::sleep(60 * SECOND).await;
        let start = clock.now();
        assert_eq!(passed(&body.chunk().await.unwrap_err()), (Timeout::Read, 3 * SECOND));
        assert_eq!(clock.now() - start, 3 * SECOND);
        assert_eq!(scripts.connections(), 1);
    });
}

/// A source that ends after a hundred seconds.
struct Slow(Option<reactor::Sleep>);

impl futures_io::AsyncRead for Slow {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        _: &mut [u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        let sleep = self.0.get_or_insert_with(|| reactor::sleep(100 * SECOND));
        std::pin::Pin::new(sleep).poll(cx).map(|()| Ok(0))
    }
}

/// A server that answers at once, and goes on when it has everything.
#[test]
fn a_source_that_takes_its_time_is_not_the_servers_fault_in_the_body_either() {
    run_by_clock(async |clock| {
        let start = clock.now();
        // The head has 108 bytes, and what ends the body has 5.
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            .read(ReadStep::AfterWritten(110))
            .read("ok");
        let scripts = Scripts::new([script]);
        let request = scripts.client().post("http://a/").body(RequestBody::from_reader(Slow(None)));
        let response = request.send().await.unwrap();
        assert_eq!(clock.now(), start);
        assert_eq!(response.into_body().text().await.unwrap(), "ok");
        assert!(clock.now() - start >= 100 * SECOND);
    });
}

/// Neither a byte nor a whole informational response is the head.
#[test]
fn a_head_that_comes_drop_by_drop_is_given_up_all_the_same() {
    for head in ["HTTP/1.1 200 OK", "HTTP/1.1 103 A\r\n\r\n"] {
        run_by_clock(async move |clock| {
            let start = clock.now();
            let scripts = Scripts::new([Script::new().read(ReadStep::Blocked)]);
            let dripping = scripts.clone();
            drop(executor::spawn(async move {
                let pieces: Vec<&str> =
                    if head.ends_with('\n') { vec![head; 9] } else { head.split_inclusive("").collect() };
                for piece in pieces {
                    reactor::sleep(SECOND).await;
                    let peer = dripping.peer(0);
                    peer.read(piece);
                    peer.read(ReadStep::Blocked);
                    peer.release_reads();
                }
            }));
            let request =
                scripts.client().get("http://a/").timeouts(only(|t| t.head = Some(3 * SECOND + SECOND / 2)));
            let error = request.send().await.unwrap_err();
            assert_eq!(passed(&error), (Timeout::Head, 3 * SECOND + SECOND / 2));
            assert_eq!(clock.now() - start, 3 * SECOND + SECOND / 2);
            assert!(error.bytes_received() >= 2, "{error:?}");
        });
    }
}

#[test]
fn a_server_that_takes_a_request_bit_by_bit_is_not_given_up() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let bits = (0..10).flat_map(|_| [WriteStep::Most(5), WriteStep::Blocked]);
        let script = answer("HTTP/1.1 204 No Content\r\n\r\n").writes(bits);
        let scripts = Scripts::new([script]);
        let taking = scripts.clone();
        drop(executor::spawn(async move {
            for _ in 0..10 {
                reactor::sleep(2 * SECOND).await;
                taking.peer(0).release_writes();
            }
        }));
        let request =
            scripts.client().post("http://a/").body("hello").timeouts(only(|t| t.write = Some(3 * SECOND)));
        assert_eq!(request.send().await.unwrap().status(), 204);
        assert!(clock.now() - start >= 10 * SECOND, "it took {:?}", clock.now() - start);
    });
}

/// curl 1129: what was waited for before has nothing to do with it.
#[test]
fn a_server_that_wants_a_body_and_does_not_take_it_is_given_up() {
    run_by_clock(async |clock| {
        let start = clock.now();
        let script = Script::new()
            .read(ReadStep::Blocked)
            .read("HTTP/1.1 100 Continue\r\n\r\n")
            .read(ReadStep::Blocked)
            .writes([WriteStep::Most(1000), WriteStep::Blocked]);
        let scripts = Scripts::new([script]);
        let asking = scripts.clone();
        drop(executor::spawn(async move {
            reactor::sleep(SECOND / 2).await;
            asking.peer(0).release_reads();
        }));
        let request = scripts.client().post("http://a/").body("hello").expect_continue();
        let error = request.timeouts(only(|t| t.write = Some(3 * SECOND))).send().await.unwrap_err();
        assert_eq!((passed(&error), error.phase()), ((Timeout::Write, 3 * SECOND), Phase::Send));
        assert_eq!(clock.now() - start, 3 * SECOND + SECOND / 2);
    });
}

/// One timer serves all timeouts, and it had been set for the later one.
#[test]
fn a_short_timeout_after_a_long_one_is_not_missed() {
    run_by_clock(async |clock| {
        let script = Script::new()
            .read(ReadStep::Blocked)
            .read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            .read(ReadStep::Blocked);
        let scripts = Scripts::new([script]);
        let answering = scripts.clone();
        drop(executor::spawn(async move {
            reactor::sleep(SECOND).await;
            answering.peer(0).release_reads();
        }));
        let client = scripts.client();
        let timeouts = only(|t| (t.head, t.read) = (Some(100 * SECOND), Some(2 * SECOND)));
        let mut body = client.get("http://a/").timeouts(timeouts).send().await.unwrap().into_body();
        let start = clock.now();
        assert_eq!(passed(&body.chunk().await.unwrap_err()), (Timeout::Read, 2 * SECOND));
        assert_eq!(clock.now() - start, 2 * SECOND);
    });
}

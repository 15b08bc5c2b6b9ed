//! Connections that are used again, and those that are not.

mod support;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http_lite::{Client, ErrorKind, Limits, RequestBody};
use support::script::Scripts;
use support::server::{Connection, Server};
use support::{run, run_by_clock};
use wakecheck::io::{ReadStep, Script, WriteStep};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers with these, one after the other, and then says nothing.
fn answers(responses: &[&str]) -> Script {
    let mut script = Script::new();
    for (number, response) in responses.iter().enumerate() {
        // A request for `/` has 79 bytes, and an answer does not come before it.
        script = script.read(ReadStep::AfterWritten(number * 79 + 40)).read(*response);
    }
    script.read(ReadStep::Blocked)
}

async fn text(client: &Client) -> Result<String, http_lite::Error> {
    client.get("http://a/").send().await?.into_body().text().await
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK, OK])]);
        let client = scripts.client();
        for _ in 0..3 {
            assert_eq!(text(&client).await.unwrap(), "ok");
        }
        assert_eq!(scripts.connections(), 1);
        assert_eq!(scripts.written(0).matches("GET / HTTP/1.1").count(), 3);
    });
}

#[test]
fn a_clone_of_a_client_shares_its_connections_and_another_client_does_not() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK]), answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        text(&client.clone()).await.unwrap();
        assert_eq!(scripts.connections(), 1);
        text(&scripts.client()).await.unwrap();
        assert_eq!(scripts.connections(), 2);
    });
}

/// Scheme, host and port (CVE-2022-27782).
#[test]
fn another_host_or_port_is_another_connection() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK]), answers(&[OK]), answers(&[OK])]);
        let client = scripts.client();
        for url in ["http://a/", "http://b/", "http://a:81/", "HTTP://A:80/x?y"] {
            client.get(url).send().await.unwrap().into_body().bytes().await.unwrap();
        }
        assert_eq!(scripts.connections(), 3);
        assert!(scripts.written(0).contains("GET /x?y HTTP/1.1"), "the default port is the same");
    });
}

#[test]
fn what_says_that_it_closes_is_closed() {
    for response in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ] {
        run_by_clock(async move |_| {
            let scripts = Scripts::new([answers(&[response]), answers(&[OK])]);
            let client = scripts.client();
            assert_eq!(text(&client).await.unwrap(), "ok");
            assert!(scripts.peer(0).is_dropped(), "{response}");
            text(&client).await.unwrap();
            assert_eq!(scripts.connections(), 2);
        });
    }
}

#[test]
fn a_request_that_says_that_it_closes_is_the_last_one() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK])]);
        let client = scripts.client();
        let request = client.get("http://a/").header("Connection", "close");
        request.send().await.unwrap().into_body().bytes().await.unwrap();
        assert!(scripts.peer(0).is_dropped());
    });
}

/// CVE-2026-6733 (undici), aio-libs/aiohttp#13656: what arrives on an idle connection is nobody's answer.
#[test]
fn whatever_arrives_on_an_idle_connection_ends_it() {
    let evil: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"\n",
        b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
    ];
    let steps = evil.into_iter().map(ReadStep::from);
    for step in steps.chain([ReadStep::End, ReadStep::Reset]) {
        run_by_clock(async move |_| {
            let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
            let client = scripts.client();
            text(&client).await.unwrap();
            assert!(!scripts.peer(0).is_dropped());
            let reads = scripts.peer(0).reads();
            scripts.peer(0).read(step.clone());
            scripts.peer(0).release_reads();
            // Nothing was polled in between.
            assert_eq!(text(&client).await.unwrap(), "ok", "{step:?}");
            assert!(scripts.peer(0).is_dropped());
            assert_eq!(scripts.peer(0).reads(), reads, "it is not even read");
            assert_eq!(scripts.connections(), 2);
        });
    }
}

/// The same over sockets, where a reactor knows only what it found out in its last turn: between the two requests it is
/// not turned.
#[test]
fn a_response_that_comes_too_early_is_not_the_next_answer() {
    let (say, told) = mpsc::channel::<()>();
    let (said, heard) = mpsc::channel::<()>();
    let server = Server::start(move |listener| {
        let mut first = listener.accept();
        first.head().unwrap();
        first.send(OK);
        told.recv().unwrap();
        first.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL");
        said.send(()).unwrap();
        let mut second = listener.accept();
        second.head().unwrap();
        second.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        first.rest()
    });
    let url = server.url();
    run(async move || {
        let client = Client::new();
        let text = async || client.get(&url).send().await?.into_body().text().await;
        assert_eq!(text().await.unwrap(), "ok");
        say.send(()).unwrap();
        // It blocks, as a thread does that computes.
        heard.recv().unwrap();
        assert_eq!(text().await.unwrap(), "good");
    });
    assert_eq!(server.join(), b"", "no second request on the first connection");
}

#[test]
fn one_connection_of_a_real_server_serves_many_requests_and_two_serve_two_at_once() {
    let server = Server::start(|listener| {
        let serve = |mut connection: Connection| {
            thread::spawn(move || {
                let mut count = 0;
                while connection.head().is_some() {
                    connection.send(OK);
                    count += 1;
                }
                count
            })
        };
        let connections = [serve(listener.accept()), serve(listener.accept())];
        connections.map(|connection| connection.join().unwrap())
    });
    let url = server.url();
    run(async move || {
        let client = Client::new();
        let text = async || client.get(&url).send().await.unwrap().into_body().text().await.unwrap();
        for _ in 0..10 {
            assert_eq!(text().await, "ok");
        }
        executor::join!(text(), text());
        assert_eq!(text().await, "ok");
    });
    let counts: [usize; 2] = server.join();
    assert_eq!(counts.iter().sum::<usize>(), 13);
    assert!(counts[0] >= 11 && counts[1] >= 1, "{counts:?}");
}

/// hyper#1382, hyper-util#133.
#[test]
fn a_connection_that_turns_out_to_be_dead_is_replaced_once() {
    let deaths = [ReadStep::End, ReadStep::Reset];
    for death in deaths {
        run_by_clock(async move |_| {
            let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
            let client = scripts.client();
            text(&client).await.unwrap();
            let peer = scripts.peer(0);
            peer.read(ReadStep::AfterWritten(120));
            peer.read(death);
            peer.release_reads();
            assert_eq!(text(&client).await.unwrap(), "ok");
            assert_eq!(scripts.connections(), 2);
            assert_eq!(scripts.written(1).matches("GET ").count(), 1);
        });
    }
}

/// hyper-util 0.1.9: a loop of repetitions.
#[test]
fn a_request_is_never_sent_three_times() {
    run_by_clock(async |_| {
        let dead = || Script::new().read(ReadStep::AfterWritten(40)).read(ReadStep::End);
        let scripts = Scripts::new([answers(&[OK]), dead(), dead(), dead()]);
        let client = scripts.client();
        text(&client).await.unwrap();
        let peer = scripts.peer(0);
        peer.read(ReadStep::AfterWritten(120));
        peer.read(ReadStep::End);
        peer.release_reads();
        let error = text(&client).await.unwrap_err();
        assert!(error.is_protocol() && error.may_have_been_processed(), "{error:?}");
        assert_eq!(scripts.connections(), 2);
    });
}

/// hyper-util 0.1.9: where one idle connection has died, the others have, too.
#[test]
fn a_request_is_repeated_on_a_new_connection_and_not_on_another_idle_one() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK]), answers(&[OK])]);
        let client = scripts.client();
        let one = client.get("http://a/").send().await.unwrap();
        let other = client.get("http://a/").send().await.unwrap();
        one.into_body().bytes().await.unwrap();
        other.into_body().bytes().await.unwrap();
        for peer in [0, 1].map(|number| scripts.peer(number)) {
            peer.read(ReadStep::AfterWritten(120));
            peer.read(ReadStep::End);
            peer.release_reads();
        }
        assert_eq!(text(&client).await.unwrap(), "ok");
        let requests = [0, 1, 2].map(|number| scripts.written(number).matches("GET").count());
        assert_eq!(requests, [1, 2, 1]);
    });
}

#[test]
fn a_new_connection_that_dies_is_an_error_at_once() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([Script::new(), answers(&[OK])]);
        text(&scripts.client()).await.unwrap_err();
        assert_eq!(scripts.connections(), 1);
    });
}

/// A client with one idle connection, which is dead but does not look it.
async fn client_with_a_dead_connection(scripts: &Scripts) -> Client {
    let client = scripts.client();
    text(&client).await.unwrap();
    let peer = scripts.peer(0);
    peer.read(ReadStep::AfterWritten(120));
    peer.read(ReadStep::End);
    peer.release_reads();
    client
}

#[test]
fn a_post_is_not_repeated_once_the_server_may_have_it() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = client_with_a_dead_connection(&scripts).await;
        let error = client.post("http://a/").body("pay").send().await.unwrap_err();
        assert!(error.may_have_been_processed(), "{error:?}");
        assert_eq!(scripts.connections(), 1);
    });
}

#[test]
fn a_put_in_memory_is_repeated_with_its_body() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = client_with_a_dead_connection(&scripts).await;
        client.put("http://a/").body("note").send().await.unwrap();
        assert!(scripts.written(1).ends_with("\r\n\r\nnote"), "{}", scripts.written(1));
    });
}

#[test]
fn a_put_whose_body_was_read_from_somewhere_is_not_repeated() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = client_with_a_dead_connection(&scripts).await;
        let body = RequestBody::from_reader(
            &b"only once, and long enough to be noticed as the second request of all"[..],
        );
        client.put("http://a/").body(body).send().await.unwrap_err();
        assert_eq!(scripts.connections(), 1);
    });
}

#[test]
fn a_post_whose_body_the_server_has_not_asked_for_is_repeated() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = client_with_a_dead_connection(&scripts).await;
        let body = RequestBody::from_reader(&b"only once"[..]).with_length(9);
        client.post("http://a/").body(body).expect_continue().send().await.unwrap();
        assert_eq!(scripts.connections(), 2);
    });
}

#[test]
fn a_post_of_which_no_byte_could_be_written_is_repeated() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        scripts.fail_next_write();
        // Nothing can be read until then: the probe finds nothing.
        let peer = scripts.peer(0);
        let dying = executor::spawn(async move {
            peer.read(ReadStep::Reset);
            peer.release_reads();
        });
        client.post("http://a/").body("pay").send().await.unwrap();
        dying.await.unwrap();
        assert_eq!(scripts.written(0).matches("POST").count(), 0);
        assert_eq!(scripts.written(1).matches("POST").count(), 1);
    });
}

/// A server may act on the half that it has got.
#[test]
fn a_post_of_whose_body_something_was_sent_is_not_repeated() {
    run_by_clock(async |_| {
        let broken = WriteStep::Fail(std::io::ErrorKind::BrokenPipe);
        // The first request, and of the second the head and three bytes.
        let script = Script::new()
            .read(ReadStep::AfterWritten(40))
            .read(OK)
            .read(ReadStep::AfterWritten(181))
            .read(ReadStep::End)
            .writes([WriteStep::Most(79), WriteStep::Most(102), broken]);
        let scripts = Scripts::new([script, answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        let error = client.post("http://a/").body("pay all").send().await.unwrap_err();
        assert!(scripts.written(0).ends_with("\r\n\r\npay"), "{}", scripts.written(0));
        assert!(error.may_have_been_processed(), "{error:?}");
        assert_eq!(scripts.connections(), 1);
    });
}

/// hyper#3499.
#[test]
fn without_idle_connections_every_request_has_its_own() {
    let mut none_at_all = Limits::default();
    none_at_all.idle_connections = 0;
    let mut none_per_origin = Limits::default();
    none_per_origin.idle_per_origin = 0;
    for limits in [none_at_all, none_per_origin] {
        run_by_clock(async move |_| {
            let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
            let client = scripts.builder().limits(limits).build();
            text(&client).await.unwrap();
            assert!(scripts.peer(0).is_dropped());
            text(&client).await.unwrap();
            assert_eq!(scripts.connections(), 2);
        });
    }
}

#[test]
fn more_connections_than_may_be_idle_are_closed_the_oldest_first() {
    let mut in_total = Limits::default();
    in_total.idle_connections = 2;
    run_by_clock(async move |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK]), answers(&[OK])]);
        let client = scripts.builder().limits(in_total).build();
        for url in ["http://a/", "http://b/", "http://c/"] {
            reactor::sleep(Duration::from_millis(1)).await;
            client.get(url).send().await.unwrap().into_body().bytes().await.unwrap();
        }
        let dropped = [0, 1, 2].map(|number| scripts.peer(number).is_dropped());
        assert_eq!(dropped, [true, false, false]);
    });
}

#[test]
fn more_connections_to_one_origin_than_may_be_idle_are_closed_the_oldest_first() {
    let mut per_origin = Limits::default();
    per_origin.idle_per_origin = 1;
    run_by_clock(async move |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = scripts.builder().limits(per_origin).build();
        let one = client.get("http://a/").send().await.unwrap();
        let other = client.get("http://a/").send().await.unwrap();
        one.into_body().bytes().await.unwrap();
        other.into_body().bytes().await.unwrap();
        assert_eq!([0, 1].map(|number| scripts.peer(number).is_dropped()), [true, false]);
    });
}

/// ureq#1172.
#[test]
fn a_connection_that_was_idle_for_too_long_is_not_used() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK]), answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        reactor::sleep(Limits::default().idle_age - Duration::from_nanos(1)).await;
        text(&client).await.unwrap();
        assert_eq!(scripts.connections(), 1);
        reactor::sleep(Limits::default().idle_age).await;
        text(&client).await.unwrap();
        assert_eq!(scripts.connections(), 2);
    });
}

#[test]
fn a_connection_of_another_origin_that_is_idle_for_too_long_is_closed_in_passing() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        reactor::sleep(Limits::default().idle_age).await;
        client.get("http://b/").send().await.unwrap().into_body().bytes().await.unwrap();
        assert!(scripts.peer(0).is_dropped());
    });
}

#[test]
fn a_connection_that_has_served_for_too_long_is_closed() {
    run_by_clock(async |_| {
        let mut limits = Limits::default();
        limits.connection_age = Duration::from_secs(10);
        let scripts = Scripts::new([answers(&[OK, OK]), answers(&[OK])]);
        let client = scripts.builder().limits(limits).build();
        text(&client).await.unwrap();
        reactor::sleep(Duration::from_secs(9)).await;
        text(&client).await.unwrap();
        reactor::sleep(Duration::from_secs(1)).await;
        text(&client).await.unwrap();
        assert_eq!(scripts.connections(), 2);
    });
}

#[test]
fn an_idle_connection_wakes_nobody_and_sets_no_timer() {
    run_by_clock(async |clock| {
        let scripts = Scripts::new([answers(&[OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        let before = clock.now();
        reactor::sleep(Duration::from_secs(3600)).await;
        assert_eq!(clock.now() - before, Duration::from_secs(3600));
        assert!(!scripts.peer(0).is_dropped(), "nobody does that in the background");
        drop(client);
        assert!(scripts.peer(0).is_dropped());
    });
}

#[test]
fn limits_of_one_request_are_not_those_of_the_next() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK, OK])]);
        let client = scripts.client();
        text(&client).await.unwrap();
        let mut small = Limits::default();
        small.head_bytes = 10;
        let error = client.get("http://a/").limits(small).send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Protocol(_)), "{error}");
        assert!(scripts.peer(0).is_dropped());
    });
}

/// Otherwise every use of a connection would count, and those of others be closed for it.
#[test]
fn a_connection_in_use_is_not_counted_among_the_idle_ones() {
    let mut two = Limits::default();
    two.idle_connections = 2;
    run_by_clock(async move |_| {
        let scripts = Scripts::new([answers(&[OK; 5]), answers(&[OK])]);
        let client = scripts.builder().limits(two).build();
        for _ in 0..5 {
            text(&client).await.unwrap();
        }
        client.get("http://b/").send().await.unwrap().into_body().bytes().await.unwrap();
        assert_eq!([0, 1].map(|number| scripts.peer(number).is_dropped()), [false, false]);
    });
}

/// It has had the least time to go bad.
#[test]
fn the_connection_that_was_used_last_is_used_next() {
    run_by_clock(async |_| {
        let scripts = Scripts::new([answers(&[OK, OK]), answers(&[OK, OK])]);
        let client = scripts.client();
        let first = client.get("http://a/").send().await.unwrap();
        let second = client.get("http://a/").send().await.unwrap();
        first.into_body().bytes().await.unwrap();
        second.into_body().bytes().await.unwrap();
        text(&client).await.unwrap();
        let requests = [0, 1].map(|number| scripts.written(number).matches("GET").count());
        assert_eq!(requests, [1, 2]);
    });
}

#[test]
fn sixty_four_requests_at_once_have_a_connection_each_and_all_are_kept() {
    run_by_clock(async |_| {
        let count = Limits::default().idle_per_origin;
        let scripts = Scripts::new((0..2 * count).map(|_| answers(&[OK, OK]).halting())).halting();
        let client = scripts.client();
        for _ in 0..2 {
            let texts = executor::join_all((0..count).map(|_| text(&client))).await;
            assert!(texts.into_iter().all(|text| text.unwrap() == "ok"));
            assert_eq!(scripts.connections(), count);
        }
    });
}

/// What has been begun was not stale: the server is there, and it has had the request.
#[test]
fn a_request_of_whose_response_a_byte_has_come_is_not_repeated() {
    for death in [ReadStep::End, ReadStep::Reset] {
        run_by_clock(async move |_| {
            let scripts = Scripts::new([answers(&[OK]), answers(&[OK])]);
            let client = scripts.client();
            text(&client).await.unwrap();
            let peer = scripts.peer(0);
            peer.read(ReadStep::AfterWritten(120));
            peer.read("H");
            peer.read(death);
            peer.release_reads();
            let error = text(&client).await.unwrap_err();
            assert!(error.may_have_been_processed() && error.bytes_received() == 1, "{error:?}");
            assert_eq!(scripts.connections(), 1);
        });
    }
}

#[test]
fn a_task_whose_response_is_over_is_not_woken_by_its_timeouts() {
    run_by_clock(async |_| {
        let script = Script::new().read(ReadStep::Blocked).read(OK).read(ReadStep::Blocked);
        let scripts = Scripts::new([script]);
        let client = scripts.client();
        let mut request = wakecheck::task::spawn(text(&client));
        assert!(request.poll().is_pending());
        scripts.peer(0).release_reads();
        assert!(request.poll().is_ready());
        assert!(!scripts.peer(0).is_dropped());
        let wakes = request.probe().wakes();
        reactor::sleep(Duration::from_secs(3600)).await;
        assert_eq!(request.probe().wakes(), wakes);
    });
}

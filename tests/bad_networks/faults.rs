//! One connection through a network with faults.

use std::io::{self, ErrorKind};
use std::time::Duration;

use executor::join;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpListener, TcpStream, timeout};

use super::ANY_PORT;
use super::support::fault_proxy::FaultProxy;
use super::support::fault_script::{Script, Step, garbage};
use super::support::meter::metered;
use super::support::random::Xorshift;
use super::support::refusing::RefusingAddress;
use super::support::watchdog::block_on;

/// As long as a test waits for what cannot come.
const MOMENT: Duration = Duration::from_millis(20);

/// How an operation on a connection can fail. The last one is the answer to ending a direction of a connection
/// that was reset.
const ENDINGS: [ErrorKind; 4] =
    [ErrorKind::TimedOut, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::NotConnected];

/// Both ends of a connection that goes through a proxy.
struct Ends {
    client: TcpStream,
    server: TcpStream,
    proxy: FaultProxy,
}

async fn connect(script: Script) -> Ends {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let proxy = FaultProxy::new(listener.local_addr().unwrap(), script);
    let (client, server) = join!(TcpStream::connect(proxy.address()), listener.accept());
    Ends { client: client.unwrap(), server: server.unwrap().0, proxy }
}

/// Bytes of which no stretch is like another.
fn noise(length: usize) -> Vec<u8> {
    Xorshift(7).bytes(length)
}

/// Sends all and ends this direction.
async fn send(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.close().await
}

/// Sends all, and could send more.
async fn begin(mut stream: &TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
}

/// What arrives until nothing more does, and why.
async fn receive(mut stream: &TcpStream) -> (Vec<u8>, io::Result<()>) {
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).await.map(drop);
    (received, end)
}

async fn receive_exactly(mut stream: &TcpStream, length: usize) -> Vec<u8> {
    let mut received = vec![0; length];
    stream.read_exact(&mut received).await.unwrap();
    received
}

#[test]
fn a_slow_and_halting_network_loses_nothing_either_way() {
    for seed in 1..=8 {
        block_on(async move || {
            let Ends { client, server, proxy: _proxy } = connect(Script::slow(seed)).await;
            let (up, down) = (noise(300_000), noise(200_000));
            let (sent_up, sent_down, at_server, at_client) =
                join!(send(&client, &up), send(&server, &down), receive(&server), receive(&client));
            sent_up.and(sent_down).and(at_server.1).and(at_client.1).unwrap();
            assert!(at_server.0 == up && at_client.0 == down, "seed {seed}");
        });
    }
}

/// What came first arrives, whatever happens after it, and every ending is one of those there are.
#[test]
fn a_network_that_breaks_delivers_a_beginning_of_what_was_sent() {
    for seed in 1..=30 {
        block_on(async move || {
            let Ends { client, server, proxy: _proxy } = connect(Script::broken(seed)).await;
            let (up, down) = (noise(50_000), noise(40_000));
            let one_way = async |from: &TcpStream, to: &TcpStream, bytes: &[u8]| {
                let both = async { join!(send(from, bytes), receive_some(to)) };
                let (sent, (received, end)) = both.await;
                assert!(bytes.starts_with(&received), "seed {seed}");
                for error in [sent.err(), end.err()].into_iter().flatten() {
                    assert!(ENDINGS.contains(&error.kind()), "seed {seed}: {error}");
                }
            };
            join!(one_way(&client, &server, &up), one_way(&server, &client, &down));
        });
    }
}

/// As [`receive`], but gives up when nothing has come for a while.
async fn receive_some(mut stream: &TcpStream) -> (Vec<u8>, io::Result<()>) {
    let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match timeout(MOMENT * 5, stream.read(&mut buffer)).await {
            Ok(Ok(0)) => return (received, Ok(())),
            Ok(Ok(length)) => received.extend_from_slice(&buffer[..length]),
            Ok(Err(error)) => return (received, Err(error)),
            Err(elapsed) => return (received, Err(elapsed.into())),
        }
    }
}

#[test]
fn a_read_that_was_given_up_while_the_network_stalled_has_taken_nothing_along() {
    metered(async |meter| {
        let script = Script::to_client([Step::Forward(1000), Step::Stall]);
        let Ends { client, server, proxy } = connect(script).await;
        let sent = noise(5000);
        send(&server, &sent).await.unwrap();
        assert_eq!(receive_exactly(&client, 1000).await, sent[..1000]);

        let before = meter.effort();
        for _ in 0..3 {
            let mut stream = &client;
            assert!(timeout(MOMENT, stream.read(&mut [0; 64])).await.is_err());
        }
        let effort = meter.since(before);
        assert!(effort.polls <= 10 && effort.parks <= 20, "a wait is no work: {effort:?}");

        proxy.release();
        let (rest, end) = receive(&client).await;
        end.unwrap();
        assert_eq!(rest, sent[1000..]);
    });
}

#[test]
fn a_write_that_was_given_up_while_the_network_stalled_has_sent_nothing_twice() {
    metered(async |meter| {
        let Ends { client, server, proxy } = connect(Script::to_server([Step::Stall])).await;
        // More than the kernel has room for.
        let bytes = noise(32 << 20);
        let mut sent = 0;
        let mut stream = &client;
        let mut before = meter.effort();
        while let Ok(length) = timeout(MOMENT, stream.write(&bytes[sent..])).await {
            sent += length.unwrap();
            before = meter.effort();
        }
        let effort = meter.since(before);
        assert!(effort.polls <= 10 && effort.parks <= 20, "a wait is no work: {effort:?}");
        assert!(0 < sent && sent < bytes.len());

        proxy.release();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let (received, end) = receive(&server).await;
        end.unwrap();
        assert!(received == bytes[..sent], "{} bytes of {sent} arrived", received.len());
    });
}

#[test]
fn a_connection_that_is_cut_ends_in_order_after_what_had_come_through() {
    block_on(async || {
        let script = Script::to_client([Step::Forward(1000), Step::Cut]);
        let Ends { client, server, proxy: _proxy } = connect(script).await;
        let sent = noise(5000);
        begin(&server, &sent).await;
        for expected in [&sent[..1000], b""] {
            let (received, end) = receive(&client).await;
            end.unwrap();
            assert_eq!(received, expected);
        }
        let (received, end) = receive(&server).await;
        end.unwrap();
        assert_eq!(received, b"");
    });
}

#[test]
fn a_connection_that_is_reset_fails_after_what_had_come_through() {
    block_on(async || {
        let script = Script::to_client([Step::Forward(1000), Step::Reset]);
        let Ends { client, server, proxy: _proxy } = connect(script).await;
        let sent = noise(1000);
        begin(&server, &sent).await;
        let (at_client, at_server) = join!(receive(&client), receive(&server));
        assert_eq!(at_client.0, sent);
        for (_, end) in [at_client, at_server] {
            assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
        }
        // The system tells it once. Nothing waits after it all the same.
        receive(&client).await.1.unwrap();
        assert_eq!(send(&client, b"more").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_reset_ends_the_waits_of_a_reader_and_a_writer() {
    block_on(async || {
        let script =
            Script { to_server: vec![Step::Stall], to_client: vec![Step::Forward(1), Step::Reset], seed: 1 };
        let Ends { client, server, proxy: _proxy } = connect(script).await;
        let bytes = noise(32 << 20);
        let (written, (read, end), ()) = join!(send(&client, &bytes), receive(&client), async {
            // The writer has found no more room by then, or is about to.
            reactor::sleep(MOMENT).await;
            begin(&server, b"x").await;
        });
        assert_eq!(read, b"x");
        // Whoever asks first is told of the reset, the other one of what it has come to.
        let written = written.unwrap_err().kind();
        match end {
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
            Ok(()) => assert_eq!(written, ErrorKind::ConnectionReset),
        }
        assert!(matches!(written, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{written}");
    });
}

#[test]
fn the_end_of_one_direction_leaves_the_other_one_whole() {
    let finish = [Step::Forward(1000), Step::Finish];
    for script in [Script::to_client(finish), Script::to_server(finish)] {
        block_on(async move || {
            let ends_at_client = !script.to_client.is_empty();
            let Ends { client, server, proxy: _proxy } = connect(script).await;
            let (short, long) = if ends_at_client { (&client, &server) } else { (&server, &client) };
            let bytes = noise(100_000);
            begin(long, &bytes[..1000]).await;
            let (received, end) = receive(short).await;
            end.unwrap();
            assert_eq!(received, bytes[..1000]);

            let (sent, (received, end)) = join!(send(short, &bytes), receive(long));
            sent.and(end).unwrap();
            assert!(received == bytes);
        });
    }
}

/// A wake for each byte, if they come one by one, and a poll for each wake.
#[test]
fn one_byte_at_a_time_costs_one_poll_a_byte() {
    metered(async |meter| {
        let script = Script::to_client([Step::Trickle { bytes: 200, most: 1 }]);
        let Ends { client, server, proxy: _proxy } = connect(script).await;
        let sent = noise(200);
        send(&server, &sent).await.unwrap();
        let before = meter.effort();
        let (received, end) = receive(&client).await;
        end.unwrap();
        assert_eq!(received, sent);
        let effort = meter.since(before);
        assert!(effort.polls <= 210 && effort.parks <= 430, "{effort:?}");
    });
}

#[test]
fn what_a_network_makes_up_arrives_like_anything_else() {
    block_on(async || {
        let script = Script::to_client([Step::Forward(10), Step::Garbage(1000)]);
        let Ends { client, server, proxy: _proxy } = connect(script).await;
        send(&server, b"0123456789 and so on").await.unwrap();
        let (received, end) = receive(&client).await;
        end.unwrap();
        assert_eq!(received, [b"0123456789", &garbage(1, 1000)[..], b" and so on"].concat());
    });
}

#[test]
fn behind_a_network_that_leads_nowhere_is_a_reset() {
    block_on(async || {
        let refusing = RefusingAddress::new();
        let proxy = FaultProxy::new(refusing.address(), Script::default());
        // The reset may come before the attempt is seen to have succeeded.
        let end = match TcpStream::connect(proxy.address()).await {
            Ok(client) => receive(&client).await.1,
            Err(error) => Err(error),
        };
        assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
}

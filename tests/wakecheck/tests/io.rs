//! A scripted stream does what its script says, and keeps the contract of poll and wake meanwhile.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Debug;
use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use futures_io::{AsyncRead, AsyncWrite};
use wakecheck::io::{ReadStep, Script, ScriptedStream, WriteStep, byte_by_byte, cuts, pairs_of_cuts};
use wakecheck::{
    WakerProbe, assert_not_woken, assert_pending, assert_ready, assert_woken, task, waker_contract,
};

/// The message with which `code` panics.
fn panic_of<T>(code: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(code)) else { panic!("it did not panic") };
    *panic.downcast::<String>().unwrap_or_else(|panic| {
        Box::new((*panic.downcast_ref::<&str>().expect("panics carry text")).to_owned())
    })
}

/// What one read gets, with room for so many bytes.
async fn read(stream: &mut ScriptedStream, room: usize) -> io::Result<Vec<u8>> {
    let mut space = vec![0; room];
    let length = poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut space)).await?;
    space.truncate(length);
    Ok(space)
}

async fn write(stream: &mut ScriptedStream, bytes: &[u8]) -> io::Result<usize> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, bytes)).await
}

async fn write_all(stream: &mut ScriptedStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let length = write(stream, bytes).await?;
        bytes = &bytes[length..];
    }
    Ok(())
}

async fn flush(stream: &mut ScriptedStream) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await
}

async fn close(stream: &mut ScriptedStream) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_close(cx)).await
}

/// All reads until the end, each on its own.
async fn pieces(stream: &mut ScriptedStream, room: usize) -> io::Result<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    loop {
        let piece = read(stream, room).await?;
        if piece.is_empty() {
            return Ok(pieces);
        }
        pieces.push(piece);
    }
}

fn kind<T: Debug>(result: io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn a_read_gets_bytes_of_one_step_and_no_more_than_it_has_room_for() {
    let (mut stream, peer) = Script::new().reads(["abcde", "", "f"]).open();
    let pieces = peer.run(pieces(&mut stream, 2)).unwrap();
    assert_eq!(pieces, [b"ab", b"cd", &b"e"[..], b"f"]);
    assert!(peer.is_played());
    assert_eq!(peer.reads(), 5, "four with bytes and one at the end");
}

#[test]
fn a_read_without_room_takes_nothing() {
    let (mut stream, peer) = Script::new().read("a").open();
    assert_eq!(peer.run(read(&mut stream, 0)).unwrap(), b"");
    assert_eq!(peer.run(read(&mut stream, 1)).unwrap(), b"a");
}

#[test]
fn an_end_is_the_end_and_leaves_the_writes_alone() {
    let (mut stream, peer) = Script::new().read(ReadStep::End).read("never").open();
    assert!(!peer.is_played());
    for _ in 0..3 {
        assert_eq!(peer.run(read(&mut stream, 9)).unwrap(), b"");
    }
    assert!(peer.is_played());
    peer.run(write_all(&mut stream, b"still")).unwrap();
    assert_eq!(peer.written(), b"still");
}

#[test]
fn a_write_takes_what_its_step_says_and_then_what_the_script_says() {
    let (mut stream, peer) = Script::new()
        .writes([WriteStep::Most(1), WriteStep::Most(0), WriteStep::Most(9)])
        .write_most(2)
        .open();
    let taken: Vec<usize> = (0..5).map(|_| peer.run(write(&mut stream, b"abcd")).unwrap()).collect();
    assert_eq!(taken, [1, 0, 4, 2, 2]);
    assert_eq!(peer.written(), b"aabcdabab");
}

#[test]
fn a_vectored_write_may_end_within_any_slice() {
    for most in 0..=6 {
        let (mut stream, peer) = Script::new().write(WriteStep::Most(most)).open();
        let slices = [b"ab", &b""[..], b"cd", b"e"].map(IoSlice::new);
        let length = peer.run(poll_fn(|cx| Pin::new(&mut stream).poll_write_vectored(cx, &slices))).unwrap();
        assert_eq!(length, most.min(5));
        assert_eq!(peer.written(), b"abcde"[..length]);
    }
}

#[test]
fn a_pending_step_is_one_call_and_one_wake() {
    let (mut stream, peer) = Script::new()
        .read(ReadStep::Pending)
        .read("a")
        .writes([WriteStep::Pending, WriteStep::Pending])
        .open();
    let mut reading = task::spawn(read(&mut stream, 1));
    assert_pending!(reading.poll());
    assert_eq!(reading.probe().wakes(), 1);
    assert_eq!(assert_ready!(reading.poll()).unwrap(), b"a");
    drop(reading);

    let mut flushing = task::spawn(flush(&mut stream));
    assert_pending!(flushing.poll());
    assert_pending!(flushing.poll());
    assert_eq!(flushing.probe().wakes(), 2);
    assert_ready!(flushing.poll()).unwrap();
    assert_eq!((peer.reads(), peer.writes()), (2, 3));
}

#[test]
fn an_error_is_told_once_and_the_script_goes_on() {
    let (mut stream, peer) = Script::new()
        .read(ReadStep::Fail(ErrorKind::Interrupted))
        .read("a")
        .writes([WriteStep::Fail(ErrorKind::TimedOut), WriteStep::Most(1), WriteStep::Fail(ErrorKind::Other)])
        .open();
    assert_eq!(kind(peer.run(read(&mut stream, 1))), ErrorKind::Interrupted);
    assert_eq!(peer.run(read(&mut stream, 1)).unwrap(), b"a");
    assert_eq!(kind(peer.run(write(&mut stream, b"xy"))), ErrorKind::TimedOut);
    assert_eq!(peer.run(write(&mut stream, b"xy")).unwrap(), 1);
    assert_eq!(kind(peer.run(close(&mut stream))), ErrorKind::Other);
    assert!(!peer.is_closed());
    peer.run(close(&mut stream)).unwrap();
    assert!(peer.is_closed());
}

/// As the system has it: one of those who wait is told, and the others find what it has come to.
#[test]
fn a_reset_breaks_both_directions_and_is_told_once() {
    let told_by_a_read = Script::new().read(ReadStep::Reset).read("never").write(WriteStep::Blocked);
    let (mut stream, peer) = told_by_a_read.open();
    assert_eq!(kind(peer.run(read(&mut stream, 1))), ErrorKind::ConnectionReset);
    assert_eq!(peer.run(read(&mut stream, 1)).unwrap(), b"");
    assert_eq!(kind(peer.run(write(&mut stream, b"x"))), ErrorKind::BrokenPipe);
    assert_eq!(kind(peer.run(flush(&mut stream))), ErrorKind::BrokenPipe);
    assert_eq!(kind(peer.run(close(&mut stream))), ErrorKind::NotConnected);

    let (mut stream, peer) = Script::new().read("never").write(WriteStep::Reset).open();
    assert_eq!(kind(peer.run(write(&mut stream, b"x"))), ErrorKind::ConnectionReset);
    assert_eq!(peer.run(read(&mut stream, 1)).unwrap(), b"");
    assert_eq!(peer.written(), b"");
}

#[test]
fn a_reset_wakes_who_waits_in_the_other_direction() {
    let (stream, peer) = Script::new().read(ReadStep::Blocked).write(WriteStep::Reset).open();
    let stream = RefCell::new(stream);
    let mut reading =
        task::spawn(poll_fn(|cx| Pin::new(&mut *stream.borrow_mut()).poll_read(cx, &mut [0; 1])));
    assert_pending!(reading.poll());
    assert_eq!(kind(peer.run(write(&mut stream.borrow_mut(), b"x"))), ErrorKind::ConnectionReset);
    assert_woken!(reading);
    assert_eq!(assert_ready!(reading.poll()).unwrap(), 0);
}

#[test]
fn an_answer_comes_after_the_question() {
    let (stream, peer) = Script::new().read(ReadStep::AfterWritten(3)).read("answer").write_most(2).open();
    let stream = RefCell::new(stream);
    let mut reading = task::spawn(poll_fn(|cx| {
        let mut space = [0; 9];
        let read = Pin::new(&mut *stream.borrow_mut()).poll_read(cx, &mut space);
        read.map_ok(|length| space[..length].to_vec())
    }));
    assert_pending!(reading.poll());
    assert!(stream.borrow().would_block());
    peer.run(write(&mut stream.borrow_mut(), b"ab")).unwrap();
    assert_not_woken!(reading);
    peer.run(write(&mut stream.borrow_mut(), b"c")).unwrap();
    assert_woken!(reading);
    assert!(!stream.borrow().would_block());
    assert_eq!(assert_ready!(reading.poll()).unwrap(), b"answer");
}

#[test]
fn the_test_says_what_comes_and_when() {
    let (mut stream, peer) = Script::new().read(ReadStep::Blocked).open();
    let mut reading = task::spawn(pieces(&mut stream, 9));
    assert_pending!(reading.poll());
    peer.read("a");
    assert_not_woken!(reading);
    peer.read(ReadStep::Blocked);
    peer.release_reads();
    assert_woken!(reading);
    assert_pending!(reading.poll());
    peer.read("b");
    peer.release_reads();
    assert_eq!(assert_ready!(reading.poll()).unwrap(), [b"a", b"b"]);
}

#[test]
fn a_release_may_come_before_the_call_that_it_is_meant_for() {
    let (mut stream, peer) =
        Script::new().read("a").read(ReadStep::Blocked).read("b").write(WriteStep::Blocked).open();
    peer.release_reads();
    peer.release_writes();
    assert_eq!(peer.run(pieces(&mut stream, 9)).unwrap(), [b"a", b"b"]);
    peer.run(close(&mut stream)).unwrap();
    assert!(panic_of(|| peer.release_reads()).starts_with("no step blocks reads"));
    assert!(panic_of(|| peer.release_writes()).starts_with("no step blocks writes"));
}

#[test]
fn a_halting_script_has_every_call_come_back_once() {
    let (mut stream, peer) = Script::new().reads(byte_by_byte(b"abc")).write_most(2).halting().open();
    assert_eq!(peer.run(pieces(&mut stream, 9)).unwrap(), [b"a", b"b", b"c"]);
    assert_eq!(peer.reads(), 8, "each of three bytes, and the end, in two calls");
    peer.run(write_all(&mut stream, b"xyz")).unwrap();
    peer.run(flush(&mut stream)).unwrap();
    peer.run(close(&mut stream)).unwrap();
    assert_eq!(peer.writes(), 8);
    assert_eq!(peer.written(), b"xyz");
}

#[test]
fn flush_close_and_drop_are_seen() {
    let (mut stream, peer) = Script::new().open();
    peer.run(write_all(&mut stream, b"abc")).unwrap();
    assert_eq!((peer.unflushed(), peer.flushes()), (3, 0));
    peer.run(flush(&mut stream)).unwrap();
    assert_eq!((peer.unflushed(), peer.flushes()), (0, 1));
    peer.run(write_all(&mut stream, b"d")).unwrap();
    assert_eq!((peer.unflushed(), peer.is_closed()), (1, false));
    peer.run(close(&mut stream)).unwrap();
    peer.run(close(&mut stream)).unwrap();
    assert_eq!((peer.unflushed(), peer.is_closed()), (0, true));
    assert_eq!(kind(peer.run(write(&mut stream, b"e"))), ErrorKind::BrokenPipe);
    assert!(!peer.is_dropped());
    drop(stream);
    assert!(peer.is_dropped());
    assert_eq!(peer.written(), b"abcd");
}

#[test]
fn a_look_at_what_has_come_takes_nothing() {
    let blocks = |step: ReadStep| Script::new().read(step).open().0.would_block();
    for step in [ReadStep::Pending, ReadStep::Blocked, ReadStep::AfterWritten(1)] {
        assert!(blocks(step));
    }
    for step in [ReadStep::End, ReadStep::Reset, ReadStep::Fail(ErrorKind::Other), "a".into()] {
        assert!(!blocks(step));
    }
    let (mut stream, peer) =
        Script::new().reads([ReadStep::AfterWritten(0), "a".into(), ReadStep::Blocked]).open();
    assert!(!stream.would_block());
    assert_eq!((peer.reads(), peer.run(read(&mut stream, 1)).unwrap()), (0, b"a".to_vec()));
    assert!(stream.would_block());
}

// tokio#8329: the mock of tokio-test is pending without a waker.
#[test]
fn every_wait_keeps_the_contract() {
    let reads = || {
        let (mut stream, peer) = Script::new().reads([ReadStep::Blocked, "a".into()]).open();
        (async move { read(&mut stream, 1).await.unwrap() }, move || peer.release_reads())
    };
    assert_eq!(waker_contract(reads).check(), Ok(()));
    let writes = || {
        let (mut stream, peer) = Script::new().write(WriteStep::Blocked).open();
        (async move { write(&mut stream, b"a").await.unwrap() }, move || peer.release_writes())
    };
    assert_eq!(waker_contract(writes).check(), Ok(()));
    let pending = || {
        let (mut stream, peer) = Script::new().read(ReadStep::Pending).open();
        (async move { read(&mut stream, 1).await.unwrap() }, move || drop(peer))
    };
    assert_eq!(waker_contract(pending).check(), Ok(()));
}

#[test]
fn a_stream_that_is_dropped_or_ready_keeps_no_waker() {
    let (mut stream, peer) = Script::new().reads([ReadStep::Blocked, "a".into(), ReadStep::Blocked]).open();
    let mut reading = task::spawn(read(&mut stream, 1));
    assert_pending!(reading.poll());
    assert_eq!(reading.probe().live(), 2);
    peer.release_reads();
    assert_ready!(reading.poll()).unwrap();
    assert_eq!(reading.probe().live(), 1);
    drop(reading);

    let (waker, probe) = WakerProbe::new();
    let mut space = [0; 1];
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut stream).poll_read(&mut cx, &mut space).is_pending());
    assert_eq!(probe.live(), 2);
    drop(stream);
    assert_eq!((probe.live(), probe.wakes()), (1, 0));
}

#[test]
fn who_waits_for_ever_is_told_where() {
    let (mut stream, peer) = Script::new().reads(["abc".into(), ReadStep::Blocked]).open();
    peer.run(write_all(&mut stream, b"12345")).unwrap();
    let message = panic_of(|| peer.run(pieces(&mut stream, 9)));
    assert_eq!(
        message,
        "nothing will ever wake this future: reads: 1 of 2 steps played, now Blocked; writes: 0 of 0 steps played, 5 bytes written"
    );
    assert_eq!(format!("{stream:?}"), format!("ScriptedStream({peer})"));
    assert_eq!(format!("{peer:?}"), format!("Peer({peer})"));
}

#[test]
fn who_waits_for_a_peer_that_is_gone_is_told_so() {
    let (mut stream, peer) = Script::new().read(ReadStep::Blocked).open();
    let mut reading = task::spawn(read(&mut stream, 1));
    assert_pending!(reading.poll());
    drop(peer);
    assert_woken!(reading);
    assert!(panic_of(|| reading.poll()).contains("the test has dropped the peer"));
}

/// What a stream waits for without its peer it can still get.
#[test]
fn a_peer_that_is_gone_leaves_the_rest_of_the_script_as_it_is() {
    let (stream, peer) = Script::new().reads([ReadStep::AfterWritten(1), "a".into()]).open();
    drop(peer);
    let stream = RefCell::new(stream);
    let mut reading =
        task::spawn(poll_fn(|cx| Pin::new(&mut *stream.borrow_mut()).poll_read(cx, &mut [0; 1])));
    assert_pending!(reading.poll());
    assert_not_woken!(reading);
    task::run(write(&mut stream.borrow_mut(), b"x")).unwrap();
    assert_eq!(assert_ready!(reading.poll()).unwrap(), 1);
}

#[test]
fn a_stream_may_move_to_another_thread() {
    let (mut stream, peer) = Script::new().reads([ReadStep::Blocked, "a".into()]).open();
    let thread = thread::spawn(move || {
        let mut reading = task::spawn(async move { read(&mut stream, 1).await.unwrap() });
        loop {
            if let Poll::Ready(bytes) = reading.poll_spurious() {
                return bytes;
            }
            thread::yield_now();
        }
    });
    peer.release_reads();
    assert_eq!(thread.join().unwrap(), b"a");
}

#[test]
fn cuts_are_all_there_are_and_lose_nothing() {
    let bytes: Vec<u8> = (0..20).collect();
    assert_eq!(cuts(&bytes).count(), 19);
    assert_eq!(pairs_of_cuts(&bytes).count(), 19 * 18 / 2);
    assert!(
        cuts(&bytes).all(|pieces| pieces.concat() == bytes && pieces.iter().all(|piece| !piece.is_empty()))
    );
    assert!(pairs_of_cuts(&bytes).all(|pieces| pieces.concat() == bytes && !pieces[1].is_empty()));
    let distinct: HashSet<_> = pairs_of_cuts(&bytes).map(|pieces| pieces.map(<[u8]>::len)).collect();
    assert_eq!(distinct.len(), 19 * 18 / 2);
    assert_eq!(byte_by_byte(&bytes).count(), 20);
    assert_eq!((cuts(b"").count(), pairs_of_cuts(b"").count(), byte_by_byte(b"").count()), (0, 0, 0));
}

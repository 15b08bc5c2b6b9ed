//! A reactor in somebody else's loop: turned step by step, watched from outside, under another
//! executor.

mod support;

use std::io::Write;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use executor::{Executor, Park};
use reactor::{TcpListener, TcpStream, sleep, timeout};

use support::timers::{armed_for, armed_long};
use support::wakers::Count;
use support::{ANY_PORT, Rig, SharedPark, poll_read, read_exact, ready, write_all};

/// A turn that waited would have nothing to wait for here.
#[test]
fn a_turn_of_zero_never_waits_and_counts_nothing_where_nothing_happens() {
    let rig = Rig::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let count = Count::new();
    assert!(listener.poll_accept(&mut count.context()).is_pending());
    let _armed = armed_long(count.waker());
    for _ in 0..3 {
        let turn = rig.look();
        assert_eq!((turn.events, turn.woken), (0, 0));
    }
    assert_eq!(count.wakes(), 0);
}

#[test]
fn a_turn_counts_the_events_of_sockets_and_the_tasks_that_it_woke() {
    let rig = Rig::new();
    let (stream, mut peer) = rig.connect();
    let (idle, mut idle_peer) = rig.connect();
    let count = Count::new();
    assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
    peer.write_all(b"for a task").unwrap();
    let turn = rig.reactor.turn(None).unwrap();
    assert_eq!((turn.events, turn.woken), (1, 1));

    idle_peer.write_all(b"for nobody").unwrap();
    let turn = rig.reactor.turn(None).unwrap();
    assert_eq!((turn.events, turn.woken), (1, 0));
    drop(idle);

    rig.reactor.unparker().wake();
    let turn = rig.reactor.turn(None).unwrap();
    assert_eq!((turn.events, turn.woken), (0, 0), "an unpark is no socket's event");
}

#[test]
fn a_turn_counts_the_timers_that_are_due() {
    let rig = Rig::new();
    let count = Count::new();
    let _sleeps = armed_for([count.waker(); 3]);
    let mut woken = 0;
    while woken < 3 {
        woken += rig.reactor.turn(None).unwrap().woken;
    }
    assert_eq!((woken, count.wakes()), (3, 3));
}

/// A turn that waits as long as it takes ends for the earliest timer.
#[test]
fn a_turn_waits_no_longer_than_for_the_next_timer_and_an_embedder_can_tell_how_long() {
    let rig = Rig::new();
    let count = Count::new();
    let long = armed_long(Waker::noop());
    let _short = armed_for([count.waker()]);
    let deadline = rig.reactor.next_deadline().unwrap();
    rig.turn_until(&count, 1);
    assert!(std::time::Instant::now() >= deadline);
    assert!(rig.reactor.next_deadline().unwrap() > deadline);
    drop(long);
    assert_eq!(rig.reactor.next_deadline(), None);
}

/// compio has this as `current_timeout`.
#[test]
fn aborting_the_task_with_the_only_timer_leaves_no_deadline() {
    let rig = Rig::new();
    let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
    let task = executor.spawn(sleep(Duration::from_secs(3600)));
    assert_eq!(executor.run_until_stalled().live, 1);
    assert!(rig.reactor.next_deadline().is_some());
    task.abort();
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(rig.reactor.next_deadline(), None);
}

#[test]
fn an_executor_that_is_stepped_finds_what_came_in_between_the_steps() {
    let rig = Rig::new();
    let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
    let (stream, mut peer) = rig.connect();
    let task = executor.spawn(async move {
        let mut buffer = [0; 4];
        read_exact(&stream, &mut buffer).await.map(|()| buffer)
    });
    assert_eq!(executor.run_until_stalled().live, 1);
    peer.write_all(b"data").unwrap();
    while executor.tick().live > 0 {}
    assert_eq!(&executor.block_on(task).unwrap().unwrap(), b"data");
}

/// Polled by an executor that knows nothing of ours but `std::task`.
#[test]
fn sockets_and_timers_work_under_a_foreign_executor() {
    let rig = Rig::new();
    let echoed = rig.drive(async {
        let listener = TcpListener::bind(ANY_PORT)?;
        let client = TcpStream::connect(listener.local_addr()?);
        let (client, server) = executor::join!(client, listener.accept());
        let (client, server) = (client?, server?.0);
        let mut buffer = [0; 5];
        let mut echo = [0; 5];
        let serve = async {
            read_exact(&server, &mut buffer).await?;
            sleep(Duration::from_millis(1)).await;
            write_all(&server, &buffer).await
        };
        let ask = async {
            write_all(&client, b"hello").await?;
            read_exact(&client, &mut echo).await
        };
        let (served, asked) = executor::join!(serve, ask);
        served?;
        asked?;
        let nobody = timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody.is_err());
        std::io::Result::Ok(echo)
    });
    assert_eq!(&echoed.unwrap(), b"hello");
}

/// compio is `AsRawFd` for this; futures-rs#675 asks for it.
#[cfg(unix)]
mod descriptor {
    use std::os::fd::{AsFd, AsRawFd};
    use std::rc::Rc;
    use std::time::{Duration, Instant};

    use executor::Executor;
    use mio::unix::SourceFd;
    use mio::{Events, Interest, Poll, Token};

    use reactor::UdpSocket;

    use super::{ANY_PORT, Count, Park, Rig, SharedPark, Write, armed_long, poll_read, ready};
    use crate::support::child::{assert_passed, command, is_child};
    use crate::support::wants_a_turn;

    #[test]
    fn an_outer_poll_ends_when_a_socket_of_the_reactor_has_an_event() {
        let rig = Rig::new();
        let (stream, mut peer) = rig.connect();
        let count = Count::new();
        assert!(poll_read(&stream, count.waker(), &mut [0; 8]).is_pending());
        assert!(!wants_a_turn(&rig.reactor));
        let outer = OuterPoll::watching(&rig);
        let writer = std::thread::spawn(move || peer.write_all(b"data").map(|()| peer));
        outer.wait();

        assert_eq!(count.wakes(), 0, "watching is no turn");
        assert_eq!(rig.look().woken, 1);
        assert_eq!(ready(poll_read(&stream, count.waker(), &mut [0; 8])), 4);
        assert!(!wants_a_turn(&rig.reactor), "the turn has dealt with it");
        writer.join().unwrap().unwrap();
    }

    #[test]
    fn an_outer_poll_ends_when_another_thread_unparks_the_reactor() {
        let rig = Rig::new();
        assert!(!wants_a_turn(&rig.reactor));
        let outer = OuterPoll::watching(&rig);
        let unparker = rig.reactor.unparker();
        let other = std::thread::spawn(move || unparker.wake());
        outer.wait();
        other.join().unwrap();
        assert_eq!(rig.look().events, 0);
        assert!(!wants_a_turn(&rig.reactor), "the turn has dealt with it");
    }

    /// The outer loop needs the deadline for its own timeout.
    #[test]
    fn a_timer_does_not_make_the_descriptor_readable() {
        let rig = Rig::new();
        let count = Count::new();
        let _sleep = armed_long(count.waker());
        assert!(!wants_a_turn(&rig.reactor));
        let _due = crate::support::timers::armed(count.waker());
        while rig.reactor.next_deadline().unwrap() > std::time::Instant::now() {}
        assert!(!wants_a_turn(&rig.reactor));
        assert_eq!(rig.look().woken, 1);
    }

    /// One turn takes no more than 1024 events, and an outer loop is told once that there are any.
    #[test]
    fn an_outer_poll_that_goes_by_the_next_deadline_misses_none_of_more_events_than_fit_into_a_turn() {
        const NAME: &str = "descriptor::an_outer_poll_that_goes_by_the_next_deadline_misses_none_of_more_events_than_fit_into_a_turn";
        if is_child(NAME) {
            wait_behind(2500);
        } else {
            assert_passed(&command(NAME, &[]).output().unwrap());
        }
    }

    /// Has so many sockets with an event before the one that a task waits for: the turns before its own wake nobody.
    fn wait_behind(many: usize) {
        let needed = 2 * many as u64;
        assert!(rlimit::increase_nofile_limit(needed).unwrap() >= needed, "the system allows too few");
        let rig = Rig::new();
        let executor = Executor::with_park(SharedPark(Rc::clone(&rig.reactor)));
        let idle: Vec<_> = (0..many).map(|_| UdpSocket::bind(ANY_PORT).unwrap()).collect();
        let last = UdpSocket::bind(ANY_PORT).unwrap();
        let addresses: Vec<_> =
            idle.iter().chain([&last]).map(|socket| socket.local_addr().unwrap()).collect();
        let task = executor.spawn(async move { last.recv(&mut [0; 8]).await });
        let _ = executor.run_until_stalled();
        while rig.look().events > 0 {}
        assert_eq!(rig.reactor.next_deadline(), None);

        let mut outer = OuterPoll::watching(&rig);
        let sender = std::net::UdpSocket::bind(ANY_PORT).unwrap();
        for address in addresses {
            sender.send_to(b"data", address).unwrap();
        }
        while !task.is_finished() {
            let left =
                executor.next_deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
            outer.wait_for(left);
            let _ = executor.run_until_stalled();
        }
    }

    /// Whoever turns it in a loop of their own must not wait for anything else in between.
    #[test]
    fn a_turn_after_one_that_was_full_does_not_wait() {
        const NAME: &str = "descriptor::a_turn_after_one_that_was_full_does_not_wait";
        if is_child(NAME) {
            turn_full();
        } else {
            assert_passed(&command(NAME, &[]).output().unwrap());
        }
    }

    /// As many events as fit into one turn leave nothing for the next, which cannot know that beforehand.
    fn turn_full() {
        const FULL: usize = 1024;
        assert!(rlimit::increase_nofile_limit(2 * FULL as u64).unwrap() >= 2 * FULL as u64);
        let rig = Rig::new();
        // A new socket has an event, since it could send.
        let sockets: Vec<_> = (0..FULL).map(|_| UdpSocket::bind(ANY_PORT).unwrap()).collect();
        assert_eq!(rig.look().events, FULL);
        assert!(rig.reactor.next_deadline().is_some_and(|deadline| deadline <= Instant::now()));
        assert_eq!(rig.reactor.turn(None).unwrap().events, 0, "it would wait for ever");
        assert_eq!(rig.reactor.next_deadline(), None);
        drop(sockets);
    }

    /// Somebody else's event loop.
    struct OuterPoll(Poll);

    impl OuterPoll {
        fn watching(rig: &Rig) -> Self {
            let poll = Poll::new().unwrap();
            let descriptor = rig.reactor.as_fd().as_raw_fd();
            let mut source = SourceFd(&descriptor);
            poll.registry().register(&mut source, Token(0), Interest::READABLE).unwrap();
            OuterPoll(poll)
        }

        fn wait(mut self) {
            let mut events = Events::with_capacity(1);
            self.0.poll(&mut events, None).unwrap();
            assert!(!events.is_empty());
        }

        fn wait_for(&mut self, timeout: Option<Duration>) {
            self.0.poll(&mut Events::with_capacity(1), timeout).unwrap();
        }
    }
}

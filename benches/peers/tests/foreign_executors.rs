//! The reactor's sockets and timers under executors that know nothing of it: async-executor's, and tokio's with a
//! runtime of its own beside. Somebody must turn the reactor; here are two ways to do it.

mod support;

use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use async_executor::LocalExecutor;
use executor::Park;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{Entered, Reactor, TcpListener, TcpStream, sleep};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Long enough for others to run meanwhile.
const SHORT: Duration = Duration::from_millis(3);

fn entered() -> (Rc<Reactor>, Entered) {
    support::watchdog();
    let reactor = Reactor::new().unwrap();
    let entered = reactor.handle().enter();
    (Rc::new(reactor), entered)
}

/// The way where the thread sleeps in the reactor: its unparker is the waker, so a wake from anywhere ends the
/// turn.
fn drive<F: Future>(reactor: &Reactor, future: F) -> F::Output {
    let waker = reactor.unparker();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let _ = reactor.turn(None).unwrap();
    }
}

/// The way where the thread sleeps in tokio: a future that turns the reactor when tokio says that its descriptor
/// is readable, or that its next timer is due, and then polls what is inside of it.
struct Guest<F> {
    reactor: Rc<Reactor>,
    descriptor: AsyncFd<OwnedFd>,
    alarm: Pin<Box<tokio::time::Sleep>>,
    future: Pin<Box<F>>,
}

impl<F: Future> Guest<F> {
    fn new(reactor: &Rc<Reactor>, future: F) -> Self {
        // A descriptor of its own, since tokio watches none twice.
        let descriptor = reactor.as_fd().try_clone_to_owned().unwrap();
        // SAFETY: it stays open and the same as long as the `AsyncFd` owns it.
        let descriptor = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) };
        Guest {
            reactor: Rc::clone(reactor),
            descriptor: descriptor.unwrap(),
            alarm: Box::pin(tokio::time::sleep(Duration::ZERO)),
            future: Box::pin(future),
        }
    }

    fn turn(&self) {
        let _ = self.reactor.turn(Some(Duration::ZERO)).unwrap();
    }
}

impl<F: Future> Future for Guest<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        loop {
            while let Poll::Ready(guard) = self.descriptor.poll_read_ready(cx) {
                self.turn();
                guard.unwrap().clear_ready();
            }
            if let Poll::Ready(output) = self.future.as_mut().poll(cx) {
                return Poll::Ready(output);
            }
            let Some(deadline) = self.reactor.next_deadline() else {
                return Poll::Pending;
            };
            self.alarm.as_mut().reset(deadline.into());
            if self.alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.turn();
        }
    }
}

fn in_tokio<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

async fn ask(address: SocketAddr) -> io::Result<[u8; 5]> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"hello").await?;
    let mut answer = [0; 5];
    AsyncReadExt::read_exact(&mut stream, &mut answer).await?;
    Ok(answer)
}

async fn answer(listener: &TcpListener) -> io::Result<()> {
    let (mut stream, _) = listener.accept().await?;
    let mut question = [0; 5];
    AsyncReadExt::read_exact(&mut stream, &mut question).await?;
    sleep(SHORT).await;
    stream.write_all(&question).await
}

#[test]
fn many_tasks_of_async_executor_use_our_sockets_and_timers() {
    let (reactor, _entered) = entered();
    let executor = LocalExecutor::new();
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let address = listener.local_addr().unwrap();
    let clients: Vec<_> = (0..20).map(|_| executor.spawn(ask(address))).collect();
    let server = executor.spawn(async move {
        for _ in 0..20 {
            answer(&listener).await?;
        }
        io::Result::Ok(())
    });
    drive(
        &reactor,
        executor.run(async {
            for client in clients {
                assert_eq!(&client.await.unwrap(), b"hello");
            }
            server.await.unwrap();
        }),
    );
    assert_eq!(reactor.next_deadline(), None, "a timer was left behind");
}

#[test]
fn a_wake_of_another_thread_ends_the_turn_that_async_executor_sleeps_in() {
    let (reactor, _entered) = entered();
    let executor = LocalExecutor::new();
    let (sender, receiver) = oneshot::channel();
    let waits = executor.spawn(receiver);
    // It sends when this thread sleeps, or is about to: either must do.
    let other = thread::spawn(move || sender.send("from afar"));
    assert_eq!(drive(&reactor, executor.run(waits)), Ok("from afar"));
    other.join().unwrap().unwrap();
}

#[test]
fn dropping_a_task_of_async_executor_takes_its_timer_out_of_the_reactor() {
    let (reactor, _entered) = entered();
    let executor = LocalExecutor::new();
    let task = executor.spawn(sleep(Duration::from_secs(3_600)));
    while executor.try_tick() {}
    assert!(reactor.next_deadline().is_some());
    drop(task);
    while executor.try_tick() {}
    assert_eq!(reactor.next_deadline(), None);
}

#[test]
fn a_task_of_tokio_uses_our_sockets_and_timers_beside_tokios_own() {
    let (reactor, _entered) = entered();
    in_tokio(async {
        let listener = tokio::net::TcpListener::bind(ANY_PORT).await.unwrap();
        let address = listener.local_addr().unwrap();
        spawn_local(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 5];
            stream.read_exact(&mut question).await.unwrap();
            tokio::time::sleep(SHORT).await;
            stream.write_all(&question).await.unwrap();
        });
        let client = spawn_local(Guest::new(&reactor, async move {
            let start = Instant::now();
            sleep(SHORT).await;
            assert!(start.elapsed() >= SHORT);
            ask(address).await
        }));
        assert_eq!(&client.await.unwrap().unwrap(), b"hello");
    });
}

/// Each turns the reactor for the other, too; and a timer that is set later is not waited for longer.
#[test]
fn two_tasks_of_tokio_use_one_reactor() {
    let (reactor, _entered) = entered();
    in_tokio(async {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn_local(Guest::new(&reactor, async move {
            answer(&listener).await.unwrap();
            sleep(Duration::from_secs(3_600)).await;
        }));
        let slept = Rc::new(Cell::new(false));
        let done = Rc::clone(&slept);
        let client = spawn_local(Guest::new(&reactor, async move {
            let answer = ask(address).await;
            sleep(SHORT).await;
            done.set(true);
            answer
        }));
        assert_eq!(&client.await.unwrap().unwrap(), b"hello");
        assert!(slept.get() && !server.is_finished());
    });
}

#[test]
fn a_wait_that_loses_a_select_of_tokio_leaves_the_socket_as_it_was() {
    let (reactor, _entered) = entered();
    in_tokio(async {
        let listener = TcpListener::bind(ANY_PORT).unwrap();
        let address = listener.local_addr().unwrap();
        let both = Guest::new(&reactor, async move {
            let in_vain = tokio::time::timeout(SHORT, listener.accept()).await;
            assert!(in_vain.is_err(), "nobody connects yet");
            let (client, server) = executor::join!(ask(address), answer(&listener));
            server?;
            client
        });
        assert_eq!(&both.await.unwrap(), b"hello");
    });
    assert_eq!(reactor.next_deadline(), None);
}

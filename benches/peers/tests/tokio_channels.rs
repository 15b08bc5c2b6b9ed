//! tokio's channels and locks, awaited in our executor. There is no tokio runtime here.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use executor::{Executor, join, join_all, select, spawn, yield_now};
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

/// Runs the future that `make` makes; a wake that is lost fails the test instead of letting it hang.
fn block_on<F: Future>(make: impl FnOnce() -> F + Send + 'static) -> F::Output
where
    F::Output: Send + 'static,
{
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(executor::block_on(make())));
    receiver.recv_timeout(Duration::from_secs(30)).expect("a wake was lost, or there is a panic above")
}

#[test]
fn a_bounded_mpsc_channel_delivers_everything_in_order_and_holds_the_sender_back() {
    let most_ahead = block_on(|| async {
        let (sender, mut receiver) = mpsc::channel(3);
        let producer = spawn(async move {
            for number in 0..10_000 {
                sender.send(number).await.unwrap();
            }
        });
        let mut most_ahead = 0;
        let mut expected = 0;
        while let Some(number) = receiver.recv().await {
            assert_eq!(number, expected);
            expected += 1;
            most_ahead = most_ahead.max(receiver.len());
        }
        producer.await.unwrap();
        assert_eq!(expected, 10_000);
        most_ahead
    });
    assert!(most_ahead <= 3, "{most_ahead} messages were in a channel for three");
}

#[test]
fn messages_of_another_thread_reach_a_receiver_that_sleeps() {
    let (sender, mut receiver) = mpsc::channel(1);
    let thread = thread::spawn(move || (0..5_000).all(|number| sender.blocking_send(number).is_ok()));
    let received = block_on(move || async move {
        let mut received = Vec::new();
        while let Some(number) = receiver.recv().await {
            received.push(number);
        }
        received
    });
    assert!(thread.join().unwrap());
    assert!(received.into_iter().eq(0..5_000));
}

#[test]
fn a_oneshot_channel_tells_the_value_or_that_the_sender_is_gone() {
    block_on(|| async {
        let (sender, receiver) = oneshot::channel();
        let waiting = spawn(receiver);
        yield_now().await;
        sender.send("value").unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), "value");

        let (sender, receiver) = oneshot::channel::<()>();
        let waiting = spawn(receiver);
        yield_now().await;
        drop(sender);
        assert!(waiting.await.unwrap().is_err());
    });
}

#[test]
fn dropping_the_executor_tells_the_other_end_of_a_channel() {
    let (sender, receiver) = oneshot::channel::<()>();
    let executor = Executor::new();
    executor.spawn(receiver).detach();
    assert_eq!(executor.run_until_stalled().live, 1);
    assert!(!sender.is_closed());
    drop(executor);
    assert!(sender.is_closed());
}

#[test]
fn a_notify_wakes_one_waiter_or_all_of_them() {
    block_on(|| async {
        let notify = Arc::new(Notify::new());
        let order = Rc::new(RefCell::new(Vec::new()));
        let waiters: Vec<_> = { 0..4 }
            .map(|number| {
                let (notify, order) = (Arc::clone(&notify), Rc::clone(&order));
                spawn(async move {
                    notify.notified().await;
                    order.borrow_mut().push(number);
                })
            })
            .collect();
        yield_now().await;
        notify.notify_one();
        yield_now().await;
        yield_now().await;
        assert_eq!(*order.borrow(), [0]);
        notify.notify_waiters();
        for waiter in waiters {
            waiter.await.unwrap();
        }
        assert_eq!(*order.borrow(), [0, 1, 2, 3]);
    });
}

#[test]
fn a_waiter_that_loses_a_select_passes_its_notification_on() {
    block_on(|| async {
        let notify = Notify::new();
        let mut quitter = Box::pin(notify.notified());
        // Both wait; the first one is notified, and dropped before it is polled again.
        let both = select(&mut quitter, async {
            yield_now().await;
        });
        both.await;
        let second = async { notify.notified().await };
        let quits = async {
            yield_now().await;
            notify.notify_one();
            drop(quitter);
        };
        join(second, quits).await;
    });
}

#[test]
fn an_async_mutex_lets_tasks_in_one_by_one_and_in_order() {
    let log = block_on(|| async {
        let log = Arc::new(Mutex::new(Vec::new()));
        let guard = log.lock().await;
        let tasks: Vec<_> = { 0..5 }
            .map(|number| {
                let log = Arc::clone(&log);
                spawn(async move {
                    let mut log = log.lock().await;
                    log.push((number, "in"));
                    yield_now().await;
                    log.push((number, "out"));
                })
            })
            .collect();
        yield_now().await;
        drop(guard);
        join_all(tasks).await;
        Arc::into_inner(log).unwrap().into_inner()
    });
    let expected: Vec<_> = (0..5).flat_map(|number| [(number, "in"), (number, "out")]).collect();
    assert_eq!(log, expected);
}

#[test]
fn an_async_mutex_is_handed_over_between_threads() {
    let counter = Arc::new(Mutex::new(0));
    let count = |counter: Arc<Mutex<i32>>| async move {
        for _ in 0..2_000 {
            *counter.lock().await += 1;
        }
    };
    let theirs = Arc::clone(&counter);
    let thread = thread::spawn(move || executor::block_on(count(theirs)));
    let ours = Arc::clone(&counter);
    block_on(move || count(ours));
    thread.join().unwrap();
    assert_eq!(counter.try_lock().map(|count| *count).ok(), Some(4_000));
}

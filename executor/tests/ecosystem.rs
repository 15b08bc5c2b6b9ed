//! Channels and locks that are made for any executor work on this one, unchanged.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::thread;

use async_lock::{Barrier, Mutex, RwLock, Semaphore};
use event_listener::Event;
use executor::{Executor, JoinSet, block_on, join_all, select, yield_now};
use futures_channel::{mpsc, oneshot};

use crate::support::watchdog;

#[test]
fn async_channel_carries_work_to_several_tasks_and_results_back() {
    let _watchdog = watchdog();
    let (work, to_do) = async_channel::bounded::<u64>(4);
    let (result, results) = async_channel::bounded(2);
    let sum = block_on(async move {
        let mut workers = JoinSet::new();
        for _ in 0..3 {
            let (to_do, result) = (to_do.clone(), result.clone());
            let _ = workers.spawn(async move {
                let mut done = 0;
                while let Ok(number) = to_do.recv().await {
                    yield_now().await;
                    result.send(number * number).await.unwrap();
                    done += 1;
                }
                done
            });
        }
        drop((to_do, result));
        executor::spawn(async move {
            for number in 1..=100 {
                work.send(number).await.unwrap();
            }
        })
        .detach();
        let mut sum = 0;
        while let Ok(square) = results.recv().await {
            sum += square;
        }
        let mut done = Vec::new();
        while let Some(worker) = workers.join_next().await {
            done.push(worker.unwrap());
        }
        assert_eq!(done.iter().sum::<i32>(), 100);
        assert!(done.iter().all(|done| *done > 0), "all had work: {done:?}");
        sum
    });
    assert_eq!(sum, 338_350);
}

#[test]
fn async_channel_connects_tasks_with_blocking_threads() {
    let _watchdog = watchdog();
    let (request, requests) = async_channel::bounded::<(u32, async_channel::Sender<u32>)>(1);
    let server = thread::spawn(move || {
        while let Ok((number, reply)) = requests.recv_blocking() {
            reply.send_blocking(number + 1).unwrap();
        }
    });
    let replies = block_on(join_all((0..50).map(|number| {
        let request = request.clone();
        async move {
            let (reply, answer) = async_channel::bounded(1);
            request.send((number, reply)).await.unwrap();
            answer.recv().await.unwrap()
        }
    })));
    assert!(replies.into_iter().eq(1..=50));
    drop(request);
    server.join().unwrap();
}

#[test]
fn futures_channel_oneshot_tells_both_sides_of_the_other() {
    let _watchdog = watchdog();
    block_on(async {
        let (sender, receiver) = oneshot::channel();
        let asks = executor::spawn(receiver);
        executor::spawn(async move {
            yield_now().await;
            sender.send("answer").unwrap();
        })
        .detach();
        assert_eq!(asks.await.unwrap(), Ok("answer"));

        let (mut sender, receiver) = oneshot::channel::<()>();
        let notices = executor::spawn(async move { sender.cancellation().await });
        yield_now().await;
        drop(receiver);
        notices.await.unwrap();

        let (sender, receiver) = oneshot::channel::<()>();
        thread::spawn(move || drop(sender));
        assert_eq!(executor::spawn(receiver).await.unwrap(), Err(oneshot::Canceled));
    });
}

#[test]
fn futures_channel_mpsc_lets_its_senders_alternate() {
    let _watchdog = watchdog();
    let (sender, mut receiver) = mpsc::channel::<(usize, u32)>(0);
    let executor = Executor::new();
    for task in 0..3 {
        let mut sender = sender.clone();
        executor
            .spawn(async move {
                for number in 0..10 {
                    std::future::poll_fn(|cx| sender.poll_ready(cx)).await.unwrap();
                    sender.start_send((task, number)).unwrap();
                }
            })
            .detach();
    }
    drop(sender);
    let received = executor.block_on(async {
        let mut received = [const { Vec::new() }; 3];
        while let Ok((task, number)) = receiver.recv().await {
            received[task].push(number);
        }
        received
    });
    assert!(received.iter().all(|numbers| numbers.iter().copied().eq(0..10)), "{received:?}");
}

#[test]
fn async_lock_mutex_keeps_two_tasks_apart_across_awaits() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (total, inside) = (Rc::new(Mutex::new(0)), Rc::new(Cell::new(false)));
    let tasks = [(); 5].map(|()| {
        let (total, inside) = (Rc::clone(&total), Rc::clone(&inside));
        executor.spawn(async move {
            for _ in 0..10 {
                let mut total = total.lock().await;
                assert!(!inside.replace(true), "nobody else is inside");
                let read = *total;
                yield_now().await;
                *total = read + 1;
                inside.set(false);
            }
        })
    });
    executor.block_on(async { join_all(tasks).await.into_iter().for_each(|task| task.unwrap()) });
    assert_eq!(*executor.block_on(total.lock()), 50);
}

#[test]
fn async_lock_lets_readers_in_together_and_counts_permits() {
    let _watchdog = watchdog();
    block_on(async {
        let lock = RwLock::new(1);
        let (first, second) = executor::join!(lock.read(), lock.read());
        assert!(lock.try_write().is_none());
        drop((first, second));
        *lock.write().await += 1;
        assert_eq!(*lock.read().await, 2);

        let (permits, most) = (Semaphore::new(2), Cell::new(0));
        let inside = Cell::new(0);
        let enter = async || {
            let _permit = permits.acquire().await;
            inside.set(inside.get() + 1);
            most.set(most.get().max(inside.get()));
            yield_now().await;
            inside.set(inside.get() - 1);
        };
        join_all((0..6).map(|_| enter())).await;
        assert_eq!(most.get(), 2);
    });
}

#[test]
fn async_lock_barrier_lets_all_go_when_the_last_has_come() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let barrier = Rc::new(Barrier::new(3));
    let tasks = [0, 2, 5].map(|yields| {
        let barrier = Rc::clone(&barrier);
        executor.spawn(async move {
            for _ in 0..yields {
                yield_now().await;
            }
            barrier.wait().await.is_leader()
        })
    });
    let leaders = executor.block_on(async {
        let leaders = join_all(tasks).await;
        leaders.into_iter().filter(|leader| *leader.as_ref().unwrap()).count()
    });
    assert_eq!(leaders, 1);
}

#[test]
fn event_listener_wakes_as_many_tasks_as_it_is_told_to() {
    let _watchdog = watchdog();
    let executor = Executor::new();
    let (event, heard) = (Rc::new(Event::new()), Rc::new(Cell::new(0)));
    for _ in 0..5 {
        let (event, heard) = (Rc::clone(&event), Rc::clone(&heard));
        executor
            .spawn(async move {
                event.listen().await;
                heard.set(heard.get() + 1);
            })
            .detach();
    }
    let counts = [1, 2, usize::MAX].map(|notified| {
        let _ = executor.run_until_stalled();
        event.notify(notified);
        let _ = executor.run_until_stalled();
        heard.get()
    });
    assert_eq!(counts, [1, 3, 5]);
}

#[test]
fn a_listener_that_loses_a_select_passes_its_notification_on() {
    let _watchdog = watchdog();
    block_on(async {
        let event = Event::new();
        let (loser, other) = (event.listen(), event.listen());
        event.notify(1);
        // Notified, and dropped without having noticed.
        let _ = select(async {}, loser).await;
        other.await;
    });
}

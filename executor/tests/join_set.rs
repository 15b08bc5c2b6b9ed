//! Tasks that come and go together.

mod support;

use std::cell::{Cell, RefCell};
use std::future;
use std::rc::Rc;

use executor::{Either, Executor, JoinError, JoinSet, block_on, select, yield_now};
use wakecheck::{assert_not_woken, assert_pending, assert_ready, assert_woken, task, waker_contract};

use crate::support::{Log, OnDrop};

#[test]
fn results_come_in_the_order_in_which_the_tasks_are_done() {
    let order = block_on(async {
        let mut tasks = JoinSet::new();
        for yields in [3, 1, 2, 0] {
            let _ = tasks.spawn(async move {
                for _ in 0..yields {
                    yield_now().await;
                }
                yields
            });
        }
        assert_eq!(tasks.len(), 4);
        let mut order = Vec::new();
        while let Some(result) = tasks.join_next().await {
            order.push(result.unwrap());
        }
        assert!(tasks.is_empty() && tasks.join_next().await.is_none());
        order
    });
    assert_eq!(order, [0, 1, 2, 3]);
}

#[test]
fn waiting_for_the_next_result_keeps_the_contract_of_a_future() {
    let executor = Rc::new(Executor::new());
    let next = || {
        let mut tasks = JoinSet::new();
        let _ = tasks.spawn_on(async {}, &executor.spawner());
        let executor = Rc::clone(&executor);
        (async move { tasks.join_next().await }, move || _ = executor.run_until_stalled())
    };
    waker_contract(next).check().unwrap();
}

#[test]
fn a_wait_that_is_dropped_loses_no_result() {
    let output = block_on(async {
        let mut tasks = JoinSet::new();
        let _ = tasks.spawn(async {
            yield_now().await;
            "kept"
        });
        assert!(matches!(select(tasks.join_next(), yield_now()).await, Either::Right(())));
        tasks.join_next().await.unwrap().unwrap()
    });
    assert_eq!(output, "kept");
}

/// A set that others may change while somebody waits for it.
fn set() -> Rc<RefCell<JoinSet<u32>>> {
    Rc::default()
}

/// Waits for the next result without holding the set.
fn next_of(
    tasks: &Rc<RefCell<JoinSet<u32>>>,
) -> impl Future<Output = Option<Result<u32, JoinError>>> + use<> {
    let tasks = Rc::clone(tasks);
    future::poll_fn(move |cx| tasks.borrow_mut().poll_join_next(cx))
}

#[test]
fn a_task_that_is_added_while_somebody_waits_is_waited_for() {
    let (executor, tasks) = (Executor::new(), set());
    let _ = tasks.borrow_mut().spawn_on(future::pending(), &executor.spawner());
    let mut next = task::spawn(next_of(&tasks));
    assert_pending!(next.poll());
    let _ = executor.run_until_stalled();
    assert_not_woken!(next);
    let _ = tasks.borrow_mut().spawn_on(async { 7 }, &executor.spawner());
    assert_woken!(next);
    assert_pending!(next.poll());
    let _ = executor.run_until_stalled();
    assert_eq!(assert_ready!(next.poll()).unwrap().unwrap(), 7);
}

#[test]
fn whoever_waits_for_a_set_hears_that_its_tasks_were_detached() {
    let (executor, tasks) = (Executor::new(), set());
    let _ = tasks.borrow_mut().spawn_on(future::pending(), &executor.spawner());
    let mut next = task::spawn(next_of(&tasks));
    assert_pending!(next.poll());
    tasks.borrow_mut().detach_all();
    assert!(assert_ready!(next.poll()).is_none());
}

#[test]
fn dropping_the_set_aborts_its_tasks_and_detaching_lets_them_go_on() {
    let executor = Executor::new();
    let log = Log::default();
    let spawner = executor.spawner();
    let mut sets = [JoinSet::new(), JoinSet::new()];
    for (set, name) in sets.iter_mut().zip(["aborted", "detached"]) {
        let noted = log.clone();
        let guard = OnDrop({
            let noted = log.clone();
            move || noted.add(format!("{name}: dropped"))
        });
        let task = async move {
            let _guard = guard;
            yield_now().await;
            noted.add(format!("{name}: done"));
        };
        let _ = set.spawn_on(task, &spawner);
    }
    let _ = executor.tick();
    let [aborted, mut detached] = sets;
    drop(aborted);
    detached.detach_all();
    assert!(detached.is_empty());
    assert_eq!(executor.run_until_stalled().live, 0);
    assert_eq!(log.take(), ["aborted: dropped", "detached: done", "detached: dropped"]);
}

#[test]
fn shutting_down_waits_until_every_future_is_dropped() {
    block_on(async {
        let dropped = Rc::new(Cell::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let dropped = Rc::clone(&dropped);
            let guard = OnDrop(move || dropped.set(dropped.get() + 1));
            let _ = tasks.spawn(async move {
                let _guard = guard;
                future::pending::<()>().await;
            });
        }
        tasks.shut_down().await;
        assert_eq!((dropped.get(), tasks.len()), (3, 0));
    });
}

#[test]
fn panics_and_aborts_of_members_are_their_results() {
    block_on(async {
        let mut tasks = JoinSet::new();
        let _ = tasks.spawn(async { panic!("member") });
        let panicked = tasks.join_next().await.unwrap().unwrap_err();
        assert!(panicked.to_string().ends_with("panicked: member"), "{panicked}");
        let abort_handle = tasks.spawn(future::pending());
        abort_handle.abort();
        let cancelled = tasks.join_next().await.unwrap().unwrap_err();
        assert!(cancelled.is_cancelled());
        assert_eq!(cancelled.id(), abort_handle.id());
    });
}

// futures-util#2526: a set that looks at all members for each that is done takes quadratic time
#[test]
fn each_result_wakes_the_waiter_once_and_only_the_finished_are_looked_at() {
    let executor = Executor::new();
    let mut tasks = JoinSet::new();
    for _ in 0..1000 {
        let _ = tasks.spawn_on(async {}, &executor.spawner());
    }
    let mut next = task::spawn(async {
        let mut results = 0;
        while tasks.join_next().await.is_some() {
            results += 1;
        }
        results
    });
    assert_pending!(next.poll());
    let _ = executor.run_until_stalled();
    assert_eq!(next.probe().wakes(), 1, "the others have nothing to add");
    assert_eq!(assert_ready!(next.poll()), 1000);
}

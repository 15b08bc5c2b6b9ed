//! All the ways to add a task.

mod support;

use std::any::Any;
use std::cell::RefCell;
use std::future;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use executor::{Executor, JoinError, JoinSet, SendSpawner, Spawner, block_on, yield_now};
use futures_task::{FutureObj, LocalFutureObj, LocalSpawn, Spawn};

use crate::support::{Log, OnDrop, panic_of, watchdog};

#[test]
fn a_spawner_adds_tasks_from_inside_and_outside_of_its_executor() {
    let executor = Executor::new();
    let (log, spawner) = (Log::default(), executor.spawner());
    let (noted, inside) = (log.clone(), spawner.clone());
    let outer = spawner.spawn(async move { inside.spawn(async move { noted.add("inner") }).await.unwrap() });
    executor.block_on(outer).unwrap();
    assert_eq!(log.take(), ["inner"]);
}

#[test]
fn the_free_spawn_adds_to_the_executor_that_is_running() {
    let (outer, inner) = (Executor::new(), Executor::new());
    let (on_outer, on_inner) = outer.block_on(async {
        let spawn = async || (executor::spawn(future::pending::<()>()),);
        let (on_inner,) = inner.block_on(spawn());
        (spawn().await.0, on_inner)
    });
    assert_eq!(outer.tick().live, 1);
    drop(inner);
    assert!(on_inner.is_finished() && !on_outer.is_finished());
    drop(outer);
    assert!(on_outer.is_finished());
}

thread_local! {
    static LATE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

// Which of a thread's locals is destroyed first depends on which was used first: here what the executor has there is.
#[test]
fn the_free_spawn_adds_to_an_executor_that_runs_in_the_destructor_of_a_thread_local() {
    let _watchdog = watchdog();
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        LATE.set(Some(Box::new(OnDrop(move || {
            let output = block_on(async {
                let mut set = JoinSet::new();
                set.spawn(async { executor::spawn(async { yield_now().await }).await.unwrap() });
                set.join_next().await.expect("there is one task")
            });
            sender.send(output.is_ok()).unwrap();
        }))));
        block_on(yield_now());
    });
    thread.join().expect("nothing panics");
    assert_eq!(receiver.recv(), Ok(true));
}

#[test]
fn the_free_spawn_panics_with_advice_where_no_executor_runs() {
    let executor = Executor::new();
    for _ in 0..2 {
        let advice = panic_of(|| executor::spawn(async {}).detach()).unwrap();
        assert!(advice.contains("`block_on`") && advice.contains("`Spawner`"), "{advice}");
        // After a run it is as before.
        executor.block_on(async {});
    }
}

fn assert_stillborn(error: &JoinError) {
    assert!(error.is_cancelled());
    assert_eq!((error.id(), error.task_name()), (None, None));
    assert_eq!(error.to_string(), "a task spawned on an executor that was gone was cancelled");
}

#[test]
fn a_spawn_on_an_executor_that_is_gone_drops_the_future_and_says_so() {
    let log = Log::default();
    let spawner: Spawner = Executor::new().spawner();
    let guarded = || {
        let noted = log.clone();
        let guard = OnDrop(move || noted.add("dropped"));
        async move { drop(guard) }
    };
    let handle = spawner.spawn(guarded());
    let named = spawner.spawn_named("late", guarded());
    assert_eq!(log.take(), ["dropped", "dropped"]);
    assert!(handle.is_finished() && handle.id().is_none());
    handle.abort();
    handle.abort_handle().abort();
    assert_eq!(handle.abort_handle().id(), None);
    assert_stillborn(&block_on(handle).unwrap_err());
    assert_stillborn(&block_on(named).unwrap_err());
}

#[test]
fn a_future_that_another_thread_spawns_is_made_and_kept_on_the_executors_thread() {
    let executor = Executor::new();
    let (sender, receiver) = async_channel::bounded(1);
    let spawner: SendSpawner = executor.send_spawner();
    let spawn = move || {
        spawner.spawn(move || async move {
            let local = Rc::new(thread::current().id());
            yield_now().await;
            sender.send(*local).await.unwrap();
        })
    };
    thread::spawn(spawn).join().unwrap().unwrap();
    assert_eq!(executor.block_on(receiver.recv()), Ok(thread::current().id()));
}

#[test]
fn a_panic_in_what_another_thread_spawned_is_raised_on_the_executors_thread() {
    let executor = Executor::new();
    let spawner = executor.send_spawner();
    let make = || -> future::Ready<()> { panic!("while it is made") };
    thread::spawn(move || spawner.spawn(make).and_then(|()| spawner.spawn(|| async {})))
        .join()
        .unwrap()
        .unwrap();
    assert_eq!(panic_of(|| executor.tick()).as_deref(), Some("while it is made"));
    assert_eq!(executor.tick().completed, 1, "what was posted behind it is not lost");
}

#[test]
fn what_another_thread_spawns_on_an_executor_that_is_gone_is_dropped_there() {
    let spawner = Executor::new().send_spawner();
    let noted = std::sync::Arc::new(());
    let kept = std::sync::Arc::clone(&noted);
    let refused = thread::spawn(move || spawner.spawn(move || async move { drop(kept) })).join().unwrap();
    assert!(refused.unwrap_err().is_shutdown());
    assert_eq!(std::sync::Arc::strong_count(&noted), 1);
}

#[test]
fn the_ecosystems_traits_add_tasks_and_know_when_the_executor_is_gone() {
    let executor = Executor::new();
    let log = Log::default();
    let local = |line: &'static str| {
        let log = log.clone();
        LocalFutureObj::new(Box::new(async move { log.add(line) }))
    };
    let send = || FutureObj::new(Box::new(async {}));
    let (spawner, send_spawner) = (executor.spawner(), executor.send_spawner());
    executor.spawn_local_obj(local("by the executor")).unwrap();
    spawner.spawn_local_obj(local("by a spawner")).unwrap();
    send_spawner.spawn_obj(send()).unwrap();
    assert!(
        executor.status_local().is_ok() && spawner.status_local().is_ok() && send_spawner.status().is_ok()
    );
    assert_eq!(executor.run_until_stalled().completed, 3);
    assert_eq!(log.take(), ["by the executor", "by a spawner"]);

    // A handle keeps what the executor was, but not the executor.
    let _held = executor.spawn(async {});
    drop(executor);
    assert!(spawner.status_local().unwrap_err().is_shutdown());
    assert!(send_spawner.status().unwrap_err().is_shutdown());
    assert!(spawner.spawn_local_obj(local("never")).unwrap_err().is_shutdown());
    assert!(send_spawner.spawn_obj(send()).unwrap_err().is_shutdown());
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_name_of_a_task_is_in_its_join_error() {
    let executor = Executor::new();
    let spawner = executor.spawner();
    let handles = [
        executor.spawn_named("literal", future::pending::<()>()),
        spawner.spawn_named(format!("number {}", 2), future::pending::<()>()),
    ];
    let names = ["literal", "number 2"];
    for (handle, name) in handles.into_iter().zip(names) {
        let id = handle.id().unwrap();
        handle.abort();
        let error = executor.block_on(handle).unwrap_err();
        assert_eq!((error.task_name(), error.id()), (Some(name), Some(id)));
        assert_eq!(error.to_string(), format!("task {id} ({name}) was cancelled"));
    }
    let unnamed = executor.spawn(future::pending::<()>());
    unnamed.abort();
    assert_eq!(executor.block_on(unnamed).unwrap_err().task_name(), None);
}

#[test]
fn the_ids_of_tasks_are_used_once() {
    let executor = Executor::new();
    let mut ids = Vec::new();
    for _ in 0..100 {
        let handles = [(); 3].map(|()| executor.spawn(async {}));
        ids.extend(handles.iter().map(|handle| handle.id().unwrap()));
        let _ = executor.run_until_stalled();
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 300);
}

//! Other orders than first woken, first polled.

mod support;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::thread;

use executor::{Executor, TaskId, yield_now};

use crate::support::{Log, panic_of, pending_tasks};

/// What three tasks with two yields each write down.
fn trace(executor: &Executor) -> String {
    let log = Log::default();
    for name in ["a", "b", "c"] {
        let log = log.clone();
        let task = async move {
            for _ in 0..2 {
                log.add(name);
                yield_now().await;
            }
            log.add(name);
        };
        executor.spawn(task).detach();
    }
    assert_eq!(executor.run_until_stalled().live, 0);
    log.take().concat()
}

#[test]
fn without_an_order_it_is_first_woken_first_polled() {
    assert_eq!(trace(&Executor::new()), "abcabcabc");
}

#[test]
fn last_woken_first_polled_runs_one_task_after_the_other() {
    let executor = Executor::builder().order(|ready: &[TaskId]| ready.len() - 1).build();
    assert_eq!(trace(&executor), "cccbbbaaa");
}

/// A generator of pseudo-random numbers: what matters is that a seed gives the same ones again.
fn seeded(mut seed: u64) -> impl FnMut(&[TaskId]) -> usize {
    move |ready| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % ready.len() as u64).expect("it is less than a length")
    }
}

#[test]
fn an_order_by_a_seed_is_the_same_for_the_same_seed() {
    let of_seed = |seed| trace(&Executor::builder().order(seeded(seed)).build());
    let traces: BTreeSet<String> = (0..50).map(of_seed).collect();
    assert!(traces.len() > 25, "{} of 50 seeds differ", traces.len());
    assert!((0..50).all(|seed| of_seed(seed) == of_seed(seed)));
}

#[test]
fn an_order_sees_every_task_that_is_ready_and_in_the_order_of_wakes() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    let choose = move |ready: &[TaskId]| {
        noted.borrow_mut().push(ready.to_vec());
        0
    };
    let executor = Executor::builder().order(choose).build();
    let [a, b] = [(); 2].map(|()| executor.spawn(yield_now()).id().unwrap());
    let _ = executor.run_until_stalled();
    assert_eq!(*seen.borrow(), [vec![a, b], vec![b, a], vec![a, b], vec![b]]);
}

#[test]
fn an_order_sees_what_another_thread_has_woken_in_the_poll_before() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    let choose = move |ready: &[TaskId]| {
        noted.borrow_mut().push(ready.to_vec());
        0
    };
    let executor = Executor::builder().order(choose).build();
    let (wakers, _) = pending_tasks(&executor, 1);
    let waits = seen.take()[0][0];
    let waking = async move {
        thread::spawn(move || wakers[0].wake_by_ref()).join().unwrap();
    };
    let [waking, last] = [executor.spawn(waking), executor.spawn(async {})].map(|task| task.id().unwrap());
    let _ = executor.tick();
    assert_eq!(*seen.borrow(), [vec![waking, last], vec![last, waits]]);
}

#[test]
fn an_order_that_chooses_what_is_not_there_is_told_so() {
    let executor = Executor::builder().order(|ready: &[TaskId]| ready.len()).build();
    executor.spawn(async {}).detach();
    let message = panic_of(|| executor.tick()).unwrap();
    assert_eq!(message, "an order chose number 1 of 1 ready tasks");
}

/// Tries all schedules of a program, depth first: each run replays the choices of the one before up
/// to the last that has an alternative left, and takes that.
fn explore(program: impl Fn(&Executor) -> String) -> Vec<String> {
    // Of each choice: what was taken, and of how many.
    let choices: Rc<RefCell<Vec<(usize, usize)>>> = Rc::default();
    let mut traces = Vec::new();
    loop {
        let (at, replayed) = (Cell::new(0), Rc::clone(&choices));
        let choose = move |ready: &[TaskId]| {
            let mut choices = replayed.borrow_mut();
            if at.get() == choices.len() {
                choices.push((0, ready.len()));
            }
            let (taken, of) = choices[at.replace(at.get() + 1)];
            assert_eq!(of, ready.len(), "the program does the same when it is run again");
            taken
        };
        traces.push(program(&Executor::builder().order(choose).build()));
        let mut choices = choices.borrow_mut();
        while choices.last().is_some_and(|(taken, of)| taken + 1 == *of) {
            choices.pop();
        }
        let Some((taken, _)) = choices.last_mut() else { return traces };
        *taken += 1;
    }
}

/// `tasks` tasks that are polled `polls` times each.
fn program(tasks: u8, polls: usize) -> impl Fn(&Executor) -> String {
    move |executor| {
        let log = Log::default();
        for name in (b'a'..).take(tasks.into()) {
            let log = log.clone();
            let task = async move {
                for poll in 1..=polls {
                    log.add(char::from(name));
                    if poll < polls {
                        yield_now().await;
                    }
                }
            };
            executor.spawn(task).detach();
        }
        assert_eq!(executor.run_until_stalled().live, 0);
        log.take().concat()
    }
}

#[test]
fn two_tasks_of_two_polls_have_six_schedules() {
    // 4! / (2! 2!)
    let mut traces = explore(program(2, 2));
    traces.sort_unstable();
    assert_eq!(traces, ["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
}

#[test]
fn the_schedules_are_as_many_as_the_multinomial_says_and_no_two_the_same() {
    // (polls of all)! / (polls of one)! for each task
    for (tasks, polls, expected) in [(1, 3, 1), (2, 3, 20), (3, 1, 6), (3, 2, 90), (2, 4, 70), (3, 3, 1680)] {
        let traces = explore(program(tasks, polls));
        assert_eq!(traces.len(), expected, "{tasks} tasks of {polls} polls");
        assert_eq!(traces.into_iter().collect::<BTreeSet<_>>().len(), expected);
    }
}

// The lost update: read, yield, write.
#[test]
fn trying_all_schedules_finds_every_one_that_loses_an_update() {
    let lost = |executor: &Executor| {
        let counter = Rc::new(Cell::new(0));
        for _ in 0..2 {
            let counter = Rc::clone(&counter);
            let task = async move {
                let read = counter.get();
                yield_now().await;
                counter.set(read + 1);
            };
            executor.spawn(task).detach();
        }
        let _ = executor.run_until_stalled();
        if counter.get() == 2 { "kept".to_owned() } else { "lost".to_owned() }
    };
    let outcomes = explore(lost);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "kept").count(), 2, "one after the other");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "lost").count(), 4);
}

#[test]
fn a_tick_makes_as_many_choices_as_tasks_were_ready() {
    let executor = Executor::builder().order(|_: &[TaskId]| 0).build();
    let yielding = async {
        for _ in 0..1000 {
            yield_now().await;
        }
    };
    executor.spawn(yielding).detach();
    assert_eq!(executor.tick().polled, 1);
}

#[test]
fn a_task_that_woke_itself_and_is_done_is_no_choice_of_the_next_tick() {
    let executor = Executor::builder().order(|_: &[TaskId]| 0).build();
    executor
        .spawn(async {
            loop {
                yield_now().await;
            }
        })
        .detach();
    let done = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    });
    executor.spawn(done).detach();
    assert_eq!(executor.tick().polled, 2);
    assert_eq!(executor.tick().polled, 1, "one task was ready");
}

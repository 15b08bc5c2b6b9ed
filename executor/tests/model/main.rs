//! Programs of tasks that wake, abort, await, detach and spawn each other at random, beside an oracle that is nothing
//! but the rules: a queue, and what is done to the first in it.

mod oracle;
mod program;
#[path = "../support/mod.rs"]
mod support;
mod world;

use executor::{Event, Executor, TaskId};

use crate::program::Program;
use crate::support::watchdog;

/// How many programs are tried in each way.
const PROGRAMS: u64 = 3_000;

fn assert_all_as_the_oracle_says(executor: impl Fn() -> Executor) {
    let _watchdog = watchdog();
    for seed in 0..PROGRAMS {
        let program = Program::random(seed);
        let happened = world::run(&program, executor());
        let expected = oracle::run(&program);
        assert_eq!(happened, expected, "the program of seed {seed}: {program:#?}");
    }
}

#[test]
fn whatever_tasks_do_to_each_other_happens_as_the_oracle_says() {
    assert_all_as_the_oracle_says(Executor::new);
}

#[test]
fn an_observer_that_is_there_changes_nothing_of_that() {
    assert_all_as_the_oracle_says(|| Executor::builder().observer(|_: &Event<'_>| {}).build());
}

#[test]
fn an_order_that_takes_the_first_changes_nothing_of_that() {
    assert_all_as_the_oracle_says(|| Executor::builder().order(|_: &[TaskId]| 0).build());
}

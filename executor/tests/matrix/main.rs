//! A task and its handle: whatever is done to them, in every combination, ends as an oracle says.
//!
//! The idea is that of tokio's `task_combinations` and of async-task's test files: what happens to a
//! handle, how a task ends and what panics meanwhile are independent of each other, so all that can
//! be combined is, and nothing is sampled.

mod case;
mod outcome;
mod run;
#[path = "../support/mod.rs"]
mod support;
mod world;

use crate::case::Case;
use crate::outcome::expected;

#[test]
fn every_combination_of_interest_ending_and_panic_ends_as_the_oracle_says() {
    let cases = Case::all();
    let mut wrong = Vec::new();
    for case in &cases {
        let (outcome, expected) = (run::run(*case), expected(*case));
        if outcome != expected {
            wrong.push(format!("{case:?}\n  is {outcome:?}\n  not {expected:?}\n"));
        }
    }
    println!("{} combinations", cases.len());
    assert!(wrong.is_empty(), "{} are wrong, such as\n{}", wrong.len(), wrong[..wrong.len().min(5)].join(""));
    // 10 ways to treat the handle, each with 13 ways to end, of which 4 cannot occur; 5 ways to treat it when
    // the executor is dropped; each with 8 sets of panics and 2 policies.
    assert_eq!(cases.len(), (10 * 13 - 4 + 5) * 8 * 2);
}

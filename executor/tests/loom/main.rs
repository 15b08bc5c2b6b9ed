//! What crosses threads, in every order in which threads can meet.
//!
//! Under `--cfg loom` the executor is built with loom's atomics and locks. Each model is then run again and
//! again, with another order of the threads' steps every time, and with every value that a load may
//! legally return, until none is left (that takes at most `kit::PREEMPTIONS` interruptions). A wake that
//! is lost leaves the executor asleep for ever, which loom reports as a deadlock. A wake that comes
//! without what was written before it is lost as well, since the tasks here wait for numbers that are
//! written and read `Relaxed`.
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --release -p onethread-executor --test loom -- --nocapture
//! ```
//!
//! A deadlock makes destructors panic, too, which ends the process: without `--nocapture` its report may
//! be lost.
//!
//! Two things are not modelled. Reference counts are real ones, which loom takes for a part of the step
//! before. And no time passes.
#![cfg(loom)]

mod aborts;
mod kit;
mod parks;
mod spawns;
mod wakes;

//! Entering and leaving the executor.

use std::time::Instant;

use super::Took;
use crate::runtime::Runtime;

/// Runs futures that are ready at once, each in a `block_on` of its own.
pub fn ready<R: Runtime>(runtime: &'static R, times: usize) -> Took {
    let mut sum = 0;
    let start = Instant::now();
    for number in 0..times {
        sum += runtime.block_on(std::future::ready(number));
    }
    let took = Took { time: start.elapsed(), operations: times };
    assert_eq!(sum, times * (times - 1) / 2, "an output is wrong");
    took
}

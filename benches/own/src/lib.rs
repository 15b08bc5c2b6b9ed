//! What the executor's operations cost: see `benches/`. Nothing of this is published, which makes it
//! the place from which the project's README is tested, too.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

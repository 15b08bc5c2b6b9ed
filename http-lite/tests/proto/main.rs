//! The sans-I/O core, seen from outside: bytes in, a trace of events out.

mod connections;
mod known_bugs;
mod random;
mod responses;
mod trace;

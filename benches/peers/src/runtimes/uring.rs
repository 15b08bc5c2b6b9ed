//! Whether the kernel lets us have io_uring. Containers often do not.

use std::io;

/// The size of `struct io_uring_params`.
const PARAMS_SIZE: usize = 120;

/// Asks the kernel for a ring, and closes it again.
///
/// # Errors
///
/// If it refuses, in the words of the tables.
pub fn check() -> Result<(), String> {
    let mut params = [0_u64; PARAMS_SIZE / 8];
    // SAFETY: the kernel reads and writes `PARAMS_SIZE` bytes at that address, which is aligned for the
    // structure's `u64` fields; zeros are valid parameters.
    let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 8, params.as_mut_ptr()) };
    if ring < 0 {
        return Err(format!("io_uring refused ({})", io::Error::last_os_error()));
    }
    // SAFETY: the descriptor is ours, and nobody uses it.
    unsafe { libc::close(i32::try_from(ring).expect("a descriptor is an int")) };
    Ok(())
}

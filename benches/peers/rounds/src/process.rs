//! What this process has had of the machine.

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// What this process, with all its threads, has had of the processor.
pub fn cpu_time() -> Duration {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the kernel writes a `timespec` there.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, time.as_mut_ptr()) };
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
    // SAFETY: the kernel has written it.
    let time = unsafe { time.assume_init() };
    Duration::new(
        u64::try_from(time.tv_sec).expect("it does not run backwards"),
        u32::try_from(time.tv_nsec).expect("less than a second"),
    )
}

/// How many bytes of this process are in memory: what the kernel itself keeps for it, as for its sockets, is not
/// counted.
///
/// # Errors
///
/// If the system does not tell.
pub fn resident() -> Result<u64, String> {
    status("VmRSS:")
}

/// The most that [`resident`] has ever been.
///
/// # Errors
///
/// If the system does not tell.
pub fn peak_resident() -> Result<u64, String> {
    status("VmHWM:")
}

fn status(field: &str) -> Result<u64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|_| "no /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.ok_or_else(|| format!("no {field} in /proc/self/status"))? * 1024)
}

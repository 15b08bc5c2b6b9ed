//! How much memory this process has in use.

use std::fs;

/// `VmRSS` of this process: what the kernel itself keeps for it, as for its sockets, is not counted.
///
/// # Errors
///
/// If the system does not tell.
pub fn bytes() -> Result<u64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|_| "no /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.ok_or("no VmRSS in /proc/self/status")? * 1024)
}

//! What Linux tells about other processes.

use std::collections::BTreeSet;
use std::fs;

/// The processes that a process has started and that have not ended.
pub fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("Linux has /proc");
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&process| parent_of(process) == Some(parent))
        .collect()
}

/// The ports on which a process listens over IPv4.
pub fn listening_ports(process: u32) -> Vec<u16> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .into_iter()
        .flatten()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .map(|link| link.to_string_lossy().into_owned())
        .collect();
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux lists its sockets");
    table
        .lines()
        .filter_map(listener)
        .filter(|(_, inode)| sockets.contains(&format!("socket:[{inode}]")))
        .map(|(port, _)| port)
        .collect()
}

/// Port and inode of a listening socket, from its line in `/proc/net/tcp`.
fn listener(line: &str) -> Option<(u16, &str)> {
    /// `TCP_LISTEN`, as the kernel writes it there.
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (_, port) = fields.get(1)?.split_once(':')?;
    let inode = *fields.get(9)?;
    (*fields.get(3)? == LISTEN).then_some((u16::from_str_radix(port, 16).ok()?, inode))
}

fn parent_of(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    parent.trim().parse().ok()
}

/// How many descriptors this process has open.
pub fn open_descriptors() -> usize {
    // Less the one that this very look has open.
    fs::read_dir("/proc/self/fd").expect("Linux has /proc").count() - 1
}

/// How many descriptors the kernel watches for the epolls of this process.
pub fn watched_descriptors() -> usize {
    let epolls = fs::read_dir("/proc/self/fdinfo").expect("Linux has /proc");
    let mut watched = BTreeSet::new();
    for entry in epolls {
        // The descriptor of this very look is gone by then.
        let info = fs::read_to_string(entry.expect("it can be listed").path()).unwrap_or_default();
        // An epoll that has several descriptors says the same of each.
        watched.extend(info.lines().filter(|line| line.starts_with("tfd:")).map(str::to_owned));
    }
    watched.len()
}

/// How many threads this process has.
pub fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux has /proc").count()
}

/// The memory that this process has now, in KiB.
pub fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
    let kib = line.split_whitespace().next().expect("a number stands first");
    kib.parse().expect("it is a number")
}

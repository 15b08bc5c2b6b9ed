//! What Linux tells about other processes.

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

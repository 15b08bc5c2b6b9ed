//! Two hosts and a cable between them, which the kernel keeps apart from all other networks.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

/// The host that tests run on has this address, out of the block that is reserved for examples.
pub const NEAR: &str = "192.0.2.1";
/// The host at the other end of the cable.
pub const FAR: &str = "192.0.2.2";
/// What goes to this host arrives at the other end of the cable, and nobody there takes it.
pub const BLACK_HOLE: &str = "192.0.2.3";
/// The host at the other end is the way to this one, and knows no way.
pub const BEYOND: &str = "198.51.100.1";
/// There is no host with this address at the cable.
pub const NOBODY: &str = "192.0.2.4";
/// Nobody knows a way to this host.
pub const NOWHERE: &str = "203.0.113.1";

/// How the cable's bytes are limited, if they are.
const TBF: &str = "tbf burst 16kb latency 100ms rate";

/// Two network namespaces, near and far. Dropping this removes them.
pub struct Network {
    near: String,
    far: String,
}

impl Network {
    /// `None`, and a word on standard error, where this process may make none.
    ///
    /// # Panics
    ///
    /// If what is allowed fails; in continuous integration, if it is not allowed too.
    pub fn new() -> Option<Self> {
        /// How many this process has made.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let [near, far] = ["near", "far"].map(|side| format!("onethread-{}-{number}-{side}", process::id()));
        let network = Network { near, far };
        // A process that was killed may have left them behind, and process ids come back.
        network.remove();
        if let Err(reason) = ip(&format!("netns add {}", network.near)) {
            let reason = format!("no network namespaces, which need root and iproute2: {reason}");
            assert!(env::var_os("CI").is_none(), "{reason}");
            // Not `eprintln`: libtest hides what a test that passes says.
            let _ = writeln!(io::stderr(), "skipped: {reason}");
            return None;
        }
        network.build().unwrap_or_else(|reason| panic!("{reason}"));
        Some(network)
    }

    fn build(&self) -> Result<(), String> {
        let Network { near, far } = self;
        ip(&format!("netns add {far}"))?;
        ip(&format!("-n {near} link add cable type veth peer name cable netns {far}"))?;
        for (side, address) in [(near, NEAR), (far, FAR)] {
            ip(&format!("-n {side} address add {address}/24 dev cable"))?;
            ip(&format!("-n {side} link set cable up"))?;
            ip(&format!("-n {side} link set lo up"))?;
        }
        // Known by an address that no host at the cable has, so that packets do leave.
        ip(&format!(
            "-n {near} neighbour add {BLACK_HOLE} lladdr 02:00:00:00:00:03 nud permanent dev cable"
        ))?;
        ip(&format!("-n {near} route add {BEYOND} via {FAR}"))?;
        ip(&format!("-n {far} route add unreachable {BEYOND}"))?;
        set(far, "net/ipv4/ip_forward")?;
        // Asked for once, and not three times, a second each.
        set(near, "net/ipv4/neigh/cable/mcast_solicit")
    }

    /// Limits what leaves the near host, as in `20mbit`.
    pub fn limit(&self, rate: &str) {
        let arguments = format!("-n {} qdisc add dev cable root {TBF} {rate}", self.near);
        run("tc", arguments.split(' ')).unwrap_or_else(|reason| panic!("{reason}"));
    }

    /// The command line that runs what follows it on the near host.
    pub fn near(&self) -> [&str; 4] {
        ["ip", "netns", "exec", &self.near]
    }

    /// The command line that runs what follows it on the far host.
    pub fn far(&self) -> [&str; 4] {
        ["ip", "netns", "exec", &self.far]
    }

    fn remove(&self) {
        for side in [&self.near, &self.far] {
            // Usually there is none.
            let _ = ip(&format!("netns delete {side}"));
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.remove();
    }
}

fn ip(arguments: &str) -> Result<(), String> {
    run("ip", arguments.split(' '))
}

/// Sets one of the kernel's variables to 1 in a namespace.
fn set(namespace: &str, variable: &str) -> Result<(), String> {
    let script = format!("echo 1 >/proc/sys/{variable}");
    run("ip", ["netns", "exec", namespace, "sh", "-c", &script])
}

fn run<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

//! What one sample is, in terms that every stack understands.

use std::net::SocketAddr;

pub const KIBIBYTE: usize = 1024;
pub const MEBIBYTE: usize = 1024 * KIBIBYTE;

/// Files that are open for other reasons than connections.
const OTHER_FILES: usize = 64;

/// So many tasks at once, each of which fetches the same thing so many times, one after the other.
#[derive(Clone, Copy)]
pub struct Plan {
    pub site: Site,
    pub path: &'static str,
    /// How many bytes the body has.
    pub body: usize,
    pub tasks: usize,
    pub each: usize,
    /// Whether each sample begins without connections.
    pub fresh: bool,
}

/// Which server.
#[derive(Clone, Copy)]
pub enum Site {
    /// nginx.
    Fast,
    /// The one that takes its time.
    Slow,
}

/// A plan with an address: what a stack has to fetch.
#[derive(Clone)]
pub struct Job {
    pub address: SocketAddr,
    pub path: &'static str,
    pub url: String,
    pub tasks: usize,
    pub each: usize,
}

impl Plan {
    /// How many bytes all bodies have.
    pub fn bytes(&self) -> usize {
        self.tasks * self.each * self.body
    }

    /// With the address of its server among those of all servers.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn job(&self, servers: &[String]) -> Result<Job, String> {
        let server = servers.get(self.site as usize).ok_or("no server was named")?;
        let address: SocketAddr = server.parse().map_err(|_| format!("{server:?} is no address"))?;
        let url = format!("http://{address}{}", self.path);
        Ok(Job { address, path: self.path, url, tasks: self.tasks, each: self.each })
    }

    /// Sees to it that enough files can be open.
    ///
    /// # Errors
    ///
    /// If the system does not allow that many.
    pub fn make_room(&self) -> Result<(), String> {
        let needed = (self.tasks + OTHER_FILES) as u64;
        match rlimit::increase_nofile_limit(needed) {
            Ok(allowed) if allowed >= needed => Ok(()),
            Ok(allowed) => Err(format!("{needed} files must be open, {allowed} are allowed")),
            Err(error) => Err(format!("{needed} files must be open: {error}")),
        }
    }
}

//! One download: what to fetch, how it goes, and how it went.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use http::StatusCode;

use super::os::{self, Count};

/// Why a download failed: whatever the layer that noticed has to say.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What to download, and where to keep it.
pub struct Site {
    pub url: String,
    /// The file for the body, if it is wanted.
    pub save_as: Option<PathBuf>,
}

/// How a download went.
pub struct Download {
    pub url: String,
    pub status: Option<StatusCode>,
    /// How much of the body arrived.
    pub bytes: u64,
    pub time: Duration,
    /// The most OS threads this process was seen to have meanwhile.
    pub threads: Count,
    pub result: Result<(), Failure>,
}

/// A download that is going on.
pub struct Progress {
    start: Instant,
    /// What is known so far.
    download: Download,
    /// Where the body goes, and what the file is called when it is whole.
    file: Option<(File, PathBuf)>,
}

impl Progress {
    pub fn start(site: &Site) -> Self {
        let download = Download {
            url: site.url.clone(),
            status: None,
            bytes: 0,
            time: Duration::ZERO,
            threads: os::threads(),
            result: Ok(()),
        };
        Progress { start: Instant::now(), download, file: None }
    }

    /// The head has arrived. The body goes to `save_as`, under another name until it is whole.
    pub fn head(&mut self, status: StatusCode, site: &Site) -> io::Result<()> {
        self.download.status = Some(status);
        self.download.threads = self.download.threads.max(os::threads());
        if let Some(path) = &site.save_as {
            let unfinished = unfinished(path);
            let file = File::create(&unfinished).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", unfinished.display()))
            })?;
            self.file = Some((file, path.clone()));
        }
        Ok(())
    }

    /// A piece of the body has arrived. Writing it may block for a moment: files are always
    /// "ready", and the kernel buffers.
    pub fn chunk(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.download.bytes += chunk.len() as u64;
        match &mut self.file {
            Some((file, _)) => file.write_all(chunk),
            None => Ok(()),
        }
    }

    /// It is over, one way or the other.
    pub fn finish(mut self, mut result: Result<(), Failure>) -> Download {
        if let Some((file, path)) = self.file.take() {
            drop(file);
            result = result.and_then(|()| Ok(fs::rename(unfinished(&path), path)?));
        }
        Download { time: self.start.elapsed(), result, ..self.download }
    }
}

/// What the file is called until it is whole.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

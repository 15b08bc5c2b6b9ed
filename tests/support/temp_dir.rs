//! A directory that is removed with the test that made it.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// A new, empty directory. Dropping it removes it with all that is in it.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> Self {
        /// How many this process has made.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("onethread-{}-{number}", process::id()));
        // A process that was killed may have left one behind, and process ids come back.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        TempDir(path)
    }

    /// The names of the files in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a directory can be read");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("a directory can be read"))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Deref for TempDir {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // What cannot be removed is the temporary directory's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

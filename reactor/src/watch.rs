//! When the kernel begins to watch a source, and when it ends.

use std::io;
#[cfg(unix)]
use std::os::fd::RawFd;

use mio::event::Source;
#[cfg(unix)]
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

/// Whether the kernel watches a source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Watch {
    /// From the beginning, when the source itself was registered.
    Always,
    /// Not before it has to wait: a socket that never has to costs two system calls less. The descriptor is the source's,
    /// and as long open.
    #[cfg(unix)]
    Later(RawFd),
    /// Since it had to wait.
    #[cfg(unix)]
    Since(RawFd),
}

impl Watch {
    /// Begins if it has not, and returns what is the case then. What the source is ready for already the kernel reports like
    /// all that comes later.
    #[cfg_attr(not(unix), expect(unused_variables, reason = "it has begun"))]
    #[inline]
    pub(crate) fn begin(self, registry: &Registry, token: Token, interest: Interest) -> io::Result<Self> {
        match self {
            #[cfg(unix)]
            Watch::Later(descriptor) => {
                registry.register(&mut SourceFd(&descriptor), token, interest)?;
                Ok(Watch::Since(descriptor))
            }
            begun => Ok(begun),
        }
    }

    /// Ends if it has begun.
    pub(crate) fn end(self, registry: &Registry, source: &mut impl Source) -> io::Result<()> {
        match self {
            Watch::Always => registry.deregister(source),
            #[cfg(unix)]
            Watch::Later(_) => Ok(()),
            #[cfg(unix)]
            Watch::Since(descriptor) => registry.deregister(&mut SourceFd(&descriptor)),
        }
    }
}

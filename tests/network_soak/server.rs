//! The server, which does what each client asks it for.

use std::cell::Cell;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use executor::spawn;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::{TcpListener, TcpStream, sleep, timeout};

/// What a client can ask for, by the first byte that it sends.
pub(crate) mod order {
    /// Everything comes back.
    pub(crate) const ECHO: u8 = 0;
    /// The first [`CUT`](super::CUT) bytes come back, and the connection is closed over those that are unread.
    pub(crate) const CUT: u8 = 1;
    /// Everything is read, and nothing comes back until the end.
    pub(crate) const MUTE: u8 = 2;
    /// The answer is over at once, and everything is read.
    pub(crate) const HALF: u8 = 3;
}

/// How much comes back before the connection is cut.
pub(crate) const CUT: usize = 1000;

/// How long the server waits for a client before it looks whether it is over, which drops an accept each time.
const LOOK: Duration = Duration::from_millis(3);

/// Serves until it is over, and then whoever is still connected.
pub(crate) async fn serve(listener: TcpListener, over: Rc<Cell<bool>>) {
    let open = Rc::new(Cell::new(0));
    while !over.get() {
        if let Ok(accepted) = timeout(LOOK, listener.accept()).await {
            let (stream, _) = accepted.expect("there are descriptors");
            open.set(open.get() + 1);
            let open = Rc::clone(&open);
            spawn(async move {
                // A client that breaks the connection does so on purpose.
                let _ = obey(stream).await;
                open.set(open.get() - 1);
            })
            .detach();
        }
    }
    drop(listener);
    while open.get() > 0 {
        sleep(LOOK).await;
    }
}

async fn obey(mut stream: TcpStream) -> io::Result<()> {
    let mut order = [0];
    stream.read_exact(&mut order).await?;
    match order[0] {
        order::ECHO => echo(&mut stream, usize::MAX).await,
        order::CUT => echo(&mut stream, CUT).await,
        order::HALF => {
            stream.shutdown(Shutdown::Write)?;
            swallow(&mut stream).await
        }
        _ => swallow(&mut stream).await,
    }
}

/// Sends back what comes, up to `most` bytes.
async fn echo(stream: &mut TcpStream, mut most: usize) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    while most > 0 {
        let wanted = most.min(buffer.len());
        let length = stream.read(&mut buffer[..wanted]).await?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length]).await?;
        most -= length;
    }
    Ok(())
}

async fn swallow(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
